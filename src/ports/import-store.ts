import type { Import } from '../core/import.ts';
import type { Page } from './user-store.ts';

/** A page of an import: of the text of its file, its rows, a review, or what became of them. */
export interface ImportPart {
  readonly organizationId: string;
  readonly importId: string;
  readonly part: string;
  readonly page: number;
  /** JSON; nothing is looked for in it. */
  readonly text: string;
}

export type ImportPartKey = Omit<ImportPart, 'text'>;

/** CSV files on their way in. Adapters pass test/contracts/import-store.contract.ts. */
export interface ImportStore {
  /** Compare-and-swap: the stored version (0 without one) must be `entry.version - 1`, else `stale`. */
  save(entry: Import): Promise<void>;
  get(organizationId: string, id: string): Promise<Import | null>;
  /** Newest first. */
  list(organizationId: string, cursor: string | null, limit: number): Promise<Page<Import>>;
  /** Imports of all organizations that are being read, reviewed or carried out, those with the lowest ids first. */
  unfinished(limit: number): Promise<readonly Import[]>;
  /** Imports of all organizations whose rows are to be erased by then. */
  expired(by: string, limit: number): Promise<readonly Import[]>;
  /** Takes the place of the page there was. */
  putPart(part: ImportPart): Promise<void>;
  /** Keeps the page there is, if there is one; returns the text that is kept. */
  addPart(part: ImportPart): Promise<string>;
  /** The text of a page; null without one. */
  part(key: ImportPartKey): Promise<string | null>;
  /** Forgets an import with all its rows. */
  remove(organizationId: string, id: string): Promise<void>;
  /** Forgets all rows of an import, or only those of one part. */
  erase(organizationId: string, id: string, part?: string): Promise<void>;
}
