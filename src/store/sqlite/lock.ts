import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '../../core/errors.ts';
import { isBusy } from './sqlite-errors.ts';

/**
 * Claims a data directory for this process. Returns the function that gives it back; throws `unavailable` when another process has it.
 *
 * The lock is an exclusive transaction on a file of its own, so the operating system releases it when the process dies, however
 * it dies: no stale lock is ever left.
 */
export function lockDirectory(directory: string): () => void {
  const path = join(directory, 'rollcall.lock');
  const connection = new DatabaseSync(path, { timeout: 0 });
  try {
    connection.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    connection.close();
    if (!isBusy(error)) throw error;
    const sentence = `the data directory ${directory} is in use by another Rollcall process`;
    throw new AppError('unavailable', sentence, { directory }, error);
  }
  return () => connection.close();
}
