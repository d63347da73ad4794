import type { JsonObject } from '../src/core/json.ts';
import { type ScimView, scimView } from '../src/core/scim-view.ts';
import type { User } from '../src/core/user.ts';
import type { GroupMembership } from '../src/services/group-membership.ts';
import type { IfMatch, ProvisionUser, ScimAssertion, ScimCaller } from '../src/services/provision-user.ts';
import { assertedByPatch, assertedByPut, namedBy, namedIn } from './asserted.ts';
import { kindOf, uniqueTexts } from './claims.ts';
import type { Dialect } from './filter/literal.ts';
import { withGroups } from './groups.ts';
import { listUsers } from './list-users.ts';
import type { ListedPage, ListQuery } from './lists/list-query.ts';
import { lookUpManagers } from './managers.ts';
import type { Patched } from './patch/apply.ts';
import { parsePatch } from './patch/parse-patch.ts';
import type { ResourceSchema } from './schema/attribute.ts';
import { entityTag } from './schema/entity-tag.ts';
import { adoptOpaque } from './schema/opaque-view.ts';
import type { Projection } from './schema/projection.ts';
import { readResource } from './schema/read-resource.ts';
import type { ResourceView } from './schema/resource-view.ts';
import type { ServedType } from './schema/served-schemas.ts';
import { type Resource, writeResource } from './schema/write-resource.ts';

/** Who asks, in which dialect, and how the answer shall look. */
export interface Asked {
  readonly caller: ScimCaller;
  /** The User as the caller's organization has configured it. */
  readonly schema: ResourceSchema;
  /** And the Group. */
  readonly groups: ServedType;
  readonly dialect: Dialect;
  readonly projection: Projection | undefined;
  /** Absolute URL of the organization's SCIM root, without a trailing slash. */
  readonly baseUrl: string;
  /** The absolute URL of a user. */
  locate(scimId: string): string;
}

/** A person and how they are shown. */
export interface ShownUser {
  readonly resource: Resource;
  readonly tag: string;
  readonly location: string;
}

/** The Users of RFC 7644 §3, without HTTP: throws ScimError for what the protocol refuses, AppError for what the services do. */
export interface ScimUsers {
  create(asked: Asked, body: JsonObject): Promise<ShownUser>;
  /** `unless` this tag is the client's own: then there is nothing to show. */
  read(asked: Asked, scimId: string, unless: (tag: string) => boolean): Promise<ShownUser | 'unchanged'>;
  /** Throws 400 `tooMany` when more people than `scanLimit` would have to be looked at one by one. */
  list(asked: Asked, query: ListQuery): Promise<ListedPage>;
  replace(asked: Asked, scimId: string, body: JsonObject, ifMatch: IfMatch): Promise<ShownUser>;
  modify(asked: Asked, scimId: string, body: JsonObject, ifMatch: IfMatch): Promise<ShownUser>;
  remove(asked: Asked, scimId: string, ifMatch: IfMatch): Promise<void>;
}

export function createScimUsers(service: ProvisionUser, membership: GroupMembership): ScimUsers {
  const viewAll = (asked: Asked, users: readonly User[]) =>
    withGroups(
      membership,
      asked,
      users.map((user) => viewOf(asked, user)),
    );
  const show = async (asked: Asked, views: readonly ResourceView[], written?: Written): Promise<ShownUser> => {
    const [shown] = await showAll(service, asked, views, written);
    if (!shown) throw new Error('whoever is shown alone is shown');
    return shown;
  };
  const showUser = async (asked: Asked, user: User, written: Written) =>
    show(asked, await viewAll(asked, [user]), written);

  return {
    async create(asked, body) {
      const read = readResource(asked.schema, body, asked.dialect);
      const user = await service.provision(asked.caller, withUnique(asked.schema, read));
      // Whoever is new has an id that no group can have named yet.
      if (user.version === 1) return show(asked, [viewOf(asked, user)], namedIn(read));
      return showUser(asked, user, namedIn(read));
    },

    async read(asked, scimId, unless) {
      const views = await viewAll(asked, [await service.read(asked.caller, scimId)]);
      return views.map(entityTag).some(unless) ? 'unchanged' : show(asked, views);
    },

    async list(asked, query) {
      const { users, total, next } = await listUsers(service, membership, asked, query);
      const shown = await showAll(service, asked, await viewAll(asked, users));
      return { resources: shown.map(({ resource }) => resource), total, next };
    },

    async replace(asked, scimId, body, ifMatch) {
      const { schema } = asked;
      const read = readResource(schema, body, asked.dialect);
      const say = (view: ScimView) => withUnique(schema, assertedByPut(schema, view, read));
      return showUser(asked, await service.replace(asked.caller, scimId, say, ifMatch), namedIn(read));
    },

    async modify(asked, scimId, body, ifMatch) {
      const { schema } = asked;
      const intents = parsePatch(body, schema, asked.dialect);
      const change = (view: ScimView) => withUnique(schema, assertedByPatch(schema, view, intents));
      return showUser(asked, await service.modify(asked.caller, scimId, change, ifMatch), namedBy(intents));
    },

    async remove(asked, scimId, ifMatch) {
      await service.deprovision(asked.caller, scimId, ifMatch);
      await membership.leave(asked.caller, kindOf(asked.groups), scimId);
    },
  };
}

/** Attributes that the request itself was about, by key. */
type Written = ReadonlySet<string>;

function viewOf({ schema }: Asked, user: User): ScimView {
  return adoptOpaque(schema, scimView(user));
}

/** What is unique about people beyond their names, which are claimed as such, is claimed with what was said about them. */
function withUnique<Said extends Patched>({ unique }: ResourceSchema, said: Said): Said & ScimAssertion {
  const configured = unique.filter(({ builtIn }) => !builtIn);
  return configured.length === 0 ? said : { ...said, uniqueValues: uniqueTexts(configured, said.attributes) };
}

async function showAll(
  service: ProvisionUser,
  { caller, schema, projection, locate }: Asked,
  views: readonly ResourceView[],
  written?: Written,
): Promise<readonly ShownUser[]> {
  const complete = await lookUpManagers(service, caller, views);
  return views.map((view) => {
    const location = locate(view.scimId);
    const tag = entityTag(view);
    const resource = complete(writeResource(schema, view, location, tag));
    return { resource: projection ? projection(resource, written) : resource, tag, location };
  });
}
