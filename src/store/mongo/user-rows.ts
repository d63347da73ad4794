import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../../core/errors.ts';
import type { UserChange } from '../../ports/user-store.ts';
import { duplicates, isOnlyDuplicates, isUnknownResult } from './mongo-errors.ts';
import { insistently } from './unknown-results.ts';
import { type OutboxEntry, type ParkedClaims, type UserCollection, type UserRow, userKey } from './user-schema.ts';
import { CLAIM_FIELDS, type ClaimFields, OPTIONAL_FIELDS, type UserFields, userFields } from './user-shadow.ts';

/** What a save must know of a person as they stand. One without an organization is a tombstone. */
export interface StoredUser extends ClaimFields {
  readonly _id: string;
  readonly organization?: string;
  readonly version: number;
  readonly writeId?: string;
  readonly parked?: ParkedClaims;
}

/** A change made ready to be written. The same one may be sent twice: it is applied once. */
export interface PreparedChange extends UserChange {
  readonly key: string;
  readonly writeId: string;
  readonly fields: UserFields;
  /** null: somebody new, or not looked at. */
  readonly stored: StoredUser | null;
}

/** `taken`: a unique index refused the row. `fenced`: a tombstone stands where the person should be inserted. */
export type Written = 'saved' | 'stale' | 'fenced' | 'taken';

const TRIES = 5;
/** Before another try, more each time, and never in step with rivals over the same claim. */
const PAUSE_MS = 20;
const STORED = {
  organization: 1,
  version: 1,
  writeId: 1,
  parked: 1,
  ...Object.fromEntries(CLAIM_FIELDS.map((field) => [field, 1])),
};

export function prepare(change: UserChange, stored: StoredUser | null): PreparedChange {
  const { organizationId, id } = change.user;
  const key = userKey(organizationId, id);
  return { ...change, key, stored, writeId: randomUUID(), fields: userFields(change.user) };
}

export async function readStored(
  users: UserCollection,
  keys: readonly string[],
): Promise<ReadonlyMap<string, StoredUser>> {
  const rows = await users
    .find({ _id: { $in: [...keys] } }, { projection: STORED, batchSize: keys.length + 1 })
    .toArray();
  return new Map(rows.map((row) => [row._id, row]));
}

/**
 * Writes each change by compare-and-swap, all in one command, and says of each what became of it.
 *
 * Where the answer does not say, or never came, the people are read again: a write of ours is known by its `writeId`. Throws
 * `unavailable` when that does not settle it either.
 */
export async function writeRows(
  users: UserCollection,
  changes: readonly PreparedChange[],
): Promise<ReadonlyMap<PreparedChange, Written>> {
  const written = new Map<PreparedChange, Written>();
  // In one order, whoever writes: two writers that meet the same people never wait for each other in a circle.
  let pending = changes.toSorted((left, right) => (left.key < right.key ? -1 : 1));
  for (let tries = 0; pending.length > 0; tries++) {
    if (tries === TRIES) throw new AppError('unavailable', 'the store does not say what became of a write');
    if (tries > 0) await pause(PAUSE_MS * tries * (0.5 + Math.random()));
    const { doubtful, taken } = await send(users, pending);
    for (const change of pending) if (!doubtful.includes(change)) written.set(change, 'saved');
    pending = await judge(users, doubtful, taken, written);
  }
  return written;
}

interface Sent {
  /** Those of whom the answer does not say that they were written. */
  readonly doubtful: readonly PreparedChange[];
  /** Those among them whom a unique index refused. */
  readonly taken: ReadonlySet<PreparedChange>;
}

async function send(users: UserCollection, changes: readonly PreparedChange[]): Promise<Sent> {
  const nobody: ReadonlySet<PreparedChange> = new Set();
  try {
    const applied = await apply(users, changes);
    return { doubtful: applied === changes.length ? [] : changes, taken: nobody };
  } catch (error) {
    const taken = new Set(duplicates(error).flatMap(({ at }) => changes[at] ?? []));
    if (taken.size === 0 && !isUnknownResult(error)) throw error;
    const isTold = isOnlyDuplicates(error) && appliedBefore(error) + taken.size === changes.length;
    return { doubtful: isTold ? [...taken] : changes, taken };
  }
}

