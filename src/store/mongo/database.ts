import mongoose from 'mongoose';
import type { Collection, Db } from './driver.ts';
import { guarded } from './mongo-errors.ts';

/** How to reach a MongoDB and how long to be patient with it, in milliseconds. */
export interface MongoOptions {
  /** Names the database too; `rollcall` when it does not. */
  readonly url: string;
  readonly maxPoolSize?: number;
  readonly minPoolSize?: number;
  /** For a server that can take writes to be found; 2,000 unless told. */
  readonly serverSelectionTimeoutMS?: number;
  /** For the answer to one command; 10,000 unless told. */
  readonly socketTimeoutMS?: number;
  readonly connectTimeoutMS?: number;
}

/** What every stored document has: a key of our own making. */
export interface Stored {
  readonly _id: string;
}

/** A connected MongoDB. Collections are the driver's own: reads come from the primary, writes are acknowledged by a majority. */
export interface Database {
  readonly connection: mongoose.Connection;
  readonly db: Db;
  collection<Document extends Stored>(name: string): Collection<Document>;
  close(): Promise<void>;
}

const DEFAULTS = {
  maxPoolSize: 50,
  minPoolSize: 0,
  serverSelectionTimeoutMS: 2_000,
  socketTimeoutMS: 10_000,
  connectTimeoutMS: 2_000,
} as const;

const DEFAULT_NAME = 'rollcall';

/**
 * What correctness rests on, whatever the URL says. A compare-and-swap is decided by what the primary holds, so it is read there and
 * at level `local`: a read at level `majority` would still show the document that the swap was just refused for. What was built on
 * a write that is lost with its primary is lost with it, as it is acknowledged by a majority only together with that write.
 */
const CONCERNS = {
  readPreference: 'primary',
  readConcern: new mongoose.mongo.ReadConcern('local'),
  writeConcern: new mongoose.mongo.WriteConcern('majority', undefined, true),
} as const;

/** Connects. Throws `unavailable` when no server answers in time. */
export async function openDatabase({ url, ...told }: MongoOptions): Promise<Database> {
  const { connection } = await connect(url, { ...DEFAULTS, ...told });
  const client = connection.getClient();
  const db = client.db(nameIn(url), CONCERNS);
  return {
    connection,
    db,
    collection: <Document extends Stored>(name: string) => db.collection<Document>(name),
    close: () => connection.close(),
  };
}

/** The database a URL names. */
export function nameIn(url: string): string {
  const path = /^[a-z+]+:\/\/[^/]+\/([^?]*)/i.exec(url)?.[1] ?? '';
  return path === '' ? DEFAULT_NAME : decodeURIComponent(path);
}

async function connect(url: string, timing: Required<Omit<MongoOptions, 'url'>>) {
  // An instance of our own: connections and settings of the shared one belong to whoever embeds Rollcall.
  const instance = new mongoose.Mongoose();
  const connection = instance.createConnection(url, {
    appName: 'rollcall',
    dbName: nameIn(url),
    bufferCommands: false,
    autoIndex: false,
    autoCreate: false,
    ignoreUndefined: true,
    waitQueueTimeoutMS: timing.serverSelectionTimeoutMS,
    ...timing,
  });
  try {
    await guarded(() => connection.asPromise());
  } catch (error) {
    await connection.close();
    throw error;
  }
  // Nobody listens to the connection's errors: each command that fails tells its caller.
  connection.on('error', () => undefined);
  return { connection };
}
