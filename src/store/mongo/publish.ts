import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../../core/errors.ts';
import { keyOf } from './documents.ts';
import type { Collection } from './driver.ts';
import type { EventRow, WaitingEvent } from './event-rows.ts';
import { duplicateIndex, isUnknownResult } from './mongo-errors.ts';

const TRIES = 50;
const MOST_PAUSE_MS = 20;

/**
 * Puts events of one organization at the end of its feed, each once and in the order given, however many relays are at it.
 *
 * A number is taken only by who has seen the one before it taken: no reader misses one that comes later below what they saw.
 */
export function createPublish(feed: Collection<EventRow>) {
  async function remaining(organization: string, events: readonly WaitingEvent[]): Promise<readonly EventRow[]> {
    const newest = await feed.findOne({ organization }, { projection: { sequence: 1 }, sort: { sequence: -1 } });
    const keys = events.map(({ id }) => keyOf(organization, id));
    const there = await feed
      .find({ _id: { $in: keys } }, { projection: { _id: 1 }, batchSize: keys.length + 1 })
      .toArray();
    const seen = new Set(there.map(({ _id }) => _id));
    const rows: EventRow[] = [];
    for (const { id, event } of events) {
      const _id = keyOf(organization, id);
      if (event === null || seen.has(_id)) continue;
      seen.add(_id);
      rows.push({ _id, organization, sequence: (newest?.sequence ?? 0) + 1 + rows.length, event });
    }
    return rows;
  }

  return async (organization: string, events: readonly WaitingEvent[]): Promise<void> => {
    for (let tries = 0; tries < TRIES; tries++) {
      const rows = await remaining(organization, events);
      if (rows.length === 0) return;
      try {
        await feed.insertMany(rows, { ordered: true });
        return;
      } catch (error) {
        // Another relay was faster, or nobody knows: what is there by now is seen in the next round.
        if (duplicateIndex(error) === null && !isUnknownResult(error)) throw error;
        await pause(Math.random() * MOST_PAUSE_MS);
      }
    }
    throw new AppError('unavailable', 'too many relays publish events of this organization just now');
  };
}
