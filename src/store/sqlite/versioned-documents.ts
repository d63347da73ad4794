import { stale } from '../../core/errors.ts';
import type { Database } from './database.ts';
import { documentOf } from './documents.ts';

interface Versioned {
  readonly organizationId: string;
  readonly version: number;
}

/** A table with the columns organization, `column`, version and document. */
export interface VersionedTable<T extends Versioned> {
  readonly table: string;
  readonly column: string;
  /** The field that `column` holds. */
  readonly key: string & keyof T;
  /** What one of them is called. */
  readonly what: string;
}

/** One document for each thing an organization has one of. */
export interface VersionedDocuments<T extends Versioned> {
  get(organization: string, key: string): T | null;
  /** Compare-and-swap on the version, 0 without a document; throws `stale`. */
  save(entry: T): void;
  /** As it is, unless there is one. */
  insert(entry: T): void;
}

export function versionedDocuments<T extends Versioned>(
  { sql }: Pick<Database, 'sql'>,
  { table, column, key, what }: VersionedTable<T>,
): VersionedDocuments<T> {
  const one = sql(`SELECT document FROM ${table} WHERE organization = ? AND ${column} = ?`);
  const insert = sql(`INSERT INTO ${table} (organization, ${column}, version, document)
    VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`);
  const update = sql(`UPDATE ${table} SET version = ?3, document = ?4
    WHERE organization = ?1 AND ${column} = ?2 AND version = ?3 - 1`);
  const row = (entry: T) => [entry.organizationId, String(entry[key]), entry.version, JSON.stringify(entry)] as const;
  return {
    get: (organization, name) => documentOf<T>(one.get(organization, name)),
    save(entry) {
      const statement = entry.version === 1 ? insert : update;
      if (statement.run(...row(entry)).changes === 0) throw stale(`this ${what}`);
    },
    insert(entry) {
      insert.run(...row(entry));
    },
  };
}
