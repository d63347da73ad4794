import { stale } from '../../core/errors.ts';
import { type Import, isUnfinished } from '../../core/import.ts';
import type { ImportPart, ImportPartKey, ImportStore } from '../../ports/import-store.ts';
import type { Database } from './database.ts';
import { documentOf, documentsOf } from './documents.ts';
import { LIMIT } from './fragments.ts';
import type { Value } from './statements.ts';

export const INSERT_IMPORT = `INSERT INTO imports (organization, id, version, unfinished, expires, document)
  VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`;
export const INSERT_IMPORT_PART = `INSERT INTO import_parts (organization, import, part, page, text)
  VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`;
const PART = 'organization = ? AND import = ? AND part = ? AND page = ?';
/** Later than every id. */
const LAST = '\u{10FFFF}';

/** CSV files on their way in, in SQLite. */
export function createImportStore({ sql }: Database): ImportStore {
  const insert = sql(INSERT_IMPORT);
  const update = sql(`UPDATE imports SET version = ?3, unfinished = ?4, expires = ?5, document = ?6
    WHERE organization = ?1 AND id = ?2 AND version = ?3 - 1`);
  const one = sql('SELECT document FROM imports WHERE organization = ? AND id = ?');
  const list = sql(`SELECT document FROM imports WHERE organization = ? AND id < ? ORDER BY id DESC ${LIMIT}`);
  const unfinished = sql(`SELECT document FROM imports WHERE unfinished = 1 ORDER BY id ${LIMIT}`);
  const expired = sql(`SELECT document FROM imports WHERE expires <= ? ORDER BY expires ${LIMIT}`);
  const put = sql(`INSERT INTO import_parts (organization, import, part, page, text) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (organization, import, part, page) DO UPDATE SET text = excluded.text`);
  const add = sql(INSERT_IMPORT_PART);
  const part = sql(`SELECT text FROM import_parts WHERE ${PART}`);
  const erase = sql('DELETE FROM import_parts WHERE organization = ? AND import = ?');

  function textOf({ organizationId, importId, part: name, page }: ImportPartKey): string | null {
    const text = part.get(organizationId, importId, name, page)?.text;
    return typeof text === 'string' ? text : null;
  }

  const remove = sql('DELETE FROM imports WHERE organization = ? AND id = ?');
  const erasePart = sql('DELETE FROM import_parts WHERE organization = ? AND import = ? AND part = ?');
  return {
    async save(entry) {
      const statement = entry.version === 1 ? insert : update;
      if (statement.run(...importRow(entry)).changes === 0) throw stale('this import');
    },
    get: async (organization, id) => documentOf<Import>(one.get(organization, id)),
    async list(organization, cursor, limit) {
      const found = documentsOf<Import>(list.all(organization, cursor ?? LAST, limit + 1));
      const items = found.slice(0, limit);
      return { items, next: found.length > limit ? (items.at(-1)?.id ?? null) : null };
    },
    unfinished: async (limit) => documentsOf<Import>(unfinished.all(limit)),
    expired: async (by, limit) => documentsOf<Import>(expired.all(by, limit)),
    async putPart(entry) {
      put.run(...partRow(entry));
    },
    async addPart(entry) {
      add.run(...partRow(entry));
      return textOf(entry) ?? entry.text;
    },
    part: async (key) => textOf(key),
    async remove(organization, id) {
      erase.run(organization, id);
      remove.run(organization, id);
    },
    async erase(organization, id, part) {
      if (part === undefined) erase.run(organization, id);
      else erasePart.run(organization, id, part);
    },
  };
}

export function importRow(entry: Import): readonly Value[] {
  const { organizationId, id, version, expiresAt } = entry;
  return [organizationId, id, version, Number(isUnfinished(entry)), expiresAt, JSON.stringify(entry)];
}

export function partRow({ organizationId, importId, part, page, text }: ImportPart): readonly Value[] {
  return [organizationId, importId, part, page, text];
}
