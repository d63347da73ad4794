import type { PublishedEvent, UserEvent } from '../../core/event.ts';
import type { FeedPosition, Shelf } from '../../ports/archive.ts';
import type { Page } from '../../ports/user-store.ts';
import { createNestedReads } from './archive-nested.ts';
import { createShelf, insertAbsent } from './archive-shelf.ts';
import type { Database } from './database.ts';
import { keyOf } from './documents.ts';
import type { AlertRow, EventRow } from './event-rows.ts';
import { guardMethods } from './mongo-errors.ts';
import { COLLECTION } from './schema.ts';
import { insistently } from './unknown-results.ts';
import { type UserCollection, type UserRow, userKey } from './user-schema.ts';

/** What was told of people, and what waits to be told, as entries of an archive. */
export function createEventShelves(database: Database) {
  const feed = database.collection<EventRow>(COLLECTION.events);
  return {
    published: createShelf<EventRow, PublishedEvent>({
      collection: feed,
      toEntry: ({ event, sequence }) => ({ ...(JSON.parse(event) as UserEvent), sequence }),
      toDocument({ sequence, ...event }) {
        const { organizationId: organization, id } = event;
        return { _id: keyOf(organization, id), organization, sequence, event: JSON.stringify(event) };
      },
    }),
    feeds: guardMethods(createFeedShelf(database)),
    waiting: guardMethods(createWaitingShelf(database)),
  };
}

/** A feed's position is the number of its last event: it comes with the events. */
function createFeedShelf(database: Database): Shelf<FeedPosition> {
  const feed = database.collection<EventRow>(COLLECTION.events);
  const organizations = async () => (await feed.distinct('organization')).sort();

  async function positionOf(organizationId: string): Promise<readonly FeedPosition[]> {
    const options = { projection: { sequence: 1 }, sort: { sequence: -1 } } as const;
    const last = await feed.findOne({ organization: organizationId }, options);
    return last ? [{ organizationId, sequence: last.sequence }] : [];
  }

  return {
    count: async () => (await organizations()).length,
    async read(cursor, limit) {
      const rest = (await organizations()).filter((organization) => organization > (cursor ?? ''));
      const shown = rest.slice(0, limit);
      const items = (await Promise.all(shown.map(positionOf))).flat();
      return { items, next: rest.length > limit ? (shown.at(-1) ?? null) : null };
    },
    async write() {},
  };
}

const OF_ALERTS = 'alerts';

/** Events of people wait in the people's documents, alerts in a collection of their own. A cursor is that of the one or the other. */
function createWaitingShelf(database: Database): Shelf<UserEvent> {
  const users = database.collection<UserRow>(COLLECTION.users);
  const alerts = createShelf<AlertRow, UserEvent>({
    collection: database.collection<AlertRow>(COLLECTION.alerts),
    toEntry: ({ event }) => JSON.parse(event) as UserEvent,
    toDocument: alertRow,
  });
  const people = createNestedReads<UserRow, UserEvent>({
    collection: users,
    field: 'outbox',
    filter: { 'outbox.event': { $exists: true } },
    list: { $filter: { input: '$outbox', cond: { $gt: ['$$this.event', null] } } },
    toEntries: ({ outbox = [] }) =>
      outbox.flatMap(({ event }) => (event === undefined ? [] : [JSON.parse(event) as UserEvent])),
  });

  async function readAlerts(after: string | null, limit: number): Promise<Page<UserEvent>> {
    const { items, next } = await alerts.read(after, limit);
    return { items, next: next === null ? null : `${OF_ALERTS}${next}` };
  }

  return {
    count: async () => (await people.count()) + (await alerts.count()),
    async read(cursor, limit) {
      if (cursor?.startsWith(OF_ALERTS)) return readAlerts(cursor.slice(OF_ALERTS.length) || null, limit);
      const { items, next } = await people.read(cursor, limit);
      if (next !== null) return { items, next };
      if (items.length === limit) return { items, next: (await alerts.count()) > 0 ? OF_ALERTS : null };
      const rest = await readAlerts(null, limit - items.length);
      return { ...rest, items: [...items, ...rest.items] };
    },
    async write(events) {
      const holders = await holdersOf(users, events);
      await insistently(() =>
        push(
          users,
          events.filter((event) => holders.has(event)),
        ),
      );
      const others = events.filter((event) => !holders.has(event)).map(alertRow);
      await insistently(() => insertAbsent(database.collection<AlertRow>(COLLECTION.alerts), others));
    },
  };
}

/** Events that saves left: numbered, and about somebody who is there. */
async function holdersOf(users: UserCollection, events: readonly UserEvent[]): Promise<ReadonlySet<UserEvent>> {
  const numbered = events.filter(({ id, userId }) => id.startsWith(`${userId}:`) && /:\d+$/.test(id));
  const keys = [...new Set(numbered.map(holderOf))];
  const there = await users.find({ _id: { $in: keys } }, { projection: { _id: 1 } }).toArray();
  const known = new Set(there.map(({ _id }) => _id));
  return new Set(numbered.filter((event) => known.has(holderOf(event))));
}

async function push(users: UserCollection, events: readonly UserEvent[]): Promise<void> {
  const operations = events.map((event) => ({
    updateOne: {
      filter: { _id: holderOf(event), 'outbox.id': { $ne: event.id } },
      update: {
        $push: { outbox: { id: event.id, event: JSON.stringify(event) } },
        $min: { outboxAt: event.at },
      },
    },
  }));
  if (operations.length > 0) await users.bulkWrite(operations, { ordered: true });
}

function holderOf({ organizationId, userId }: UserEvent): string {
  return userKey(organizationId, userId);
}

function alertRow(event: UserEvent): AlertRow {
  const { organizationId: organization, id, at } = event;
  return { _id: keyOf(organization, id), organization, id, at, event: JSON.stringify(event) };
}
