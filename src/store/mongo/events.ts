import type { UserEvent } from '../../core/event.ts';
import type { HistoryEntry } from '../../core/history.ts';
import type { EventStore } from '../../ports/stores.ts';
import type { Database } from './database.ts';
import { keyOf } from './documents.ts';
import type { AlertRow, EventRow } from './event-rows.ts';
import { createKeepHistory } from './history.ts';
import { duplicateIndex } from './mongo-errors.ts';
import { createOutbox } from './outbox.ts';
import { createPublish } from './publish.ts';
import { COLLECTION } from './schema.ts';
import { insistently } from './unknown-results.ts';

/**
 * Events in MongoDB. Those of people wait in the people's own documents, alerts in a collection of their own; the feed has one
 * unbroken row of numbers per organization.
 */
export function createEventStore(database: Database): EventStore {
  const feed = database.collection<EventRow>(COLLECTION.events);
  const alerts = database.collection<AlertRow>(COLLECTION.alerts);
  const outbox = createOutbox(database);
  const publish = createPublish(feed);
  const keepHistory = createKeepHistory(database);

  return {
    async relay(limit) {
      const waiting = await outbox.oldest(limit);
      await keepHistory(
        waiting.flatMap(({ history }) => (history === null ? [] : [JSON.parse(history) as HistoryEntry])),
      );
      const published = waiting.filter(({ event }) => event !== null);
      const byOrganization = Map.groupBy(published, ({ organization }) => organization);
      for (const [organization, events] of byOrganization) await publish(organization, events);
      await outbox.trim(waiting);
      return waiting.length;
    },
    pending: () => outbox.count(),
    async list(organization, afterSequence, limit) {
      // A number that is lost with its primary goes to another event: whoever had read it would miss that one.
      const options = { readConcern: { level: 'majority' }, sort: { sequence: 1 }, limit } as const;
      const rows = await feed.find({ organization, sequence: { $gt: afterSequence } }, options).toArray();
      return rows.map(({ event, sequence }) => ({ ...(JSON.parse(event) as UserEvent), sequence }));
    },
    async add(event) {
      const { organizationId: organization, id, at } = event;
      const _id = keyOf(organization, id);
      if ((await feed.countDocuments({ _id }, { limit: 1 })) === 1) return;
      const row = { _id, organization, id, at, event: JSON.stringify(event) };
      await insistently(() => alerts.insertOne(row).then(() => undefined, unlessDuplicate));
    },
  };
}

function unlessDuplicate(error: unknown): void {
  if (duplicateIndex(error) === null) throw error;
}
