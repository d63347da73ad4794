import { type CatalogEntry, UNIQUELY_NAMED } from '../../core/catalog.ts';
import { AppError, stale } from '../../core/errors.ts';
import { fold } from '../../core/fold.ts';
import type { CatalogStore } from '../../ports/catalog-store.ts';
import { IS_THERE } from './catalog-schema.ts';
import type { Database } from './database.ts';
import { documentOf, documentsOf, pageOf } from './documents.ts';
import { LIMIT } from './fragments.ts';
import { isUniqueViolation } from './sqlite-errors.ts';

export const INSERT_CATALOG = `INSERT INTO catalog (organization, kind, id, name_key, version, document)
  VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (organization, kind, id) DO NOTHING`;

/** What organizations name for their access, in SQLite. */
export function createCatalogStore({ sql }: Database): CatalogStore {
  const ofKind = `FROM catalog WHERE organization = ? AND kind = ? AND ${IS_THERE}`;
  const inOrder = ofKind.replace('catalog', 'catalog INDEXED BY catalog_there');
  const one = sql('SELECT document FROM catalog WHERE organization = ? AND kind = ? AND id = ?');
  const among = sql(`SELECT document ${ofKind} AND id IN (SELECT value FROM json_each(?))`);
  const named = sql(`SELECT document ${ofKind} AND name_key IN (SELECT value FROM json_each(?))`);
  const page = sql(`SELECT document ${inOrder} AND id > ? ORDER BY id ${LIMIT}`);
  const count = sql(`SELECT count(*) AS total ${inOrder}`);
  const insert = sql(INSERT_CATALOG);
  const update = sql(`UPDATE catalog SET name_key = ?4, version = ?5, document = ?6
    WHERE organization = ?1 AND kind = ?2 AND id = ?3 AND version = ?5 - 1`);
  return {
    get: async (organization, kind, id) => documentOf<CatalogEntry>(one.get(organization, kind, id)),
    among: async (organization, kind, ids) =>
      documentsOf<CatalogEntry>(among.all(organization, kind, JSON.stringify(ids))),
    amongNames: async (organization, kind, names) =>
      documentsOf<CatalogEntry>(named.all(organization, kind, JSON.stringify(names.map(fold)))),
    list: async (organization, kind, cursor, limit) =>
      pageOf<CatalogEntry>(page.all(organization, kind, cursor ?? '', limit + 1), limit),
    count: async (organization, kind) => Number(count.get(organization, kind)?.total),
    async save(entry) {
      const statement = entry.version === 1 ? insert : update;
      try {
        if (statement.run(...catalogRow(entry)).changes === 0) throw stale(`this ${entry.kind}`);
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        throw new AppError('resource_name_taken', `another ${entry.kind} has this name`, {}, error);
      }
    },
  };
}

export function catalogRow(entry: CatalogEntry) {
  const { organizationId, kind, id, name, version, gone } = entry;
  const nameKey = UNIQUELY_NAMED.includes(kind) && !gone ? fold(name) : null;
  return [organizationId, kind, id, nameKey, version, JSON.stringify(entry)] as const;
}
