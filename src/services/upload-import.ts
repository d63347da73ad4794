import { createHash } from 'node:crypto';
import { guessDelimiter } from '../core/csv-delimiter.ts';
import { suggestColumns, suggestKey } from '../core/csv-header.ts';
import { AppError } from '../core/errors.ts';
import type { Delimiter, Encoding, FileRow, Import, ImportMapping } from '../core/import.ts';
import type { Settings } from '../core/organization.ts';
import type { Actor } from '../core/user.ts';
import { later, timestamp } from '../ports/clock.ts';
import { decoded, encodingOf } from './decode-csv.ts';
import type { Dependencies } from './dependencies.ts';
import { FILE, IMPORT_HOURS } from './import-parts.ts';
import { readOrganization } from './organizations.ts';
import { readCsv } from './read-csv.ts';
import { rememberedMapping } from './remember-mapping.ts';
import { createTurns } from './turns.ts';

export interface FileOptions {
  readonly encoding?: Encoding | undefined;
  readonly delimiter?: Delimiter | undefined;
}

/** Rows of a page, and characters after which it ends early. */
const PAGE_ROWS = 500;
const PAGE_LENGTH = 2_000_000;
const MOST_BYTES = 50 * 1_048_576;
const EMPTY = { counts: {}, pagesOf: {}, outcomes: {}, digest: null, review: 0, carriedOut: 0, mapping: null } as const;

/**
 * Takes in a CSV file and keeps its rows. Nobody is changed yet.
 *
 * Throws `unreadable_file` with the line, `unsupported_media_type` for a spreadsheet, and `too_large` beyond 50 MB or 50,000 rows.
 */
export async function uploadImport(
  deps: Pick<Dependencies, 'stores' | 'clock' | 'identifiers' | 'hash'>,
  organizationId: string,
  by: Actor,
  bytes: AsyncIterable<Uint8Array>,
  options: FileOptions,
): Promise<Import> {
  const { settings } = await readOrganization(deps, organizationId);
  const id = deps.identifiers.next();
  const createdAt = timestamp(deps.clock);
  try {
    const file = await storeFile(deps, organizationId, id, bytes, options);
    const entry: Import = {
      ...EMPTY,
      id,
      organizationId,
      by,
      createdAt,
      file,
      version: 1,
      state: 'mapping',
      expiresAt: later(deps.clock, IMPORT_HOURS),
      suggestion: await suggestionFor(deps, organizationId, settings, file.headers),
      settingsVersion: settings.version,
      scimEnabled: settings.scim.enabled,
    };
    await deps.stores.imports.save(entry);
    return entry;
  } catch (error) {
    await deps.stores.imports.erase(organizationId, id);
    throw error;
  }
}

async function storeFile(
  { stores }: Pick<Dependencies, 'stores'>,
  organizationId: string,
  importId: string,
  bytes: AsyncIterable<Uint8Array>,
  options: FileOptions,
): Promise<Import['file']> {
  const counted = countBytes(bytes);
  const { start, all } = await peek(counted.bytes);
  const encoding = encodingOf(start ?? new Uint8Array(), options.encoding);
  const { start: text = '', all: texts } = await peek(decoded(all, encoding));
  const delimiter = options.delimiter ?? guessDelimiter(text);
  let headers: readonly string[] = [];
  let page: FileRow[] = [];
  let length = 0;
  let rows = 0;
  let pages = 0;
  const flush = async () => {
    if (page.length === 0) return;
    await stores.imports.putPart({ organizationId, importId, part: FILE, page: pages++, text: JSON.stringify(page) });
    page = [];
    length = 0;
  };
  const turn = createTurns();
  for await (const piece of readCsv(texts, delimiter)) {
    await turn();
    if ('headers' in piece) {
      headers = piece.headers;
      continue;
    }
    page.push(piece.row);
    rows++;
    length += piece.row.cells.reduce((sum, cell) => sum + cell.length, 0);
    if (page.length === PAGE_ROWS || length > PAGE_LENGTH) await flush();
  }
  await flush();
  return { ...counted.facts(), encoding, delimiter, headers, rows, pages };
}

/** The first piece of a stream, and the whole of it. */
async function peek<T>(pieces: AsyncIterable<T>): Promise<{ readonly start: T | undefined; all: AsyncGenerator<T> }> {
  const iterator = pieces[Symbol.asyncIterator]();
  const first = await iterator.next();
  async function* all(): AsyncGenerator<T> {
    for (let next = first; !next.done; next = await iterator.next()) yield next.value;
  }
  return { start: first.done ? undefined : first.value, all: all() };
}

function countBytes(source: AsyncIterable<Uint8Array>) {
  const digest = createHash('sha256');
  let bytes = 0;
  async function* pass() {
    for await (const chunk of source) {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) throw new AppError('too_large', 'the file may have at most 50 MB');
      digest.update(chunk);
      yield chunk;
    }
  }
  return { bytes: pass(), facts: () => ({ bytes, sha256: digest.digest('hex') }) };
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
  return { columns, key: suggestKey(headers, columns), blank: 'keep', mode: 'upsert', activateNew: false };
}
