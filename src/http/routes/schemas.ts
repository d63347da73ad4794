import { notFound } from '../../core/errors.ts';
import { schemaOf } from '../../core/scim-configuration.ts';
import { putSchema, readConfiguration, removeSchema } from '../../services/scim-configuration.ts';
import { pageOf } from '../pagination.ts';
import { invalidInput } from '../parse-input.ts';
import { type Route, route } from '../route.ts';
import { CONFIGURED, readSchema, schemaBody, schemaView } from '../schema-documents.ts';

const PATH = '/api/organizations/:org/schemas';

const configuredSchema = schemaView.extend(CONFIGURED).meta({ id: 'ConfiguredScimSchema' });

export const schemaRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: PATH,
    policy: 'settings',
    name: 'listScimSchemas',
    summary: 'Lists the SCIM schemas that the organization has configured; the built-in ones are not among them.',
    answer: pageOf(schemaView),
    async handle({ deps }, { params: { org } }) {
      const { schemas: items } = await readConfiguration(deps, org);
      return { items, next: null, total: items.length };
    },
  }),
  route({
    method: 'get',
    path: `${PATH}/:urn`,
    policy: 'settings',
    name: 'readScimSchema',
    summary: 'Reads a SCIM schema of the organization.',
    versioned: true,
    answer: configuredSchema,
    async handle({ deps }, { params: { org, urn } }) {
      const configuration = await readConfiguration(deps, org);
      const schema = schemaOf(configuration, urn);
      if (!schema) throw notFound('schema');
      return { ...schema, version: configuration.version };
    },
  }),
  route({
    method: 'put',
    path: `${PATH}/:urn`,
    policy: 'settings',
    name: 'putScimSchema',
    summary: 'Adds or replaces a SCIM schema (RFC 7643 §7). It is served once a resource type has it.',
    versioned: true,
    body: schemaBody,
    answer: configuredSchema,
    async handle({ deps }, { params: { org, urn }, body, ifMatch }) {
      if (body.id !== undefined && body.id.toLowerCase() !== urn.toLowerCase())
        throw invalidInput([{ path: 'id', message: 'must be the URN in the path' }]);
      const schema = readSchema(body, urn);
      const { configuration, notices } = await putSchema(deps, org, schema, ifMatch);
      return { ...schema, version: configuration.version, ...(notices.length > 0 ? { notices } : {}) };
    },
  }),
  route({
    method: 'delete',
    path: `${PATH}/:urn`,
    policy: 'settings',
    name: 'removeScimSchema',
    summary: 'Removes a SCIM schema that no resource type has; what is stored under it is kept and not shown.',
    status: 204,
    answer: null,
    refusals: ['schema_in_use'],
    async handle({ deps }, { params: { org, urn } }) {
      await removeSchema(deps, org, urn);
    },
  }),
];
