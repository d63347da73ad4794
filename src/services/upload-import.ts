import { guessDelimiter, holdsFirstLine, namedDelimiter } from '../core/csv-delimiter.ts';
import { suggestColumns, suggestKey } from '../core/csv-header.ts';
import { createCsvScan } from '../core/csv-scan.ts';
import { AppError } from '../core/errors.ts';
import { DEFAULT_OPTIONS, type Delimiter, type Encoding, type Import, type ImportMapping } from '../core/import.ts';
import type { Settings } from '../core/organization.ts';
import type { Actor } from '../core/user.ts';
import { later, timestamp } from '../ports/clock.ts';
import { decoded, encodingOf, MARK_BYTES, refuseMarkup } from './decode-csv.ts';
import type { Dependencies } from './dependencies.ts';
import { IMPORT_HOURS } from './import-parts.ts';
import { enqueueImport } from './import-step.ts';
import { storedText, storeText } from './import-text.ts';
import type { NamedBytes } from './named-bytes.ts';
import { readOrganization } from './organizations.ts';
import { readHeaders } from './read-csv.ts';
import { rememberedMapping } from './remember-mapping.ts';
import { createTurns } from './turns.ts';

export interface FileOptions {
  readonly encoding?: Encoding | undefined;
  readonly delimiter?: Delimiter | undefined;
}

export const MOST_MEGABYTES = 50;
const MOST_BYTES = MOST_MEGABYTES * 1_048_576;
/** Characters looked at between two turns. */
const PIECE = 8_192;
/** Characters among which the first line is looked for. */
const LONGEST_START = 10_000;
const EMPTY = {
  counts: {},
  pagesOf: {},
  outcomes: {},
  digest: null,
  review: 0,
  carriedOut: 0,
  mapping: null,
  file: { bytes: 0, sha256: '', encoding: 'utf-8', delimiter: ',', headers: [], rows: 0, pages: 0 },
  suggestion: { columns: [], key: 'email', ...DEFAULT_OPTIONS },
} as const;

/**
 * Takes in a CSV file, looks at its bytes and its header, and has its rows read. Nobody is changed yet.
 *
 * Throws `unreadable_file` with the line, `unsupported_media_type` for a spreadsheet, and `too_large` beyond 50 MB, 50,000 rows and
 * 100 columns.
 */
export async function uploadImport(
  deps: Pick<Dependencies, 'stores' | 'clock' | 'identifiers' | 'hash' | 'queue'>,
  organizationId: string,
  by: Actor,
  upload: NamedBytes,
  options: FileOptions,
): Promise<Import> {
  const { settings } = await readOrganization(deps, organizationId);
  const first: Import = {
    ...EMPTY,
    id: deps.identifiers.next(),
    organizationId,
    by,
    createdAt: timestamp(deps.clock),
    version: 1,
    state: 'uploading',
    expiresAt: later(deps.clock, IMPORT_HOURS),
    settingsVersion: settings.version,
    scimEnabled: settings.scim.enabled,
  };
  // Before its bytes, so that those which a dying process leaves behind are erased in time.
  await deps.stores.imports.save(first);
  const entry = await storeAll(deps, first, settings, upload, options);
  await enqueueImport(deps, entry);
  return entry;
}

async function storeAll(
  deps: Pick<Dependencies, 'stores' | 'hash'>,
  first: Import,
  settings: Settings,
  upload: NamedBytes,
  options: FileOptions,
): Promise<Import> {
  const { imports } = deps.stores;
  try {
    const file = await storeFile(deps, first, upload, options);
    const suggestion = await suggestionFor(deps, first.organizationId, settings, file.headers);
    const entry: Import = { ...first, version: first.version + 1, state: 'parsing', file, suggestion };
    await imports.save(entry);
    return entry;
  } catch (error) {
    await imports.remove(first.organizationId, first.id);
    throw error;
  }
}

/** Keeps the text of a file, so that its rows can be read later, and reads its header. */
async function storeFile(
  deps: Pick<Dependencies, 'stores'>,
  place: Pick<Import, 'organizationId' | 'id'>,
  upload: NamedBytes,
  options: FileOptions,
): Promise<Import['file']> {
  const counted = countBytes(upload);
  try {
    const file = await startOf(counted.bytes, Buffer.concat, ({ length }) => length >= MARK_BYTES);
    const encoding = encodingOf(file.start, options.encoding);
    const isEnough = (text: string) => text.length >= LONGEST_START || holdsFirstLine(text);
    const texts = await startOf(decoded(file.all, encoding), (pieces) => pieces.join(''), isEnough);
    refuseMarkup(texts.start);
    const named = namedDelimiter(texts.start);
    const delimiter = options.delimiter ?? named?.delimiter ?? guessDelimiter(texts.start);
    await storeText(deps, place, checked(without(texts.all, named?.length ?? 0), delimiter));
    const headers = await readHeaders(storedText(deps, place), delimiter);
    return { ...counted.facts(), encoding, delimiter, headers, rows: 0, pages: 0 };
  } finally {
    // Whoever sends more than was read is told that nobody reads on.
    await counted.bytes.return(undefined);
  }
}

/** As much of the start of a stream as is enough, however small its pieces are, and the whole of it. */
async function startOf<T>(
  pieces: AsyncIterable<T>,
  join: (pieces: readonly T[]) => T,
  isEnough: (start: T) => boolean,
): Promise<{ readonly start: T; readonly all: AsyncGenerator<T> }> {
  const iterator = pieces[Symbol.asyncIterator]();
  let start = join([]);
  let next = await iterator.next();
  for (; !next.done; next = await iterator.next()) {
    start = join([start, next.value]);
    if (isEnough(start)) break;
  }
  async function* all(): AsyncGenerator<T> {
    yield start;
    if (next.done) return;
    for (let more = await iterator.next(); !more.done; more = await iterator.next()) yield more.value;
  }
  return { start, all: all() };
}

/** The text behind its first characters, which come in one piece. */
async function* without(texts: AsyncIterable<string>, characters: number): AsyncGenerator<string> {
  let left = characters;
  for await (const text of texts) {
    yield text.slice(left);
    left = 0;
  }
}

/** The text as it comes, unless the parser would refuse it. */
async function* checked(texts: AsyncIterable<string>, delimiter: Delimiter): AsyncGenerator<string> {
  const scan = createCsvScan(delimiter);
  const turn = createTurns();
  for await (const text of texts) {
    for (let at = 0; at < text.length; at += PIECE) {
      scan.take(text.slice(at, at + PIECE));
      await turn();
    }
    yield text;
  }
  scan.end();
}

function countBytes({ bytes: source, name }: NamedBytes) {
  let bytes = 0;
  async function* pass() {
    for await (const chunk of source) {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) throw new AppError('too_large', `the file may have at most ${MOST_MEGABYTES} MB`);
      yield chunk;
    }
  }
  return { bytes: pass(), facts: () => ({ bytes, sha256: name() }) };
}

async function suggestionFor(
  deps: Pick<Dependencies, 'stores' | 'hash'>,
  organizationId: string,
  settings: Settings,
  headers: readonly string[],
): Promise<ImportMapping> {
  const remembered = await rememberedMapping(deps, organizationId, settings, headers);
  if (remembered) return remembered;
  const columns = suggestColumns(headers, settings);
  return { columns, key: suggestKey(headers, columns), ...DEFAULT_OPTIONS };
}
