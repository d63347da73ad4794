import { randomUUID } from 'node:crypto';
import { AppError } from '../../core/errors.ts';
import type { Fence } from '../../ports/user-store.ts';
import type { Database } from './database.ts';
import type { Collection } from './driver.ts';
import { duplicateIndex } from './mongo-errors.ts';
import type { RunRow } from './run-rows.ts';
import { COLLECTION } from './schema.ts';
import { insistently } from './unknown-results.ts';

/** Somebody a run is about to write: the key of their document and the version it expects there; 0 when it inserts them. */
export interface IntendedWrite {
  readonly id: string;
  readonly version: number;
}

/** What a fence must know of a person's document. One without an organization is a tombstone: it is found by its key only. */
interface FencedPerson {
  readonly _id: string;
  readonly version: number;
  readonly writeId: string;
  readonly fencedAt?: Date;
}

export interface Fences {
  /**
   * Writes down what a run is about to write; without a fence there is nothing to do. Throws `superseded` when the fence is old.
   * Until the run's next checkpoint, whoever takes the run over makes those writes impossible first.
   */
  checkFence(fence: Fence | undefined, people: readonly IntendedWrite[]): Promise<void>;
  /**
   * Makes what a former holder of the run meant to write impossible, and forgets it. To be done by the new holder before anything
   * else; doing it twice is doing it once. Throws `superseded` when the run is somebody else's by now.
   */
  fenceOff(run: Pick<RunRow, '_id' | 'epoch' | 'intent'>): Promise<void>;
}

export const superseded = () => new AppError('superseded', 'this run was taken over by another worker');

export function createFences(database: Database): Fences {
  const runs = database.collection<RunRow>(COLLECTION.runs);
  const users = database.collection<FencedPerson>(COLLECTION.users);

  async function recordIntent({ runId, epoch }: Fence, people: readonly IntendedWrite[]): Promise<void> {
    const update = { $set: { 'intent.epoch': epoch }, $push: { 'intent.people': { $each: [...people] } } };
    const { matchedCount } = await insistently(() => runs.updateOne({ _id: runId, epoch }, update));
    if (matchedCount === 0) throw superseded();
  }

  return {
    checkFence: async (fence, people) => (fence ? recordIntent(fence, people) : undefined),
    async fenceOff({ _id, epoch, intent }) {
      if (!intent || intent.epoch === epoch) return;
      const people = intent.people.toSorted((left, right) => (left.id < right.id ? -1 : 1));
      await insistently(() => outdate(users, people));
      await insistently(() => bury(users, people));
      const mine = { _id, epoch, 'intent.epoch': intent.epoch };
      const { matchedCount } = await insistently(() => runs.updateOne(mine, { $unset: { intent: '' } }));
      if (matchedCount === 0 && !(await isStill(runs, _id, epoch))) throw superseded();
    },
  };
}

/**
 * Gives people a new version, so that a write which expects the one it read changes nothing. Nothing changes that SCIM sees: it goes
 * on seeing the version of before.
 */
async function outdate(users: Collection<FencedPerson>, people: readonly IntendedWrite[]): Promise<void> {
  const stored = people.filter(({ version }) => version > 0);
  if (stored.length === 0) return;
  const writeId = randomUUID();
  const operations = stored.map(({ id, version }) => {
    const seenByScim = { $ifNull: ['$body.seenByScim', { version, at: '$updated' }] };
    const update = [{ $set: { writeId, version: version + 1, 'body.seenByScim': seenByScim } }];
    return { updateOne: { filter: { _id: id, version }, update } };
  });
  await users.bulkWrite(operations, { ordered: true });
}

/** Takes the place of people who are not there yet, so that an insertion fails. */
async function bury(users: Collection<FencedPerson>, people: readonly IntendedWrite[]): Promise<void> {
  for (const { id, version } of people) {
    if (version > 0) continue;
    const tombstone = { _id: id, version: 0, writeId: randomUUID(), fencedAt: new Date() };
    await users.insertOne(tombstone).catch((error: unknown) => {
      if (duplicateIndex(error) === null) throw error;
    });
  }
}

async function isStill(runs: Collection<RunRow>, _id: string, epoch: number): Promise<boolean> {
  return (await runs.countDocuments({ _id, epoch }, { limit: 1 })) === 1;
}
