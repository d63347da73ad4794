import { isObject, type Json } from '../src/core/json.ts';
import { scimView } from '../src/core/scim-view.ts';
import type { ProvisionUser, ScimCaller } from '../src/services/provision-user.ts';
import type { ResourceView } from './schema/resource-view.ts';
import { ENTERPRISE_USER } from './schema/urns.ts';
import type { Resource } from './schema/write-resource.ts';

const KEY = `${ENTERPRISE_USER}:manager`;

/** Puts the manager's name, which is the server's to fill, into a representation. */
export type CompleteManager = (resource: Resource) => Resource;

const AS_IT_IS: CompleteManager = (resource) => resource;

/**
 * Looks up the managers of these people, all in one query, and not at all when nobody has one.
 *
 * `displayName` is read-only for clients (RFC 7643 §4.3). A manager this connection does not see stays as sent: a reference may
 * dangle. `$ref` is the client's own, so that what a GET shows can be PUT back without a change.
 */
export async function lookUpManagers(
  service: Pick<ProvisionUser, 'list'>,
  caller: ScimCaller,
  views: readonly Pick<ResourceView, 'attributes'>[],
): Promise<CompleteManager> {
  const ids = new Set(views.flatMap((view) => managerId(view.attributes[KEY])));
  if (ids.size === 0) return AS_IT_IS;
  const or = Array.from(ids, (value) => ({ field: 'scimId', op: 'eq', value }) as const);
  const { users } = await service.list(caller, { condition: { or }, from: { offset: 0 }, limit: ids.size });
  const names = new Map(users.map((user) => scimView(user)).map((view) => [view.scimId, view.attributes.displayName]));
  return (resource) => complete(resource, names);
}

function managerId(manager: Json | undefined): readonly string[] {
  return isObject(manager) && typeof manager.value === 'string' ? [manager.value] : [];
}

function complete(resource: Resource, names: ReadonlyMap<string, Json | undefined>): Resource {
  const extension = resource[ENTERPRISE_USER];
  if (!isObject(extension) || !isObject(extension.manager)) return resource;
  const displayName = names.get(String(extension.manager.value));
  if (typeof displayName !== 'string') return resource;
  return { ...resource, [ENTERPRISE_USER]: { ...extension, manager: { ...extension.manager, displayName } } };
}
