import type { UserEvent } from '../../core/event.ts';
import type { EventStore } from '../../ports/stores.ts';
import type { Counters } from './counters.ts';
import type { Database } from './database.ts';
import { LIMIT } from './fragments.ts';
import type { Interning } from './interning.ts';

/** Name of the counter that numbers an organization's feed: it never goes back, whatever becomes of old events. */
export const SEQUENCE = 'events';

/** The outbox, written with the people, and the feed it is relayed to. */
export function createEventStore(database: Database, names: Interning, counters: Counters): EventStore {
  const { sql } = database;
  const oldest = sql(`SELECT o.n, o.organization, EXISTS (
    SELECT 1 FROM events e WHERE e.organization = o.organization AND e.id = o.id) AS published
    FROM outbox o ORDER BY o.n ${LIMIT}`);
  const trim = sql('DELETE FROM outbox WHERE n <= ?');
  const isPublished = sql('SELECT 1 FROM events WHERE organization = ? AND id = ?');
  const isWaiting = sql('SELECT 1 FROM outbox WHERE organization = ? AND id = ?');
  const publish = sql(`INSERT INTO events (organization, sequence, id, event)
    SELECT organization, ?, id, event FROM outbox WHERE n = ?`);
  const pending = sql('SELECT count(*) AS total FROM outbox');
  const feed = sql(`SELECT sequence, event FROM events WHERE organization = ? AND sequence > ?
    ORDER BY sequence ${LIMIT}`);
  const add = sql('INSERT INTO outbox (organization, id, event) VALUES (?, ?, ?)');

  function relay(limit: number): number {
    const rows = oldest.all(limit);
    const news = rows.filter(({ published }) => published === 0);
    for (const [organization, events] of Map.groupBy(news, (row) => row.organization as number)) {
      let sequence = counters.add(organization, SEQUENCE, events.length) - events.length;
      for (const { n } of events) publish.run(++sequence, n as number);
    }
    const last = rows.at(-1);
    if (last) trim.run(last.n as number);
    return rows.length;
  }

  return {
    relay: async (limit) => database.transaction(() => relay(limit)),
    pending: async () => Number(pending.get()?.total),
    list: async (organization, afterSequence, limit) =>
      feed.all(names.find(organization), afterSequence, limit).map((row) => ({
        ...(JSON.parse(row.event as string) as UserEvent),
        sequence: row.sequence as number,
      })),
    async add(event) {
      database.transaction(() => {
        const key = [names.give(event.organizationId), event.id] as const;
        if (isWaiting.get(...key) || isPublished.get(...key)) return;
        add.run(...key, JSON.stringify(event));
      });
    },
  };
}
