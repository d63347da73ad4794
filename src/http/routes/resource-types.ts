import { notFound } from '../../core/errors.ts';
import { BUILT_IN_TYPES } from '../../core/reserved-scim-names.ts';
import { typeOf } from '../../core/scim-configuration.ts';
import { putType, readConfiguration, removeType } from '../../services/scim-configuration.ts';
import { pageOf } from '../pagination.ts';
import { invalidInput } from '../parse-input.ts';
import { type Route, route } from '../route.ts';
import { CONFIGURED, readResourceType, resourceTypeBody, resourceTypeView } from '../schema-documents.ts';

const PATH = '/api/organizations/:org/resource-types';

const configuredType = resourceTypeView.extend(CONFIGURED).meta({ id: 'ConfiguredScimResourceType' });

export const resourceTypeRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: PATH,
    policy: 'settings',
    name: 'listScimResourceTypes',
    summary:
      'Lists the SCIM resource types that the organization has configured, and the built-in ones it has extended.',
    answer: pageOf(resourceTypeView),
    async handle({ deps }, { params: { org } }) {
      const { resourceTypes: items } = await readConfiguration(deps, org);
      return { items, next: null, total: items.length };
    },
  }),
  route({
    method: 'get',
    path: `${PATH}/:name`,
    policy: 'settings',
    name: 'readScimResourceType',
    summary: 'Reads a SCIM resource type of the organization.',
    versioned: true,
    answer: configuredType,
    async handle({ deps }, { params: { org, name } }) {
      const configuration = await readConfiguration(deps, org);
      const type = typeOf(configuration, name);
      if (!type) throw notFound('resource type');
      return { ...type, version: configuration.version };
    },
  }),
  route({
    method: 'put',
    path: `${PATH}/:name`,
    policy: 'settings',
    name: 'putScimResourceType',
    summary: 'Adds or replaces a SCIM resource type (RFC 7643 §6); of User and Group it sets the extensions.',
    versioned: true,
    body: resourceTypeBody,
    answer: configuredType,
    async handle({ deps }, { params: { org, name }, body, ifMatch }) {
      if (body.name !== undefined && body.name !== name)
        throw invalidInput([{ path: 'name', message: 'must be the name in the path' }]);
      const type = readResourceType(body, name, BUILT_IN_TYPES.get(name));
      const { configuration, notices } = await putType(deps, org, type, ifMatch);
      return { ...type, version: configuration.version, ...(notices.length > 0 ? { notices } : {}) };
    },
  }),
  route({
    method: 'delete',
    path: `${PATH}/:name`,
    policy: 'settings',
    name: 'removeScimResourceType',
    summary:
      'Stops serving a SCIM resource type, or takes the extensions of a built-in one away; nothing stored is lost.',
    status: 204,
    answer: null,
    async handle({ deps }, { params: { org, name } }) {
      await removeType(deps, org, name);
    },
  }),
];
