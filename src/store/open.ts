import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../ports/clock.ts';
import type { Stores } from '../ports/stores.ts';
import { IN_MEMORY } from './sqlite/database.ts';
import { lockDirectory } from './sqlite/lock.ts';
import { createSqliteStores } from './sqlite/stores.ts';

export interface StoreOptions {
  /** Where the embedded store lives; made when missing. `:memory:` keeps nothing. */
  readonly dataDir: string;
  readonly clock: Clock;
}

/**
 * Opens everything durable. Throws `unavailable` when another process uses the data directory or a newer version wrote it.
 *
 * `close` gives the directory back; the operating system does when the process dies first.
 */
export function openStores({ dataDir, clock }: StoreOptions): Stores {
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
