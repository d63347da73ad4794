import type { ColumnName } from './csv-columns.ts';
import type { Counts, PagesOf } from './tally.ts';
import type { Actor } from './user.ts';

export type ImportState =
  /** Its bytes are on their way. */
  | 'uploading'
  /** Its rows are being read. */
  | 'parsing'
  /** They could not be. */
  | 'failed'
  | 'mapping'
  | 'reviewing'
  | 'reviewed'
  | 'committing'
  /** Somebody stopped it: what was written of the page under way is still being counted. */
  | 'cancelling'
  | 'done'
  | 'cancelled'
  | 'expired';

/** What is to become of a row. */
export type Verdict =
  | 'create'
  | 'update'
  | 'partial'
  | 'unchanged'
  | 'overridden'
  | 'held'
  | 'invalid'
  | 'duplicate'
  | 'ambiguous'
  | 'email_taken'
  | 'agency_user';

/** What became of a row: its verdict, or that it did not hold any more. */
export type Outcome = 'create' | 'update' | 'partial' | 'unchanged' | 'changed' | 'superseded';

/** What is said of a row: what became of it, or else what is to become of it. */
export type Told = Verdict | Outcome;

export const VERDICTS: readonly Verdict[] = [
  'create',
  'update',
  'partial',
  'unchanged',
  'overridden',
  'held',
  'invalid',
  'duplicate',
  'ambiguous',
  'email_taken',
  'agency_user',
];

/** Verdicts, and what only turns out when rows are carried out. */
export const TOLD: readonly Told[] = [...VERDICTS, 'changed', 'superseded'];

/** Verdicts that write somebody. */
export const WRITING: ReadonlySet<Verdict> = new Set<Verdict>(['create', 'update', 'partial']);

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
export type Delimiter = ',' | ';' | '\t' | '|';

/** What each column of a file is taken for, and how its rows are. */
export interface ImportMapping {
  /** In the order of the headers; null: not read. */
  readonly columns: readonly (ColumnName | 'id' | null)[];
  readonly key: 'email' | 'employeeNumber' | 'id';
  readonly blank: 'keep' | 'clear';
  readonly mode: 'upsert' | 'create' | 'update';
  readonly activateNew: boolean;
}

/** How rows are taken unless somebody chooses. */
export const DEFAULT_OPTIONS = {
  blank: 'keep',
  mode: 'upsert',
  activateNew: false,
} as const satisfies Partial<ImportMapping>;

/** A CSV file of people on its way in. Its rows lie beside it. Written by compare-and-swap on `version`. */
export interface Import {
  readonly id: string;
  readonly organizationId: string;
  readonly version: number;
  readonly state: ImportState;
  readonly by: Actor;
  readonly createdAt: string;
  /** When its rows are erased (RFC 3339); null once they were. */
  readonly expiresAt: string | null;
  readonly file: {
    readonly bytes: number;
    readonly sha256: string;
    readonly encoding: Encoding;
    readonly delimiter: Delimiter;
    readonly headers: readonly string[];
    /** 0 until they are read. */
    readonly rows: number;
    readonly pages: number;
  };
  /** Why its rows could not be read; absent unless it failed. */
  readonly failure?: { readonly code: string; readonly detail: string; readonly line?: number };
  /** What was chosen for these headers before, or is likely. */
  readonly suggestion: ImportMapping;
  readonly mapping: ImportMapping | null;
  /** The version at which the mapping was chosen: names the review's rows. */
  readonly review: number;
  /** Of the review, by verdict. */
  readonly counts: Counts<Verdict>;
  /** Pages on which a verdict is met. */
  readonly pagesOf: PagesOf<Verdict>;
  readonly settingsVersion: number;
  readonly scimEnabled: boolean;
  readonly digest: string | null;
  /** Begins the ids of those it creates; given when it is committed. */
  readonly idsFrom?: string;
  /** Pages that were carried out. */
  readonly carriedOut: number;
  readonly outcomes: Counts<Outcome>;
  /** Pages on which an outcome is met; absent: none yet. */
  readonly outcomePages?: PagesOf<Outcome>;
}

/** A row as it was read. */
export interface FileRow {
  /** The line it begins at, the header being the first. */
  readonly line: number;
  readonly cells: readonly string[];
  /** Why it cannot be read as a row of this file. */
  readonly problem?: string;
}

/** A row as it was judged. */
export interface JudgedRow {
  readonly line: number;
  readonly verdict: Verdict;
  readonly userId: string | null;
  /** Who has the address it asks for, and is given another one by the file; absent: nobody. */
  readonly holderId?: string;
  /** Page and place of the row that frees its address: both are written at once. */
  readonly after?: readonly [page: number, place: number];
  /** Version of whoever is to be changed. */
  readonly seen?: number;
  /** Column → what it held and what it shall hold. */
  readonly changes: { readonly [column in ColumnName]?: readonly [from: string, to: string] };
  /** What the columns of the file held, where somebody is to be changed. */
  readonly before?: { readonly [column in ColumnName]?: string };
  readonly reasons: readonly string[];
}

/** What became of a row that was to be written. */
export interface RowOutcome {
  readonly line: number;
  readonly outcome: Outcome;
  readonly userId: string | null;
  readonly reason?: string;
}

/** Rows are being written, or what was written is being counted. */
export const isCarriedOut = ({ state }: Pick<Import, 'state'>): boolean =>
  state === 'committing' || state === 'cancelling';

export const isUnfinished = (entry: Pick<Import, 'state'>): boolean =>
  entry.state === 'parsing' || entry.state === 'reviewing' || isCarriedOut(entry);

/** Who does what an import does. */
export const actingIn = ({ by, id }: Pick<Import, 'by' | 'id'>): Actor => ({ ...by, importId: id });
