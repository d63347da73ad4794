import type { JsonObject } from '../src/core/json.ts';
import type { ScimResource } from '../src/core/scim-resource.ts';
import type { ProvisionResource, ResourceAssertion } from '../src/services/provision-resource.ts';
import type { IfMatch, ScimCaller } from '../src/services/scim-assertion.ts';
import { assertedByPatch, assertedByPut, namedBy, namedIn } from './asserted.ts';
import { kindOf } from './claims.ts';
import type { Dialect } from './filter/literal.ts';
import { listResources } from './list-resources.ts';
import type { ListedPage, ListQuery } from './lists/list-query.ts';
import { withMembers } from './members.ts';
import { ScimError } from './messages/scim-error.ts';
import { namedMembers, partIntents } from './patch/member-steps.ts';
import { parsePatch } from './patch/parse-patch.ts';
import { entityTag } from './schema/entity-tag.ts';
import { membersAttribute } from './schema/members-attribute.ts';
import { adoptOpaque } from './schema/opaque-view.ts';
import { isShown, type Projection } from './schema/projection.ts';
import { type ReadResource, readResource } from './schema/read-resource.ts';
import { resourceView } from './schema/resource-view.ts';
import type { ServedType } from './schema/served-schemas.ts';
import { type Resource, writeResource } from './schema/write-resource.ts';

/** Who asks, for which type of resource, in which dialect, and how the answer shall look. */
export interface AskedResource {
  readonly caller: ScimCaller;
  readonly type: ServedType;
  readonly dialect: Dialect;
  readonly projection: Projection | undefined;
  /** Absolute URL of the organization's SCIM root, without a trailing slash. */
  readonly baseUrl: string;
}

/** What a PATCH left, and the attributes it was about, by key. */
export interface ModifiedResource {
  readonly stored: ScimResource;
  readonly written: ReadonlySet<string>;
}

/** A resource and how it is shown. */
export interface ShownResource {
  readonly resource: Resource;
  readonly tag: string;
  readonly location: string;
}

/**
 * Groups, and the resources of every type that an organization has configured (RFC 7644 §3), without HTTP: throws ScimError for what
 * the protocol refuses, AppError for what the services do.
 */
export interface ScimResources {
  create(asked: AskedResource, body: JsonObject): Promise<ShownResource>;
  /** `unless` this tag is the client's own: then there is nothing to show. */
  read(asked: AskedResource, id: string, unless: (tag: string) => boolean): Promise<ShownResource | 'unchanged'>;
  /** Throws 400 `tooMany` when more resources than `scanLimit` would have to be looked at one by one. */
  list(asked: AskedResource, query: ListQuery): Promise<ListedPage>;
  replace(asked: AskedResource, id: string, body: JsonObject, ifMatch: IfMatch): Promise<ShownResource>;
  /** The stored result; `show` it when the client wants to see it. */
  modify(asked: AskedResource, id: string, body: JsonObject, ifMatch: IfMatch): Promise<ModifiedResource>;
  /** `written` names the attributes that the request itself was about, by key. */
  show(asked: AskedResource, resource: ScimResource, written?: ReadonlySet<string>): Promise<ShownResource>;
  remove(asked: AskedResource, id: string, ifMatch: IfMatch): Promise<void>;
}

export function createScimResources(service: ProvisionResource): ScimResources {
  const show: ScimResources['show'] = async (asked, resource, written) => {
    const [shown] = await showAll(service, asked, [resource], written);
    if (!shown) throw new ScimError(404, `no ${asked.type.document.name} with id ${resource.id}`);
    return shown;
  };

  return {
    show,

    async create(asked, body) {
      const read = readResource(asked.type.schema, body, asked.dialect);
      const created = await service.create(asked.caller, kindOf(asked.type), assertionOf(read));
      return show(asked, created, namedIn(read));
    },

    async read(asked, id, unless) {
      const resource = await service.read(asked.caller, kindOf(asked.type), id);
      return unless(entityTag(resource)) ? 'unchanged' : show(asked, resource);
    },

    async list(asked, query) {
      const { resources, ...page } = await listResources(service, asked, query);
      const shown = await showAll(service, asked, resources);
      return { ...page, resources: shown.map(({ resource }) => resource) };
    },

    async replace(asked, id, body, ifMatch) {
      const { schema } = asked.type;
      const read = readResource(schema, body, asked.dialect);
      const changed = await service.change(
        asked.caller,
        kindOf(asked.type),
        id,
        (former) => {
          const put = assertedByPut(schema, resourceView(former), read);
          return assertionOf({ ...put, members: membersAttribute(schema) && (read.members ?? []) });
        },
        ifMatch,
      );
      return show(asked, changed, namedIn(read));
    },

    async modify(asked, id, body, ifMatch) {
      const { schema } = asked.type;
      const { members, others } = partIntents(parsePatch(body, schema, asked.dialect));
      const change = (former: ScimResource): ResourceAssertion => ({
        ...assertedByPatch(schema, resourceView(former), others),
        members,
      });
      const stored = await service.change(asked.caller, kindOf(asked.type), id, change, ifMatch);
      return { stored, written: namedBy(others) };
    },

    remove: (asked, id, ifMatch) => service.remove(asked.caller, kindOf(asked.type), id, ifMatch),
  };
}

/** What a body says; where there are members, they are the ones named and no others. */
function assertionOf({ attributes, externalId, opaque, members }: Omit<ReadResource, 'id'>): ResourceAssertion {
  if (!members) return { attributes, externalId, opaque };
  return { attributes, externalId, opaque, members: [{ kind: 'replace', members: namedMembers(members) }] };
}

async function showAll(
  service: ProvisionResource,
  { caller, type, projection, baseUrl }: AskedResource,
  resources: readonly ScimResource[],
  written?: ReadonlySet<string>,
): Promise<readonly ShownResource[]> {
  const members = membersAttribute(type.schema);
  const views =
    members && isShown(projection, members)
      ? await withMembers(service, { caller, kind: kindOf(type), baseUrl }, resources)
      : resources.map(resourceView);
  return views.map((stored) => {
    const view = adoptOpaque(type.schema, stored);
    const location = `${baseUrl}${type.document.endpoint}/${view.scimId}`;
    const tag = entityTag(view);
    const resource = writeResource(type.schema, view, location, tag);
    return { resource: projection ? projection(resource, written) : resource, tag, location };
  });
}
