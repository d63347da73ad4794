import { randomUUID } from 'node:crypto';
import type { Database } from './database.ts';
import { keyOf } from './documents.ts';
import { swapRow } from './swap-row.ts';

interface Versioned {
  readonly organizationId: string;
  readonly version: number;
}

export interface VersionedRow {
  /** Organization and key. */
  readonly _id: string;
  readonly version: number;
  /** JSON: nothing is ever looked for in it. */
  readonly document: string;
  readonly writeId: string;
  readonly expiresAt?: Date;
}

/** A collection of documents, one for each thing an organization has one of. */
export interface VersionedCollection<T extends Versioned> {
  readonly name: string;
  /** The field that is the key within the organization. */
  readonly key: string & keyof T;
  /** What one of them is called. */
  readonly what: string;
  /** When one goes away by itself; absent: never. */
  readonly expires?: (entry: T) => Date;
}

export interface VersionedDocuments<T extends Versioned> {
  get(organization: string, key: string): Promise<T | null>;
  /** Compare-and-swap on the version, 0 without a document; throws `stale`. */
  save(entry: T): Promise<void>;
}

export function versionedDocuments<T extends Versioned>(
  database: Database,
  collection: VersionedCollection<T>,
): VersionedDocuments<T> {
  const rows = database.collection<VersionedRow>(collection.name);

  return {
    async get(organization, key) {
      const row = await rows.findOne({ _id: keyOf(organization, key) });
      return row ? entryOf<T>(row) : null;
    },
    async save(entry) {
      await swapRow(rows, versionedRow(collection, entry), `this ${collection.what}`);
    },
  };
}

export function versionedRow<T extends Versioned>({ key, expires }: VersionedCollection<T>, entry: T): VersionedRow {
  const _id = keyOf(entry.organizationId, String(entry[key]));
  const row = { _id, version: entry.version, document: JSON.stringify(entry), writeId: randomUUID() };
  return expires ? { ...row, expiresAt: expires(entry) } : row;
}

export function entryOf<T>({ document }: VersionedRow): T {
  return JSON.parse(document);
}
