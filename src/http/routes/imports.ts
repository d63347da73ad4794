import { z } from 'zod';
import { TOLD, type Told } from '../../core/import.ts';
import { cancelImport, commitImport, mapImport } from '../../services/decide-import.ts';
import { encodingNamed } from '../../services/decode-csv.ts';
import { listRows, refusedRows, rowsBefore } from '../../services/import-files.ts';
import { readImport } from '../../services/import-parts.ts';
import { readOrganization } from '../../services/organizations.ts';
import { MOST_MEGABYTES, uploadImport } from '../../services/upload-import.ts';
import { csvText } from '../csv-text.ts';
import {
  chosenEncoding,
  DELIMITER_NAMES,
  importRowSchema,
  importSchema,
  mappingBody,
  viewImport,
  viewImportRow,
} from '../import-view.ts';
import { anyOf, cursorsOf, PAGING } from '../pagination.ts';
import { readMapping } from '../read-mapping.ts';
import { type Route, route } from '../route.ts';

const PATH = '/api/organizations/:org/imports';
const ONE = `${PATH}/:id` as const;
const CURSORS = cursorsOf('imports');

const CSV = 'text/csv; charset=utf-8';

const next = z.string().nullable().meta({ description: 'The cursor of the page that follows; null after the last.' });
const rowCursor = z.string().regex(/^\d{1,6}\.\d{1,6}$/, 'must be the `next` of the page before');

const entryRoutes: readonly Route[] = [
  route({
    method: 'post',
    path: PATH,
    policy: 'people:write',
    name: 'uploadImport',
    summary:
      'Takes in a CSV file of people, up to 50 MB and 50,000 rows, and has its rows read. Nobody is changed yet.',
    query: z.strictObject({
      encoding: chosenEncoding
        .optional()
        .meta({ description: 'For a file without a mark; else the charset of its Content-Type, else utf-8.' }),
      delimiter: z.enum(['comma', 'semicolon', 'tab', 'pipe']).optional().meta({ description: 'Guessed unless told.' }),
    }),
    upload: { mediaType: 'text/csv', megabytes: MOST_MEGABYTES },
    status: 202,
    answer: importSchema,
    refusals: ['unreadable_file', 'too_large', 'unsupported_media_type'],
    async handle({ deps }, { params: { org }, query: { encoding, delimiter }, upload, charset, actor }) {
      const chosen = encoding ?? (charset === null ? undefined : encodingNamed(charset));
      const options = { encoding: chosen, delimiter: delimiter && DELIMITER_NAMES[delimiter] };
      return viewImport(await uploadImport(deps, org, actor, upload, options));
    },
  }),
  route({
    method: 'get',
    path: PATH,
    policy: 'people:read',
    name: 'listImports',
    summary: 'Lists imports, the newest first.',
    query: z.strictObject(PAGING),
    answer: z.object({ items: z.array(importSchema), next }),
    async handle({ deps }, { params: { org }, query: { cursor, limit } }) {
      await readOrganization(deps, org);
      const { items, next } = await deps.stores.imports.list(org, CURSORS.keyIn(cursor), limit);
      return { items: items.map(viewImport), next: CURSORS.next(next) };
    },
  }),
  route({
    method: 'get',
    path: ONE,
    policy: 'people:read',
    name: 'readImport',
    summary: 'Reads an import: where it is, what the review counted, how far it was carried out.',
    answer: importSchema,
    handle: async ({ deps }, { params: { org, id } }) => viewImport(await readImport(deps, org, id)),
  }),
];

const decisionRoutes: readonly Route[] = [
  route({
    method: 'put',
    path: `${ONE}/mapping`,
    policy: 'people:write',
    name: 'mapImport',
    summary: 'Chooses what the columns are, and has every row judged. Nobody is changed yet.',
    body: mappingBody,
    answer: importSchema,
    refusals: ['import_state', 'import_expired', 'stale'],
    async handle({ deps }, { params: { org, id }, body }) {
      const { settings } = await readOrganization(deps, org);
      const mapping = readMapping(await readImport(deps, org, id), body, settings);
      return viewImport(await mapImport(deps, org, id, mapping));
    },
  }),
  route({
    method: 'post',
    path: `${ONE}/commit`,
    policy: 'people:write',
    name: 'commitImport',
    summary: 'Has the reviewed rows carried out, each only while it is as the review saw it.',
    body: z.strictObject({ digest: z.string().min(1).max(200).meta({ description: 'Of the review.' }) }),
    status: 202,
    answer: importSchema,
    refusals: ['import_changed', 'import_state', 'import_expired', 'stale'],
    handle: async ({ deps }, { params: { org, id }, body: { digest } }) =>
      viewImport(await commitImport(deps, org, id, digest)),
  }),
  route({
    method: 'post',
    path: `${ONE}/cancel`,
    policy: 'people:write',
    name: 'cancelImport',
    summary: 'Stops an import: rows not carried out never are, and those that were stay.',
    answer: importSchema,
    refusals: ['import_state', 'stale'],
    handle: async ({ deps }, { params: { org, id } }) => viewImport(await cancelImport(deps, org, id)),
  }),
];

const fileRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: `${ONE}/rows`,
    policy: 'people:read',
    name: 'listImportRows',
    summary: 'Lists the rows: line, verdict (once carried out: what became of them), what was and shall be, and why.',
    query: z.strictObject({
      limit: PAGING.limit,
      cursor: rowCursor.optional(),
      verdict: anyOf(TOLD as readonly [Told, ...Told[]]).optional(),
    }),
    answer: z.object({ items: z.array(importRowSchema), next }),
    async handle({ deps }, { params: { org, id }, query: { verdict = [], cursor = null, limit } }) {
      const entry = await readImport(deps, org, id);
      const { items, next } = await listRows(deps, entry, verdict, cursor, limit);
      return { items: items.map(viewImportRow), next };
    },
  }),
  route({
    method: 'get',
    path: `${ONE}/errors.csv`,
    policy: 'people:read',
    name: 'downloadImportErrors',
    summary: 'The refused rows as they were, with the reason: mended, they can be sent again.',
    answer: null,
    file: { mediaType: CSV, name: 'errors.csv' },
    handle: async ({ deps }, { params: { org, id } }) =>
      csvText(refusedRows(deps, await readImport(deps, org, id))) as never,
  }),
  route({
    method: 'get',
    path: `${ONE}/before.csv`,
    policy: 'people:read',
    name: 'downloadImportBefore',
    summary: 'Whom the import changed, as they were: imported by id with blanks cleared, it takes the changes back.',
    answer: null,
    file: { mediaType: CSV, name: 'before.csv' },
    handle: async ({ deps }, { params: { org, id } }) =>
      csvText(rowsBefore(deps, await readImport(deps, org, id))) as never,
  }),
];

/** CSV files of people on their way in. */
export const importRoutes: readonly Route[] = [...entryRoutes, ...decisionRoutes, ...fileRoutes];
