import { AppError } from '../../core/errors.ts';
import { type Clock, timestamp } from '../../ports/clock.ts';
import type { Database } from './database.ts';
import { MIGRATIONS } from './schema.ts';

/**
 * Brings a database to this version of Rollcall, forward only. Each migration and its number are written together: whoever is
 * killed in between starts again where it stopped. Throws `unavailable` for a database of a newer version, and changes nothing then.
 */
export function migrate(database: Database, clock: Clock): void {
  const newest = MIGRATIONS.length;
  const version = versionOf(database);
  if (version > newest) throw new AppError('unavailable', newerSentence(version, newest), { version, newest });
  database.script(
    'CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, at TEXT NOT NULL)',
  );
  MIGRATIONS.slice(version).forEach(({ name, script, fill }, index) => {
    const number = version + index + 1;
    database.transaction(() => {
      database.script(script);
      fill?.(database);
      database.sql('INSERT INTO migrations (number, name, at) VALUES (?, ?, ?)').run(number, name, timestamp(clock));
      database.script(`PRAGMA user_version = ${number}`);
    });
  });
}

function versionOf(database: Database): number {
  return Number(database.sql('PRAGMA user_version').get()?.user_version);
}

function newerSentence(version: number, newest: number): string {
  return `the database was written by a newer version of Rollcall (schema ${version}, this version knows ${newest}); start that version, or restore a backup made before it`;
}
