import { bringOwnServer, bringServer, type Startable } from './bring-server.ts';
import { startMongoPair } from './mongo-pair.ts';
import { startMongod } from './mongod.ts';
import type { MissingServer, OwnServer, TestServer } from './own-server.ts';

/** What of a server is killed. A real mongod is one piece, so all of these are the same there. */
export type MongoPart = 'all' | 'gateway' | 'engine';

export interface OwnMongo extends OwnServer {
  /**
   * kill -9: all of it, as when a mongod crashes; the gateway, so that connections break while the data stays up; or the engine
   * behind it, so that every command is answered by an error nobody knows.
   */
  kill(part?: MongoPart): Promise<void>;
}

export interface OwnMongoOptions {
  /** Whether what it acknowledges is on disk first; a crash test needs that, and it is so unless told. */
  readonly durable?: boolean;
}

export type StartMongo<Found> = (found: Found, options: OwnMongoOptions) => Promise<OwnMongo>;

let shared: Promise<TestServer | MissingServer> | null = null;

/** The MongoDB of this process, set up and started when first asked for. */
export function mongoServer(): Promise<TestServer | MissingServer> {
  shared ??= bringServer('mongo', (found) => startMongo(found, { durable: false }));
  return shared;
}

/** Starts a MongoDB for one suite; throws when there is none to start. */
export async function startOwnMongo(options: OwnMongoOptions = {}): Promise<OwnMongo> {
  const found = await bringOwnServer('mongo');
  if ('missing' in found) throw new Error(found.missing);
  return startMongo(found, options);
}

function startMongo(found: Startable, options: OwnMongoOptions): Promise<OwnMongo> {
  return found.use === 'program' ? startMongod(found.program, options) : startMongoPair(found.folder, options);
}
