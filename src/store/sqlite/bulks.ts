import { type Bulk, isUnderWay } from '../../core/bulk.ts';
import { stale } from '../../core/errors.ts';
import type { BulkPage, BulkPageKey, BulkStore } from '../../ports/bulk-store.ts';
import type { Database } from './database.ts';
import { documentOf, documentsOf, pageOf } from './documents.ts';
import { LIMIT } from './fragments.ts';
import type { Value } from './statements.ts';

export const INSERT_BULK = `INSERT INTO bulks (organization, id, version, running, expires, document)
  VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`;
export const INSERT_BULK_PAGE = `INSERT INTO bulk_pages (organization, bulk, part, page, text)
  VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`;

/** Later than every id. */
const LAST = '\u{10FFFF}';

/** Actions on many people, in SQLite. */
export function createBulkStore({ sql }: Database): BulkStore {
  const insert = sql(INSERT_BULK);
  const update = sql(`UPDATE bulks SET version = ?3, running = ?4, expires = ?5, document = ?6
    WHERE organization = ?1 AND id = ?2 AND version = ?3 - 1`);
  const one = sql('SELECT document FROM bulks WHERE organization = ? AND id = ?');
  const list = sql(`SELECT document FROM bulks WHERE organization = ? AND id < ? ORDER BY id DESC ${LIMIT}`);
  const running = sql(`SELECT document FROM bulks WHERE running = 1 ORDER BY id ${LIMIT}`);
  const expired = sql(`SELECT document FROM bulks WHERE running = 0 AND expires <= ? ORDER BY expires ${LIMIT}`);
  const add = sql(INSERT_BULK_PAGE);
  const text = sql('SELECT text FROM bulk_pages WHERE organization = ? AND bulk = ? AND part = ? AND page = ?');
  const erase = sql('DELETE FROM bulk_pages WHERE organization = ? AND bulk = ?');

  function read({ organizationId, bulkId, part, page }: BulkPageKey): string | null {
    const found = text.get(organizationId, bulkId, part, page)?.text;
    return typeof found === 'string' ? found : null;
  }

  return {
    async save(bulk) {
      const statement = bulk.version === 1 ? insert : update;
      if (statement.run(...bulkRow(bulk)).changes === 0) throw stale('this bulk action');
    },
    get: async (organization, id) => documentOf<Bulk>(one.get(organization, id)),
    list: async (organization, cursor, limit) => pageOf<Bulk>(list.all(organization, cursor ?? LAST, limit + 1), limit),
    running: async (limit) => documentsOf<Bulk>(running.all(limit)),
    expired: async (by, limit) => documentsOf<Bulk>(expired.all(by, limit)),
    async addPage(page) {
      add.run(...bulkPageRow(page));
      return read(page) ?? page.text;
    },
    page: async (key) => read(key),
    async erase(organization, id) {
      erase.run(organization, id);
    },
  };
}

export function bulkRow(bulk: Bulk): readonly Value[] {
  const { organizationId, id, version, expiresAt } = bulk;
  return [organizationId, id, version, Number(isUnderWay(bulk)), expiresAt, JSON.stringify(bulk)];
}

export function bulkPageRow({ organizationId, bulkId, part, page, text }: BulkPage): readonly Value[] {
  return [organizationId, bulkId, part, page, text];
}
