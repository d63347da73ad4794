import type { JsonObject } from '../src/core/json.ts';
import { type ScimView, scimView } from '../src/core/scim-view.ts';
import type { User } from '../src/core/user.ts';
import type { GroupMembership } from '../src/services/group-membership.ts';
import type { IfMatch, ProvisionUser, ScimCaller } from '../src/services/provision-user.ts';
import { kindOf } from './claims.ts';
import type { Dialect } from './filter/literal.ts';
import { withGroups } from './groups.ts';
import { listUsers } from './list-users.ts';
import type { ListedPage, ListQuery } from './lists/list-query.ts';
import { lookUpManagers } from './managers.ts';
import { mutability } from './messages/scim-error.ts';
import { applyIntents } from './patch/apply.ts';
import { parsePatch } from './patch/parse-patch.ts';
import type { ResourceSchema } from './schema/attribute.ts';
import { entityTag } from './schema/entity-tag.ts';
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
  const viewAll = (asked: Asked, users: readonly User[]) => withGroups(membership, asked, users.map(scimView));
  const show = async (asked: Asked, views: readonly ResourceView[]): Promise<ShownUser> => {
    const [shown] = await showAll(service, asked, views);
    if (!shown) throw new Error('whoever is shown alone is shown');
    return shown;
  };
  const showUser = async (asked: Asked, user: User) => show(asked, await viewAll(asked, [user]));

  return {
    async create(asked, body) {
      const user = await service.provision(asked.caller, readResource(asked.schema, body));
      // Whoever is new has an id that no group can have named yet.
      return user.version === 1 ? show(asked, [scimView(user)]) : showUser(asked, user);
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
      const assertion = readResource(asked.schema, body);
      if (assertion.id !== undefined && assertion.id !== scimId) {
        await service.read(asked.caller, scimId);
        throw mutability('id cannot be changed');
      }
      return showUser(asked, await service.replace(asked.caller, scimId, assertion, ifMatch));
    },

    async modify(asked, scimId, body, ifMatch) {
      const intents = parsePatch(body, asked.schema, asked.dialect);
      const change = (view: ScimView) => applyIntents(view, intents);
      return showUser(asked, await service.modify(asked.caller, scimId, change, ifMatch));
    },

    async remove(asked, scimId, ifMatch) {
      await service.deprovision(asked.caller, scimId, ifMatch);
      await membership.leave(asked.caller, kindOf(asked.groups), scimId);
    },
  };
}

async function showAll(
  service: ProvisionUser,
  { caller, schema, projection, locate }: Asked,
  views: readonly ResourceView[],
): Promise<readonly ShownUser[]> {
  const complete = await lookUpManagers(service, caller, views);
  return views.map((view) => {
    const location = locate(view.scimId);
    const tag = entityTag(view);
    const resource = complete(writeResource(schema, view, location, tag));
    return { resource: projection ? projection(resource) : resource, tag, location };
  });
}
