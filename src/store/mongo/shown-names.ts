import type { Member } from '../../core/scim-resource.ts';
import { shadowOf } from '../../core/shadow.ts';
import type { ResourceSpace } from '../../ports/resource-store.ts';
import { type ResourceCollections, resourceKey, spaceKey } from './resource-schema.ts';
import { PERSON_FIELDS, userOf } from './user-document.ts';
import type { UserCollection } from './user-schema.ts';
import { UNOWNED } from './user-shadow.ts';

const BATCH = 5_000;

/** The names of those a connection sees, by SCIM id; '' for somebody without any. */
export function createShownNames(resources: ResourceCollections['resources'], users: UserCollection) {
  /** People whose document was last written by somebody who did not know of names: the document itself tells. */
  async function readNames(
    organization: string,
    ids: readonly string[],
  ): Promise<readonly (readonly [string, string])[]> {
    if (ids.length === 0) return [];
    const query = { organization, scimId: { $in: [...ids] } };
    const people = await users.find(query, { projection: PERSON_FIELDS, batchSize: BATCH }).toArray();
    return people.map(userOf).map((user) => [user.scim.id ?? '', shadowOf(user).shownName] as const);
  }

  async function peopleNames({ organizationId, connectionId }: ResourceSpace, ids: readonly string[]) {
    const scope = { $in: [UNOWNED, connectionId] };
    const query = { organization: organizationId, scimId: { $in: [...ids] }, scope };
    // Whom the connection sees may be everybody: the ids shall lead.
    const hint = { organization: 1, scimId: 1 } as const;
    const projection = { _id: 0, scimId: 1, version: 1, shown: 1 };
    const rows = await users.find(query, { projection, hint, batchSize: BATCH }).toArray();
    const isTold = ({ shown, version }: (typeof rows)[number]) => shown?.version === version;
    const untold = rows.filter((row) => !isTold(row)).map(({ scimId = '' }) => scimId);
    const told = rows.filter(isTold).map(({ scimId = '', shown }) => [scimId, shown?.name ?? ''] as const);
    return [...told, ...(await readNames(organizationId, untold))];
  }

  async function resourceNames(place: ResourceSpace, ids: readonly string[]) {
    const space = spaceKey(place);
    const query = { _id: { $in: ids.map((id) => resourceKey(space, id)) }, space };
    const rows = await resources
      .find(query, { projection: { _id: 0, id: 1, shownName: 1 }, batchSize: BATCH })
      .toArray();
    return rows.map(({ id, shownName = '' }) => [id, shownName] as const);
  }

  return async (space: ResourceSpace, kind: Member['kind'], ids: readonly string[]) => {
    const found = new Map<string, string>();
    const read = kind === 'User' ? peopleNames : resourceNames;
    for (let at = 0; at < ids.length; at += BATCH)
      for (const [id, name] of await read(space, ids.slice(at, at + BATCH))) found.set(id, name);
    return found;
  };
}
