import type { JsonObject } from '../src/core/json.ts';
import { type ScimView, scimView } from '../src/core/scim-view.ts';
import type { IfMatch, ProvisionUser, ScimCaller } from '../src/services/provision-user.ts';
import type { Dialect } from './filter/literal.ts';
import { listUsers } from './list-users.ts';
import type { ListedPage, ListQuery } from './lists/list-query.ts';
import { lookUpManagers } from './managers.ts';
import { mutability } from './messages/scim-error.ts';
import { applyIntents } from './patch/apply.ts';
import { parsePatch } from './patch/parse-patch.ts';
import type { ResourceSchema } from './schema/attribute.ts';
import type { Projection } from './schema/projection.ts';
import { readResource } from './schema/read-resource.ts';
import { type Resource, writeResource } from './schema/write-resource.ts';

/** Who asks, in which dialect, and how the answer shall look. */
export interface Asked {
  readonly caller: ScimCaller;
  /** The User as the caller's organization has configured it. */
  readonly schema: ResourceSchema;
  readonly dialect: Dialect;
  readonly projection: Projection | undefined;
  /** The absolute URL of a user. */
  locate(scimId: string): string;
}

/** A person and how they are shown. */
export interface ShownUser {
  readonly resource: Resource;
  readonly version: number;
  readonly location: string;
}

/** The Users of RFC 7644 §3, without HTTP: throws ScimError for what the protocol refuses, AppError for what the services do. */
export interface ScimUsers {
  create(asked: Asked, body: JsonObject): Promise<ShownUser>;
  /** `unless` this version is the client's own: then there is nothing to show. */
  read(asked: Asked, scimId: string, unless: (version: number) => boolean): Promise<ShownUser | 'unchanged'>;
  /** Throws 400 `tooMany` when more people than `scanLimit` would have to be looked at one by one. */
  list(asked: Asked, query: ListQuery): Promise<ListedPage>;
  replace(asked: Asked, scimId: string, body: JsonObject, ifMatch: IfMatch): Promise<ShownUser>;
  modify(asked: Asked, scimId: string, body: JsonObject, ifMatch: IfMatch): Promise<ShownUser>;
  remove(asked: Asked, scimId: string, ifMatch: IfMatch): Promise<void>;
}

export function createScimUsers(service: ProvisionUser): ScimUsers {
  const show = async (asked: Asked, view: ScimView): Promise<ShownUser> => {
    const [resource = {}] = await showAll(service, asked, [view]);
    return { resource, version: view.version, location: asked.locate(view.scimId) };
  };

  return {
    async create(asked, body) {
      const user = await service.provision(asked.caller, readResource(asked.schema, body));
      return show(asked, scimView(user));
    },

    async read(asked, scimId, unless) {
      const view = scimView(await service.read(asked.caller, scimId));
      return unless(view.version) ? 'unchanged' : show(asked, view);
    },

    async list(asked, query) {
      const { users, total, next } = await listUsers(service, asked, query);
      const resources = await showAll(service, asked, users.map(scimView));
      return { resources, total, next };
    },

    async replace(asked, scimId, body, ifMatch) {
      const assertion = readResource(asked.schema, body);
      if (assertion.id !== undefined && assertion.id !== scimId) {
        await service.read(asked.caller, scimId);
        throw mutability('id cannot be changed');
      }
      return show(asked, scimView(await service.replace(asked.caller, scimId, assertion, ifMatch)));
    },

    async modify(asked, scimId, body, ifMatch) {
      const intents = parsePatch(body, asked.schema, asked.dialect);
      const change = (view: ScimView) => applyIntents(view, intents);
      return show(asked, scimView(await service.modify(asked.caller, scimId, change, ifMatch)));
    },

    remove: (asked, scimId, ifMatch) => service.deprovision(asked.caller, scimId, ifMatch),
  };
}

async function showAll(
  service: ProvisionUser,
  { caller, schema, projection, locate }: Asked,
  views: readonly ScimView[],
): Promise<readonly Resource[]> {
  const complete = await lookUpManagers(service, caller, views);
  return views.map((view) => {
    const resource = complete(writeResource(schema, view, locate(view.scimId)));
    return projection ? projection(resource) : resource;
  });
}
