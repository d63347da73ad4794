import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../../core/errors.ts';
import type { Database } from './database.ts';
import type { Collection } from './driver.ts';
import { MIGRATIONS, type Migration } from './migration-list.ts';
import { duplicateIndex, guarded } from './mongo-errors.ts';
import { COLLECTION } from './schema.ts';

export interface MigrateOptions {
  readonly migrations?: readonly Migration[];
  /** Told before every step; what it throws is like dying there. */
  readonly onStep?: (name: string) => void | Promise<void>;
  /** How long to wait for another process that is at it. */
  readonly patienceMs?: number;
  readonly leaseMs?: number;
}

interface Row {
  readonly _id: string;
  readonly number?: number;
  readonly name?: string;
  readonly compatibleWith?: number;
  readonly at?: Date;
  readonly owner?: string | null;
  readonly until?: Date;
}

const LEASE = 'lease';
const POLL_MS = 100;

/**
 * Brings a database to this version of Rollcall, forward only: one process builds, others that start meanwhile wait for it, and
 * whoever follows one that died goes on where it stopped. Throws `unavailable`, having changed nothing, for a database that a newer
 * version made unfit for this one.
 */
export async function migrate(database: Database, options: MigrateOptions = {}): Promise<void> {
  const { migrations = MIGRATIONS, onStep = () => undefined, patienceMs = 300_000, leaseMs = 30_000 } = options;
  const rows = database.collection<Row>(COLLECTION.migrations);
  const deadline = performance.now() + patienceMs;
  const owner = randomUUID();
  while ((await guarded(() => versionOf(rows, migrations.length))) < migrations.length) {
    if (await guarded(() => take(rows, owner, leaseMs))) {
      await underLease(rows, owner, leaseMs, () => guarded(() => build(database, rows, migrations, onStep)));
    } else if (performance.now() > deadline) throw busy();
    else await pause(POLL_MS);
  }
}

async function build(
  database: Database,
  rows: Collection<Row>,
  migrations: readonly Migration[],
  onStep: (name: string) => void | Promise<void>,
): Promise<void> {
  for (let number = (await versionOf(rows, migrations.length)) + 1; number <= migrations.length; number++) {
    const { name, compatibleWith, run } = migrations[number - 1] as Migration;
    await run(database, async (step) => onStep(`${number}: ${step}`));
    await onStep(`${number}: record`);
    const row = { _id: String(number), number, name, compatibleWith, at: new Date() };
    await rows.insertOne(row).catch(unlessDuplicate);
  }
}

/** The number of the newest migration done; throws when one of them leaves no room for a process that knows `newest`. */
async function versionOf(rows: Collection<Row>, newest: number): Promise<number> {
  const done = await rows.find({ number: { $gte: 1 } }, { sort: { number: 1 } }).toArray();
  const version = done.at(-1)?.number ?? 0;
  const needed = Math.max(0, ...done.map(({ compatibleWith }) => compatibleWith ?? 0));
  if (needed > newest) throw new AppError('unavailable', newerSentence(version, newest), { version, newest });
  return version;
}

async function take(rows: Collection<Row>, owner: string, leaseMs: number): Promise<boolean> {
  await rows.insertOne({ _id: LEASE, owner: null, until: new Date(0) }).catch(unlessDuplicate);
  const free = { _id: LEASE, $or: [{ owner: null }, { $expr: { $lte: ['$until', '$$NOW'] } }] };
  const { matchedCount } = await rows.updateOne(free, [prolonged(owner, leaseMs)]);
  return matchedCount === 1;
}

/** The lease spares work, no more: every step may be done by two at once. */
async function underLease(rows: Collection<Row>, owner: string, leaseMs: number, work: () => Promise<void>) {
  const renew = () => rows.updateOne({ _id: LEASE, owner }, [prolonged(owner, leaseMs)]).catch(() => undefined);
  const heartbeat = setInterval(renew, leaseMs / 3);
  try {
    await work();
  } finally {
    clearInterval(heartbeat);
    await rows.updateOne({ _id: LEASE, owner }, { $set: { owner: null } }).catch(() => undefined);
  }
}

function prolonged(owner: string, leaseMs: number) {
  return { $set: { owner, until: { $add: ['$$NOW', leaseMs] } } };
}

function unlessDuplicate(error: unknown): void {
  if (duplicateIndex(error) === null) throw error;
}

const busy = () => new AppError('unavailable', 'another process has been preparing the database for too long');

function newerSentence(version: number, newest: number): string {
  return `the database was written by a newer version of Rollcall (schema ${version}, this version knows ${newest}); start that version, or restore a backup made before it`;
}
