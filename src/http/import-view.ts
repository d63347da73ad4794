import { z } from 'zod';
import { COLUMN_NAMES, POOLS } from '../core/csv-columns.ts';
import { ignoredHeaders } from '../core/csv-header.ts';
import { DEFAULT_OPTIONS, type Import, TOLD } from '../core/import.ts';
import { type ReviewedRow, toldOf } from '../services/import-files.ts';
import { actor, instant } from './common-schemas.ts';
import { known } from './known.ts';

const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const;
export const chosenEncoding = z.enum(['utf-8', 'windows-1252']);

/** Delimiters by the names a query can hold. */
export const DELIMITER_NAMES = { comma: ',', semicolon: ';', tab: '\t', pipe: '|' } as const;

const customColumn = z.string().regex(/^custom\.[a-z][A-Za-z0-9]{0,49}$/, 'must be a column');
const column = z.union([z.enum(['id', ...COLUMN_NAMES, POOLS]), customColumn]).nullable();
const choices = {
  key: z
    .enum(['email', 'employeeNumber', 'id'])
    .optional()
    .meta({ description: 'The column that says who a row is about; without it, as suggested.' }),
  blank: z
    .enum(['keep', 'clear'])
    .optional()
    .meta({ default: DEFAULT_OPTIONS.blank, description: 'clear never clears an address or a name.' }),
  mode: z.enum(['upsert', 'create', 'update']).optional().meta({ default: DEFAULT_OPTIONS.mode }),
  activateNew: z.boolean().optional().meta({ default: DEFAULT_OPTIONS.activateNew }),
};

export const mappingBody = z
  .strictObject({
    columns: z
      .record(z.string().max(500), column)
      .optional()
      .meta({ description: 'Header → column, null: not read; without it, as suggested.' }),
    ...choices,
  })
  .meta({ id: 'ImportMapping', description: 'Nothing at all: everything as suggested.' });

const mappingView = z.object({
  columns: z.record(z.string(), column),
  key: z.string(),
  blank: z.string(),
  mode: z.string(),
  activateNew: z.boolean(),
});
const counts = z.record(z.string(), z.int());

export const importSchema = z
  .object({
    id: z.string(),
    state: z.enum([
      'uploading',
      'parsing',
      'failed',
      'mapping',
      'reviewing',
      'reviewed',
      'committing',
      'cancelling',
      'done',
      'cancelled',
      'expired',
    ]),
    by: actor,
    createdAt: instant,
    expiresAt: instant.optional().meta({ description: 'When its rows are erased; absent once they were.' }),
    encoding: z.enum(ENCODINGS),
    delimiter: z.string(),
    bytes: z.int(),
    rows: z.int(),
    headers: z.array(z.string()),
    ignored: z.array(z.string()).meta({ description: 'Columns that an import never writes.' }),
    failure: z
      .object({ code: z.string(), detail: z.string(), line: z.int().optional() })
      .optional()
      .meta({ description: 'Why its rows could not be read.' }),
    suggestion: mappingView,
    mapping: mappingView.optional(),
    counts: counts.meta({ description: 'Rows by verdict.' }),
    digest: z.string().optional().meta({ description: 'Of the review; committing names it.' }),
    progress: z.object({ pages: z.int(), of: z.int() }),
    outcomes: counts.meta({ description: 'Rows carried out, by what became of them.' }),
    version: z.int(),
  })
  .meta({ id: 'Import', description: 'A CSV file of people on its way in.' });

type Mapping = Import['suggestion'];

function viewMapping(headers: readonly string[], { columns, ...options }: Mapping) {
  return { columns: Object.fromEntries(headers.map((header, at) => [header, columns[at] ?? null])), ...options };
}

export function viewImport(entry: Import) {
  const { id, state, by, createdAt, expiresAt, file, suggestion, mapping, digest, outcomes, version } = entry;
  const { failure = null } = entry;
  const { encoding, delimiter, bytes, rows, headers, pages } = file;
  return {
    ...known({ expiresAt, digest, failure }),
    ...(mapping ? { mapping: viewMapping(headers, mapping) } : {}),
    id,
    state,
    by,
    createdAt,
    encoding,
    delimiter,
    bytes,
    rows,
    headers,
    ignored: ignoredHeaders(headers, mapping ?? suggestion),
    suggestion: viewMapping(headers, suggestion),
    counts: entry.counts as { readonly [verdict: string]: number },
    progress: { pages: entry.carriedOut, of: pages },
    outcomes: outcomes as { readonly [outcome: string]: number },
    version,
  };
}

export const verdictSchema = z.enum(TOLD as unknown as [string, ...string[]]);

export const importRowSchema = z
  .object({
    line: z.int(),
    verdict: verdictSchema,
    userId: z.string().optional(),
    from: z.record(z.string(), z.string()),
    to: z.record(z.string(), z.string()),
    reasons: z.array(z.string()),
    outcome: z.enum(['create', 'update', 'partial', 'unchanged', 'changed', 'superseded']).optional(),
  })
  .meta({ id: 'ImportRow' });

export function viewImportRow(row: ReviewedRow) {
  const { line, userId, changes, reasons, outcome } = row;
  const pairs = Object.entries(changes) as (readonly [string, readonly [string, string]])[];
  return {
    ...known({ userId: outcome?.userId ?? userId, outcome: outcome?.outcome ?? null }),
    line,
    verdict: toldOf(row),
    from: Object.fromEntries(pairs.map(([name, [from]]) => [name, from])),
    to: Object.fromEntries(pairs.map(([name, [, to]]) => [name, to])),
    reasons: outcome?.reason ? [...reasons, outcome.reason] : reasons,
  };
}
