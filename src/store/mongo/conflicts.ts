import { randomUUID } from 'node:crypto';
import type { Conflict } from '../../core/conflict.ts';
import { AppError } from '../../core/errors.ts';
import { fold } from '../../core/fold.ts';
import type { ConflictStore } from '../../ports/stores.ts';
import type { Database } from './database.ts';
import { keyOf, pageOf } from './documents.ts';
import type { Filter } from './driver.ts';
import { duplicateIndex } from './mongo-errors.ts';
import { COLLECTION } from './schema.ts';
import { nullIfDuplicate } from './swap-row.ts';
import { certainly, insistently } from './unknown-results.ts';

interface Row {
  readonly _id: string;
  readonly organization: string;
  readonly id: string;
  readonly key: string;
  readonly kind: Conflict['kind'];
  readonly user?: string | undefined;
  /** Folded. */
  readonly email?: string | undefined;
  readonly state: Conflict['state'];
  readonly updated: string;
  /** Open or accepted: one of a key may be. Absent otherwise. */
  readonly living?: true;
  readonly document: Conflict;
  /** Of the last who moved the state. */
  readonly moveId?: string;
}

/** How often an opening may meet a rival that is gone when one looks. */
const TRIES = 5;

/** Conflicts in MongoDB. State and time of change stand beside the document. */
export function createConflictStore(database: Database): ConflictStore {
  const rows = database.collection<Row>(COLLECTION.conflicts);
  const newestFirst = { _id: -1 } as const;

  async function standing({ organizationId: organization, key, message }: Conflict): Promise<Row | null> {
    const query = { organization, key, $or: [{ living: true }, { state: 'dismissed', 'document.message': message }] };
    return rows.findOne(query as Filter<Row>, { sort: { living: -1, _id: -1 } });
  }

  async function open(conflict: Conflict): Promise<Conflict> {
    for (let tries = 0; tries < TRIES; tries++) {
      const found = await standing(conflict);
      if (found) return toConflict(found);
      try {
        await rows.insertOne(rowOf(conflict));
        return conflict;
      } catch (error) {
        if (duplicateIndex(error) === null) throw error;
      }
    }
    throw new AppError('unavailable', 'too many others open and close this conflict just now');
  }

  async function read(query: Filter<Row>, limit = 0) {
    return (await rows.find(query).sort({ id: 1 }).limit(limit).toArray()).map(toConflict);
  }

  return {
    open: (conflict) => insistently(() => open(conflict)),
    async get(organization, id) {
      const row = await rows.findOne({ _id: keyOf(organization, id) });
      return row ? toConflict(row) : null;
    },
    async findByKey(organization, key) {
      const row = await rows.findOne({ organization, key }, { sort: { living: -1, _id: -1 } });
      return row ? toConflict(row) : null;
    },
    async list(organization, state, cursor, limit) {
      // The organization's part of the keys; `0` is what comes after `/`.
      const before = cursor === null ? `${organization}0` : keyOf(organization, cursor);
      const _id = { $gt: keyOf(organization, ''), $lt: before };
      const query = { organization, ...(state === null ? {} : { state }), _id };
      return pageOf(
        await rows
          .find(query)
          .sort(newestFirst)
          .limit(limit + 1)
          .toArray(),
        limit,
        toConflict,
      );
    },
    count: (organization, state) => rows.countDocuments({ organization, ...(state === null ? {} : { state }) }),
    async move(organization, id, from, to, at) {
      const _id = keyOf(organization, id);
      const moveId = randomUUID();
      const attempt = async () => {
        const { matchedCount } = await rows.updateOne({ _id, state: from }, moved(to, at, moveId));
        return matchedCount === 1 ? true : null;
      };
      const recall = async () => ((await rows.countDocuments({ _id, moveId }, { limit: 1 })) === 1 ? true : null);
      // Another conflict with its key was opened meanwhile: this one cannot come back to life.
      const outcome = await certainly<true>({ attempt: () => attempt().catch(nullIfDuplicate), recall });
      return outcome === true;
    },
    waitingFor: (organization, emails) =>
      read({ organization, state: 'open', kind: 'email_taken', email: { $in: emails.map(fold) } }),
    waiting: (afterId, limit) =>
      read(
        {
          state: 'open',
          kind: 'email_taken',
          email: { $exists: true },
          user: { $exists: true },
          id: { $gt: afterId ?? '' },
        },
        limit,
      ),
    openOf: (organization, userId, kind) => read({ organization, user: userId, state: 'open', kind }),
    async resolveOf(organization, userId, kinds, at) {
      const query = { organization, user: userId, state: 'open', kind: { $in: [...kinds] } } as const;
      await insistently(() => rows.updateMany(query, moved('resolved', at, randomUUID())));
    },
  };
}

const LIVING: ReadonlySet<Conflict['state']> = new Set(['open', 'accepted'] as const);

function moved(state: Conflict['state'], updated: string, moveId: string) {
  const set = { state, updated, moveId };
  return LIVING.has(state)
    ? { $set: { ...set, living: true as const } }
    : { $set: set, $unset: { living: '' as const } };
}

export function rowOf(document: Conflict): Row {
  const { organizationId: organization, id, key, kind, userId, email, state, updatedAt: updated } = document;
  const about = { user: userId ?? undefined, email: email === null ? undefined : fold(email) };
  const row: Row = { _id: keyOf(organization, id), organization, id, key, kind, ...about, state, updated, document };
  return LIVING.has(state) ? { ...row, living: true } : row;
}

export function toConflict({ document, state, updated: updatedAt }: Row): Conflict {
  return { ...document, state, updatedAt };
}
