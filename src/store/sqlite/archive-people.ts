import type { PublishedEvent, UserEvent } from '../../core/event.ts';
import type { User } from '../../core/user.ts';
import type { FeedPosition, Shelf } from '../../ports/archive.ts';
import type { Counters, Tally } from './counters.ts';
import type { Database } from './database.ts';
import { SEQUENCE } from './events.ts';
import { createHistoryShelf } from './history.ts';
import type { Interning } from './interning.ts';
import { AS_WRITTEN, createShelf } from './shelf.ts';
import { readUser } from './user-document.ts';
import { createUserRows } from './user-rows.ts';

const BY_NUMBER = { order: ['n'], start: [0] } as const;

/** People and what was told of them, as entries of an archive. */
export function createPeopleShelves(database: Database, names: Interning, counters: Counters) {
  return {
    people: createUserShelf(database, names, counters),
    history: createHistoryShelf(database, names),
    published: createPublishedShelf(database, names),
    feeds: createFeedShelf(database, names),
    waiting: createWaitingShelf(database, names),
  };
}

function createUserShelf(database: Database, names: Interning, counters: Counters): Shelf<User> {
  const rows = createUserRows(database, names);
  return createShelf(database, {
    ...BY_NUMBER,
    columns: 'document',
    from: 'documents',
    toEntry: (row) => readUser(row) as User,
    insert(people) {
      const tally: Tally = new Map();
      for (const user of people) {
        if (rows.find(user.organizationId, user.id)) continue;
        rows.write(rows.prepare({ user, events: [] }, null), tally);
      }
      counters.addAll(tally);
    },
  });
}

function createPublishedShelf(database: Database, names: Interning): Shelf<PublishedEvent> {
  return createShelf(database, {
    ...AS_WRITTEN,
    columns: 'sequence, event',
    from: 'events',
    toEntry: (row) => ({ ...(JSON.parse(row.event as string) as UserEvent), sequence: row.sequence as number }),
    insert(published) {
      const insert = database.sql(`INSERT INTO events (organization, sequence, id, event) VALUES (?, ?, ?, ?)
        ON CONFLICT (organization, id) DO NOTHING`);
      for (const { sequence, ...event } of published)
        insert.run(names.give(event.organizationId), sequence, event.id, JSON.stringify(event));
    },
  });
}

function createFeedShelf(database: Database, names: Interning): Shelf<FeedPosition> {
  return createShelf(database, {
    order: ['i.n'],
    start: [0],
    columns: 'i.text, c.value',
    from: 'interned i CROSS JOIN counters c ON c.organization = i.n',
    where: `c.name = '${SEQUENCE}'`,
    toEntry: (row) => ({ organizationId: row.text as string, sequence: row.value as number }),
    insert(feeds) {
      const insert = database.sql(
        'INSERT INTO counters (organization, name, value) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
      );
      for (const { organizationId, sequence } of feeds) insert.run(names.give(organizationId), SEQUENCE, sequence);
    },
  });
}

function createWaitingShelf(database: Database, names: Interning): Shelf<UserEvent> {
  const key = (organization: unknown, id: unknown) => `${organization} ${id}`;
  return createShelf(database, {
    ...BY_NUMBER,
    columns: 'event',
    from: 'outbox',
    toEntry: (row) => JSON.parse(row.event as string) as UserEvent,
    insert(events) {
      const asked = JSON.stringify(events.map(({ id }) => id));
      const stored = database
        .sql('SELECT organization, id FROM outbox WHERE id IN (SELECT value FROM json_each(?))')
        .all(asked);
      const known = new Set(stored.map(({ organization, id }) => key(organization, id)));
      const insert = database.sql('INSERT INTO outbox (organization, id, event) VALUES (?, ?, ?)');
      for (const event of events) {
        const organization = names.give(event.organizationId);
        if (!known.has(key(organization, event.id))) insert.run(organization, event.id, JSON.stringify(event));
      }
    },
  });
}
