import { randomUUID } from 'node:crypto';
import type { Membership, RemovedResource, Shelf, StoredResource } from '../../ports/archive.ts';
import { applyPending, type PendingGroup } from './apply-pending.ts';
import { createShelf } from './archive-shelf.ts';
import { guarded } from './mongo-errors.ts';
import {
  livingFields,
  type MembershipRow,
  memberOf,
  membershipKey,
  type ResourceCollections,
  type ResourceRow,
  resourceKey,
  resourceOf,
  spaceKey,
  spaceOf,
} from './resource-schema.ts';

/** Groups and other resources as entries of an archive. */
export function createResourceShelves(collections: ResourceCollections) {
  return {
    resources: createResourceShelf(collections),
    removedResources: createRemovedShelf(collections),
    memberships: createMembershipShelf(collections),
  };
}

function createResourceShelf({ resources }: ResourceCollections): Shelf<StoredResource> {
  return createShelf<ResourceRow, StoredResource>({
    collection: resources,
    filter: { space: { $exists: true } },
    toEntry: (row) => ({ resource: resourceOf(row), claims: row.claims ?? [] }),
    toDocument: ({ resource, claims }) => ({
      _id: resourceKey(spaceKey(resource), resource.id),
      id: resource.id,
      writeId: randomUUID(),
      ...livingFields(resource, claims),
    }),
  });
}

function createRemovedShelf({ resources }: ResourceCollections): Shelf<RemovedResource> {
  return createShelf<ResourceRow, RemovedResource>({
    collection: resources,
    filter: { removedFrom: { $exists: true } },
    toEntry: ({ removedFrom = '', id }) => ({ ...spaceOf(removedFrom), id }),
    toDocument({ id, ...space }) {
      const removedFrom = spaceKey(space);
      return { _id: resourceKey(removedFrom, id), id, removedFrom, version: 0, writeId: randomUUID() };
    },
  });
}

/** Rows tell all only when nothing is pending: what a writer that died left undone is done before they are read. */
function createMembershipShelf(collections: ResourceCollections): Shelf<Membership> {
  const { resources, memberships } = collections;
  const shelf = createShelf<MembershipRow, Membership>({
    collection: memberships,
    filter: { present: true },
    toEntry: (row) => ({
      ...spaceOf(row.space),
      groupId: row.group.slice(row.space.length + 1),
      member: memberOf(row),
      since: row.since,
      place: row.place,
    }),
    toDocument({ groupId, member: { id, kind, display }, since, place, ...where }) {
      const space = spaceKey(where);
      const group = resourceKey(space, groupId);
      const row = { _id: membershipKey(group, id), group, space, member: id, kind, present: true, since, place };
      return { ...row, version: since, ...(display === undefined ? {} : { display }) };
    },
  });

  const finishAll = () =>
    guarded(async () => {
      const pending = resources.find<PendingGroup>({ 'pending.at': { $gt: '' } });
      for (const row of await pending.toArray()) await applyPending(collections, row);
    });

  return {
    write: shelf.write,
    async count() {
      await finishAll();
      return shelf.count();
    },
    async read(cursor, limit) {
      if (cursor === null) await finishAll();
      return shelf.read(cursor, limit);
    },
  };
}