/** Reads the doubtful ones again; returns those that stand as before, and may be sent again. */
async function judge(
  users: UserCollection,
  doubtful: readonly PreparedChange[],
  taken: ReadonlySet<PreparedChange>,
  written: Map<PreparedChange, Written>,
): Promise<PreparedChange[]> {
  if (doubtful.length === 0) return [];
  const keys = doubtful.map(({ key }) => key);
  const stored = await insistently(() => readStored(users, keys));
  return doubtful.filter((change) => {
    const verdict = verdictOn(change, stored.get(change.key)) ?? (taken.has(change) ? 'taken' : null);
    if (verdict) written.set(change, verdict);
    return verdict === null;
  });
}

function verdictOn({ user, writeId }: PreparedChange, stored: StoredUser | undefined): Written | null {
  if (stored?.writeId === writeId) return 'saved';
  if (stored && stored.organization === undefined) return 'fenced';
  return (stored?.version ?? 0) === user.version - 1 ? null : 'stale';
}

/** How many of the changes found their person as expected. */
async function apply(users: UserCollection, changes: readonly PreparedChange[]): Promise<number> {
  const [only] = changes;
  if (only && changes.length === 1) {
    if (only.user.version === 1) return users.insertOne(rowOf(only)).then(() => 1);
    return (await users.updateOne(baseOf(only), updateOf(only))).matchedCount;
  }
  const operations = changes.map((change) =>
    change.user.version === 1
      ? { insertOne: { document: rowOf(change) } }
      : { updateOne: { filter: baseOf(change), update: updateOf(change) } },
  );
  const { insertedCount, matchedCount } = await users.bulkWrite(operations, { ordered: false });
  return insertedCount + matchedCount;
}

/** What a bulk write that failed in part says of the rest; a single write that failed has none. */
function appliedBefore(error: unknown): number {
  const { insertedCount = 0, matchedCount = 0 } = error as { insertedCount?: number; matchedCount?: number };
  return insertedCount + matchedCount;
}

function baseOf({ key, user }: PreparedChange) {
  return { _id: key, version: user.version - 1 };
}

function rowOf(change: PreparedChange): UserRow {
  const { key, writeId, fields, user } = change;
  const row: UserRow = { _id: key, writeId, ...fields };
  const outbox = toldOf(change);
  return outbox.length > 0 ? { ...row, outbox, outboxAt: toldAt(change) ?? user.updatedAt } : row;
}

/** Sets everything but the outbox, which only grows here: the relay may take from it at the same time. */
function updateOf(change: PreparedChange) {
  const { writeId, fields, user } = change;
  const absent = OPTIONAL_FIELDS.filter((field) => fields[field] === undefined);
  const unset = Object.fromEntries(['parked', ...absent].map((field) => [field, '' as const]));
  const update = { $set: { ...fields, writeId }, $unset: unset };
  const told = toldOf(change);
  if (told.length === 0) return update;
  return { ...update, $push: { outbox: { $each: told } }, $min: { outboxAt: toldAt(change) ?? user.updatedAt } };
}

/** What a save leaves for the relay: its events, the first of which carries its place in the history. */
function toldOf({ events, history, user }: UserChange): OutboxEntry[] {
  const kept = history ? { history: JSON.stringify(history) } : {};
  const told = events.map((event, index) => ({
    id: event.id,
    event: JSON.stringify(event),
    ...(index === 0 ? kept : {}),
  }));
  return told.length > 0 || !history ? told : [{ id: `${user.id}:version:${user.version}`, ...kept }];
}

const toldAt = ({ events: [first], history }: UserChange): string | undefined => first?.at ?? history?.at;
