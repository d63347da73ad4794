import type { Database } from './database.ts';
import type { AlertRow, WaitingEvent } from './event-rows.ts';
import { COLLECTION } from './schema.ts';
import { insistently } from './unknown-results.ts';
import type { UserRow } from './user-schema.ts';

/** Events that await the relay, wherever they lie. */
export interface Outbox {
  /** At most `limit` events: a person's, or an alert's, never before an earlier one of theirs. */
  oldest(limit: number): Promise<readonly WaitingEvent[]>;
  /** Takes out exactly these. Others may be added at the same time. */
  trim(events: readonly WaitingEvent[]): Promise<void>;
  count(): Promise<number>;
}

interface Dated extends WaitingEvent {
  readonly at: string;
}

const WAITING = { outboxAt: { $exists: true } };

export function createOutbox(database: Database): Outbox {
  const users = database.collection<UserRow>(COLLECTION.users);
  const alerts = database.collection<AlertRow>(COLLECTION.alerts);

  async function ofPeople(limit: number): Promise<readonly Dated[]> {
    const projection = { organization: 1, outbox: { $slice: limit + 1 } };
    const rows = await users.find(WAITING, { projection, sort: { outboxAt: 1 }, limit }).toArray();
    return rows.flatMap(({ _id: holder, organization, outbox = [] }) => {
      let at = '';
      const dated = outbox.map(({ id, event = null, history = null }) => {
        // A clock that was set back must not turn a person's events round.
        const said = (JSON.parse(event ?? history ?? '{}') as { readonly at: string }).at;
        at = said > at ? said : at;
        return { organization, id, event, history, holder, isAlert: false, at };
      });
      return dated.map((event, index) => ({ ...event, next: dated[index + 1] }));
    });
  }

  async function ofAlerts(limit: number): Promise<readonly Dated[]> {
    const rows = await alerts.find({}, { sort: { at: 1 }, limit }).toArray();
    return rows.map(({ _id: holder, organization, id, event, at }) => ({
      organization,
      id,
      event,
      history: null,
      holder,
      isAlert: true,
      at,
    }));
  }

  async function trimPeople(events: readonly WaitingEvent[]): Promise<void> {
    const byHolder = [...Map.groupBy(events, ({ holder }) => holder)];
    const operations = byHolder
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .flatMap(([_id, taken]) => [
        { updateOne: { filter: { _id }, update: { $pull: { outbox: { id: { $in: taken.map(({ id }) => id) } } } } } },
        { updateOne: redated(_id, taken.at(-1)?.next) },
      ]);
    if (operations.length > 0) await users.bulkWrite(operations, { ordered: true });
  }

  return {
    async oldest(limit) {
      const found = await Promise.all([ofPeople(limit), ofAlerts(limit)]);
      return found
        .flat()
        .toSorted((left, right) => (left.at < right.at ? -1 : Number(left.at > right.at)))
        .slice(0, limit);
    },
    async trim(events) {
      const { alert = [], person = [] } = Object.groupBy(events, ({ isAlert }) => (isAlert ? 'alert' : 'person'));
      await insistently(() => trimPeople(person));
      if (alert.length > 0) {
        const keys = alert.map(({ holder }) => holder);
        await insistently(() => alerts.deleteMany({ _id: { $in: keys } }));
      }
    },
    async count() {
      const published = { $filter: { input: '$outbox', cond: { $gt: ['$$this.event', null] } } };
      const sum = { $group: { _id: null, total: { $sum: { $size: published } } } };
      const [people] = await users.aggregate<{ total: number }>([{ $match: WAITING }, sum]).toArray();
      return (people?.total ?? 0) + (await alerts.countDocuments({}));
    },
  };
}

/** Says from when the oldest event is that still waits, or that none does. */
function redated(_id: string, next: WaitingEvent['next']) {
  if (next) return { filter: { _id, 'outbox.0.id': next.id }, update: { $set: { outboxAt: next.at } } };
  return { filter: { _id, outbox: { $size: 0 } }, update: { $unset: { outbox: '' as const, outboxAt: '' as const } } };
}
