import type { Membership, RemovedResource, Shelf, StoredResource } from '../../ports/archive.ts';
import type { Counters } from './counters.ts';
import type { Database } from './database.ts';
import type { Interning } from './interning.ts';
import { memberOf, resourceOf, spaceOf, spaceText } from './resource-rows.ts';
import { createResourceRows } from './save-resources.ts';
import { createShelf } from './shelf.ts';

/** Groups and other resources as entries of an archive. */
export function createResourceShelves(database: Database, names: Interning, counters: Counters) {
  return {
    resources: createResourceShelf(database, names, counters),
    removedResources: createRemovedShelf(database, names),
    memberships: createMembershipShelf(database, names),
  };
}

function createResourceShelf(database: Database, names: Interning, counters: Counters): Shelf<StoredResource> {
  const { put } = createResourceRows(database, names, counters);
  const find = database.sql('SELECT 1 FROM resources WHERE space = ? AND id = ?');
  return createShelf(database, {
    order: ['n'],
    start: [0],
    columns: 'claims, document',
    from: 'resources',
    toEntry: (row) => ({ resource: resourceOf(row), claims: JSON.parse(row.claims as string) as readonly string[] }),
    insert(resources) {
      for (const { resource, claims } of resources)
        if (!find.get(names.find(spaceText(resource)), resource.id)) put(resource, claims, null);
    },
  });
}

function createRemovedShelf(database: Database, names: Interning): Shelf<RemovedResource> {
  return createShelf(database, {
    order: ['x.rowid'],
    start: [0],
    columns: 'i.text, x.id',
    from: 'removed_resources x CROSS JOIN interned i ON i.n = x.space',
    toEntry: (row) => ({ ...spaceOf(row.text as string), id: row.id as string }),
    insert(removed) {
      const insert = database.sql('INSERT INTO removed_resources (space, id) VALUES (?, ?) ON CONFLICT DO NOTHING');
      for (const { id, ...space } of removed) insert.run(names.give(spaceText(space)), id);
    },
  });
}

function createMembershipShelf(database: Database, names: Interning): Shelf<Membership> {
  return createShelf(database, {
    order: ['m.n', 'm.member'],
    start: [0, ''],
    columns: 'i.text, r.id, m.member, m.kind, m.display, m.since, m.place',
    from: 'memberships m CROSS JOIN resources r ON r.n = m.n CROSS JOIN interned i ON i.n = r.space',
    toEntry: (row) => ({
      ...spaceOf(row.text as string),
      groupId: row.id as string,
      member: memberOf(row),
      since: row.since as number,
      place: row.place as number,
    }),
    insert(memberships) {
      const insert = database.sql(`INSERT INTO memberships (n, member, kind, display, since, place)
        SELECT r.n, ?3, ?4, ?5, ?6, ?7 FROM resources r WHERE r.space = ?1 AND r.id = ?2 ON CONFLICT DO NOTHING`);
      for (const { groupId, member, since, place, ...space } of memberships) {
        const { id, kind, display = null } = member;
        insert.run(names.find(spaceText(space)), groupId, id, kind, display, since, place);
      }
    },
  });
}
