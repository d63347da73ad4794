import { isObject, type Json, type JsonObject } from '../src/core/json.ts';
import { type ScimView, scimView } from '../src/core/scim-view.ts';
import type { ProvisionUser, ScimCaller } from '../src/services/provision-user.ts';
import { ENTERPRISE_USER } from './schema/urns.ts';
import type { Resource } from './schema/write-resource.ts';

const KEY = `${ENTERPRISE_USER}:manager`;

/** Completes the manager of a representation with what the server knows about that person. */
export type CompleteManager = (resource: Resource) => Resource;

const AS_IT_IS: CompleteManager = (resource) => resource;

/**
 * Looks up the managers of these people, all in one query, and not at all when nobody has one.
 *
 * `displayName` is the server's to fill (RFC 7643 §4.3), `$ref` only where the client gave none. A manager this connection does not
 * see stays as sent: a reference may dangle.
 */
export async function lookUpManagers(
  service: Pick<ProvisionUser, 'list'>,
  caller: ScimCaller,
  views: readonly ScimView[],
  locate: (scimId: string) => string,
): Promise<CompleteManager> {
  const ids = new Set(views.flatMap((view) => managerId(view.attributes[KEY])));
  if (ids.size === 0) return AS_IT_IS;
  const or = Array.from(ids, (value) => ({ field: 'scimId', op: 'eq', value }) as const);
  const { users } = await service.list(caller, { condition: { or }, offset: 0, limit: ids.size });
  const found = new Map(users.map((user) => scimView(user)).map((view) => [view.scimId, view]));
  return (resource) => complete(resource, found, locate);
}

function managerId(manager: Json | undefined): readonly string[] {
  return isObject(manager) && typeof manager.value === 'string' ? [manager.value] : [];
}

function complete(
  resource: Resource,
  found: ReadonlyMap<string, ScimView>,
  locate: (scimId: string) => string,
): Resource {
  const extension = resource[ENTERPRISE_USER];
  if (!isObject(extension) || !isObject(extension.manager)) return resource;
  const view = found.get(String(extension.manager.value));
  if (!view) return resource;
  const manager: JsonObject = { $ref: locate(view.scimId), ...extension.manager, ...nameOf(view) };
  return { ...resource, [ENTERPRISE_USER]: { ...extension, manager } };
}

function nameOf({ attributes: { displayName } }: ScimView): JsonObject {
  return typeof displayName === 'string' ? { displayName } : {};
}
