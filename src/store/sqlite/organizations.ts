import { stale } from '../../core/errors.ts';
import type { Organization } from '../../core/organization.ts';
import type { OrganizationStore } from '../../ports/stores.ts';
import type { Database } from './database.ts';
import { documentOf, documentsOf, pageOf } from './documents.ts';

/** Organizations in SQLite. */
export function createOrganizationStore({ sql }: Database): OrganizationStore {
  const insert = sql(`INSERT INTO organizations (id, version, sweeping, document) VALUES (?, ?, ?, ?)
    ON CONFLICT DO NOTHING`);
  const update = sql('UPDATE organizations SET version = ?, sweeping = ?, document = ? WHERE id = ? AND version = ?');
  const byId = sql('SELECT document FROM organizations WHERE id = ?');
  const page = sql('SELECT document FROM organizations WHERE id > ? ORDER BY id LIMIT ?');
  const count = sql('SELECT count(*) AS total FROM organizations');
  const sweeping = sql('SELECT document FROM organizations WHERE sweeping = 1 ORDER BY id');
  return {
    async insert(organization) {
      const { id, version } = organization;
      if (insert.run(id, version, isSweeping(organization), JSON.stringify(organization)).changes === 0)
        throw stale('this organization');
    },
    async save(organization) {
      const { id, version } = organization;
      const document = JSON.stringify(organization);
      if (update.run(version, isSweeping(organization), document, id, version - 1).changes === 0)
        throw stale('this organization');
    },
    get: async (id) => documentOf<Organization>(byId.get(id)),
    list: async (cursor, limit) => pageOf<Organization>(page.all(cursor ?? '', limit + 1), limit),
    count: async () => Number(count.get()?.total),
    sweeping: async () => documentsOf<Organization>(sweeping.all()),
  };
}

function isSweeping({ sweep }: Organization): number {
  return Number(sweep.state === 'running');
}
