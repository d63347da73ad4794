import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../ports/clock.ts';
import type { Stores } from '../ports/stores.ts';
import type { MongoOptions } from './mongo/database.ts';
import { IN_MEMORY } from './sqlite/database.ts';
import { lockDirectory } from './sqlite/lock.ts';
import { createSqliteStores } from './sqlite/stores.ts';

export interface EmbeddedStoreOptions {
  /** Where the embedded store lives; made when missing. `:memory:` keeps nothing. */
  readonly dataDir: string;
  readonly clock: Clock;
}

export interface StoreOptions extends EmbeddedStoreOptions {
  /** Null: the embedded store. */
  readonly mongodb: MongoOptions | null;
}

export interface OpenedStores {
  readonly stores: Stores;
  /** The time all who share the store agree on: the database server's, or with the embedded store the one given. */
  readonly clock: Clock;
}

/** Opens everything durable, where the options say. Throws `unavailable` when it cannot be had. */
export async function openStores({ mongodb, ...embedded }: StoreOptions): Promise<OpenedStores> {
  if (mongodb === null) return { stores: openEmbeddedStores(embedded), clock: embedded.clock };
  // Loaded by those who use it only: a third of what a process loads otherwise.
  const { openMongoStores } = await import('./mongo/stores.ts');
  return openMongoStores(mongodb);
}

/**
 * Opens the embedded store. Throws `unavailable` when another process uses the data directory or a newer version wrote it.
 *
 * `close` gives the directory back; the operating system does when the process dies first.
 */
export function openEmbeddedStores({ dataDir, clock }: EmbeddedStoreOptions): Stores {
  if (dataDir === IN_MEMORY) return createSqliteStores(dataDir, clock);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const unlock = lockDirectory(dataDir);
  try {
    const stores = createSqliteStores(join(dataDir, 'rollcall.db'), clock);
    return { ...stores, close: () => stores.close().finally(unlock) };
  } catch (error) {
    unlock();
    throw error;
  }
}
