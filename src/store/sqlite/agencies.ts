import type { Agency } from '../../core/agency.ts';
import { stale } from '../../core/errors.ts';
import type { AgencyStore } from '../../ports/agency-store.ts';
import type { Database } from './database.ts';
import { documentOf, documentsOf, pageOf } from './documents.ts';
import { LIMIT } from './fragments.ts';
import type { Value } from './statements.ts';

export const INSERT_AGENCY = `INSERT INTO agencies (organization, id, state, version, document)
  VALUES (?, ?, ?, ?, ?) ON CONFLICT (organization, id) DO NOTHING`;

/** Agencies in SQLite. */
export function createAgencyStore({ sql }: Database): AgencyStore {
  const insert = sql(INSERT_AGENCY);
  const update = sql(`UPDATE agencies SET state = ?3, version = ?4, document = ?5
    WHERE organization = ?1 AND id = ?2 AND version = ?4 - 1`);
  const remove = sql('DELETE FROM agencies WHERE organization = ? AND id = ? AND version = ?');
  const select = 'SELECT document FROM agencies WHERE organization = ?';
  const one = sql(`${select} AND id = ?`);
  const many = sql(`${select} AND id IN (SELECT value FROM json_each(?))`);
  const all = sql(`${select} AND id > ? ORDER BY id ${LIMIT}`);
  const allIn = sql(`${select} AND state = ? AND id > ? ORDER BY id ${LIMIT}`);
  const total = sql('SELECT count(*) AS total FROM agencies WHERE organization = ?');
  const totalIn = sql('SELECT count(*) AS total FROM agencies WHERE organization = ? AND state = ?');
  return {
    get: async (organization, id) => documentOf<Agency>(one.get(organization, id)),
    getMany: async (organization, ids) => documentsOf<Agency>(many.all(organization, JSON.stringify(ids))),
    async save(agency) {
      const statement = agency.version === 1 ? insert : update;
      if (statement.run(...agencyRow(agency)).changes === 0) throw stale('this agency');
    },
    remove: async (organization, id, version) =>
      remove.run(organization, id, version).changes === 1 || one.get(organization, id) === undefined,
    async list(organization, state, cursor, limit) {
      const after = cursor ?? '';
      const rows =
        state === null ? all.all(organization, after, limit + 1) : allIn.all(organization, state, after, limit + 1);
      return pageOf<Agency>(rows, limit);
    },
    count: async (organization, state) =>
      Number((state === null ? total.get(organization) : totalIn.get(organization, state))?.total),
  };
}

export function agencyRow(agency: Agency): readonly Value[] {
  const { organizationId, id, archivedAt, version } = agency;
  return [organizationId, id, archivedAt === null ? 'active' : 'archived', version, JSON.stringify(agency)];
}
