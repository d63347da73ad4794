import { createHash } from 'node:crypto';
import { guessDelimiter } from '../core/csv-delimiter.ts';
import { suggestColumns, suggestKey } from '../core/csv-header.ts';
import { AppError } from '../core/errors.ts';
import type { Delimiter, Encoding, Import, ImportMapping } from '../core/import.ts';
import type { Settings } from '../core/organization.ts';
import type { Actor } from '../core/user.ts';
import { later, timestamp } from '../ports/clock.ts';
import { decoded, encodingOf } from './decode-csv.ts';
import type { Dependencies } from './dependencies.ts';
import { IMPORT_HOURS } from './import-parts.ts';
import { enqueueImport } from './import-step.ts';
import { storedText, storeText } from './import-text.ts';
import { readOrganization } from './organizations.ts';
import { readHeaders } from './read-csv.ts';
import { rememberedMapping } from './remember-mapping.ts';

export interface FileOptions {
  readonly encoding?: Encoding | undefined;
  readonly delimiter?: Delimiter | undefined;
}

const MOST_BYTES = 50 * 1_048_576;
const EMPTY = {
  counts: {},
  pagesOf: {},
  outcomes: {},
  digest: null,
  review: 0,
  carriedOut: 0,
  mapping: null,
  file: { bytes: 0, sha256: '', encoding: 'utf-8', delimiter: ',', headers: [], rows: 0, pages: 0 },
  suggestion: { columns: [], key: 'email', blank: 'keep', mode: 'upsert', activateNew: false },
} as const;

/**
 * Takes in a CSV file, looks at its bytes and its header, and has its rows read. Nobody is changed yet.
 *
 * Throws `unreadable_file` with the line, `unsupported_media_type` for a spreadsheet, and `too_large` beyond 50 MB.
 */
export async function uploadImport(
  deps: Pick<Dependencies, 'stores' | 'clock' | 'identifiers' | 'hash' | 'queue'>,
  organizationId: string,
  by: Actor,
  bytes: AsyncIterable<Uint8Array>,
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
  const entry = await storeAll(deps, first, settings, bytes, options);
  await enqueueImport(deps, entry);
  return entry;
}

async function storeAll(
  deps: Pick<Dependencies, 'stores' | 'hash'>,
  first: Import,
  settings: Settings,
  bytes: AsyncIterable<Uint8Array>,
  options: FileOptions,
): Promise<Import> {
  const { imports } = deps.stores;
  try {
    const file = await storeFile(deps, first, bytes, options);
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
  bytes: AsyncIterable<Uint8Array>,
  options: FileOptions,
): Promise<Import['file']> {
  const counted = countBytes(bytes);
  const { start, all } = await peek(counted.bytes);
  const encoding = encodingOf(start ?? new Uint8Array(), options.encoding);
  const { start: text = '', all: texts } = await peek(decoded(all, encoding));
  const delimiter = options.delimiter ?? guessDelimiter(text);
  await storeText(deps, place, texts);
  const headers = await readHeaders(storedText(deps, place), delimiter);
  return { ...counted.facts(), encoding, delimiter, headers, rows: 0, pages: 0 };
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
