import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../../core/errors.ts';
import { AGENCIES } from './agencies.ts';
import { API_KEY_COLLECTIONS } from './api-keys.ts';
import { buildCollections, dropIndexes } from './build-collections.ts';
import { BULK_COLLECTIONS } from './bulks.ts';
import { CATALOG_COLLECTIONS } from './catalog-schema.ts';
import type { Database } from './database.ts';
import { DIRECTORY_GROUP_COLLECTIONS } from './directory-groups.ts';
import type { Collection } from './driver.ts';
import { fillEmployeeNumbers } from './fill-employee-numbers.ts';
import { fillFoundBy } from './fill-found-by.ts';
import { GROUP_MAPPING_COLLECTIONS } from './group-mappings.ts';
import { DOUBTED_INTERVIEWS, doubtBooked, INTERVIEW_COLLECTIONS, UNTOLD_INTERVIEWS } from './interviews.ts';
import { KEPT_ANSWER_COLLECTIONS } from './kept-answers.ts';
import { duplicateIndex, guarded } from './mongo-errors.ts';
import { RUN_TIMES } from './prune-runs.ts';
import { RESOURCE_COLLECTIONS } from './resource-schema.ts';
import {
  CLIENTS,
  COLLECTION,
  CONFIGURATION_COLLECTIONS,
  CONNECTION_NAMES,
  type CollectionDeclaration,
  FIRST_COLLECTIONS,
  HISTORY_COLLECTIONS,
  IMPORT_COLLECTIONS,
  SYNC_COLLECTIONS,
} from './schema.ts';
import { FORMER_INDEXES, FOUND_BY_INDEXES, ORDER_INDEXES } from './user-schema.ts';

export interface Migration {
  readonly name: string;
  /** The lowest schema number a process may know and still work on what this migration leaves: during an upgrade both versions run. */
  readonly compatibleWith: number;
  /** May have been done before, wholly or in part. `step` is called between its steps. */
  run(database: Database, step: (name: string) => Promise<void>): Promise<void>;
}

/** A migration that makes collections and indexes, and nothing else. */
function building(name: string, compatibleWith: number, collections: readonly CollectionDeclaration[]): Migration {
  return { name, compatibleWith, run: (database, step) => buildCollections(database, collections, step) };
}

/** In order; the position is the number. A migration that was released is never changed: a new one follows. */
export const MIGRATIONS: readonly Migration[] = [
  building('first collections', 1, FIRST_COLLECTIONS),
  building('names of SCIM connections', 1, CONNECTION_NAMES),
  {
    name: 'the orders of lists',
    compatibleWith: 1,
    async run(database, step) {
      await buildCollections(database, [{ name: COLLECTION.users, indexes: ORDER_INDEXES }], step);
      await dropIndexes(database, COLLECTION.users, FORMER_INDEXES, step);
    },
  },
  building('schemas and resource types of organizations', 1, CONFIGURATION_COLLECTIONS),
  building('OAuth clients of SCIM connections', 1, CLIENTS),
  // Whoever does not know of names leaves the one of the version before: readers see by its number that it is old.
  building('groups and other resources', 1, RESOURCE_COLLECTIONS),
  building('how integrations fare', 1, SYNC_COLLECTIONS),
  {
    name: 'what people are filtered by',
    compatibleWith: 1,
    async run(database, step) {
      await buildCollections(database, [{ name: COLLECTION.users, indexes: FOUND_BY_INDEXES }], step);
      await fillFoundBy(database, step);
    },
  },
  {
    name: 'what became of people',
    // A relay of the version before would publish what only the history is told.
    compatibleWith: 9,
    run: (database, step) => buildCollections(database, HISTORY_COLLECTIONS, step),
  },
  building('interviews', 1, INTERVIEW_COLLECTIONS),
  building('agencies', 1, AGENCIES),
  building('CSV files on their way in', 9, IMPORT_COLLECTIONS),
  building('roles, scopes and pools', 9, CATALOG_COLLECTIONS),
  building('runs by their time', 1, RUN_TIMES),
  building('actions on many people', 1, BULK_COLLECTIONS),
  building('keys of organizations', 1, API_KEY_COLLECTIONS),
  building('answers kept for clients', 9, KEPT_ANSWER_COLLECTIONS),
  {
    name: 'people by their employee number',
    // Whoever does not know of it saves people who cannot be found by theirs.
    compatibleWith: 18,
    run: fillEmployeeNumbers,
  },
  building('interviews people were not told of', 1, UNTOLD_INTERVIEWS),
  {
    name: 'interviews in doubt',
    // A version before would take the doubt away with what it saves.
    compatibleWith: 20,
    async run(database, step) {
      await buildCollections(database, DOUBTED_INTERVIEWS, step);
      await doubtBooked(database);
    },
  },
  building('what groups give', 1, GROUP_MAPPING_COLLECTIONS),
  building('who is in groups of directories', 1, DIRECTORY_GROUP_COLLECTIONS),
];

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
