import { stale } from '../../core/errors.ts';
import type { Organization } from '../../core/organization.ts';
import type { OrganizationStore } from '../../ports/stores.ts';
import type { Database } from './database.ts';
import { documentOf, documentsOf, pageOf } from './documents.ts';
import { LIMIT } from './fragments.ts';

/** Organizations kept at hand beside the table. */
const MOST_KNOWN = 1_000;

/** Organizations in SQLite. Every write of a person reads one, so those in use are kept at hand until they are written. */
export function createOrganizationStore({ sql }: Database): OrganizationStore {
  const insert = sql(`INSERT INTO organizations (id, version, sweeping, document) VALUES (?, ?, ?, ?)
    ON CONFLICT DO NOTHING`);
  const update = sql('UPDATE organizations SET version = ?, sweeping = ?, document = ? WHERE id = ? AND version = ?');
  const byId = sql('SELECT document FROM organizations WHERE id = ?');
  const page = sql(`SELECT document FROM organizations WHERE id > ? ORDER BY id ${LIMIT}`);
  const count = sql('SELECT count(*) AS total FROM organizations');
  const sweeping = sql('SELECT document FROM organizations WHERE sweeping = 1 ORDER BY id');
  const known = new Map<string, Organization>();

  function get(id: string): Organization | null {
    const atHand = known.get(id);
    if (atHand) return atHand;
    const organization = documentOf<Organization>(byId.get(id));
    if (known.size >= MOST_KNOWN) known.clear();
    if (organization) known.set(id, organization);
    return organization;
  }

  return {
    async insert(organization) {
      const { id, version } = organization;
      if (insert.run(id, version, isSweeping(organization), JSON.stringify(organization)).changes === 0)
        throw stale('this organization');
    },
    async save(organization) {
      const { id, version } = organization;
      const document = JSON.stringify(organization);
      known.delete(id);
      if (update.run(version, isSweeping(organization), document, id, version - 1).changes === 0)
        throw stale('this organization');
    },
    get: async (id) => get(id),
    list: async (cursor, limit) => pageOf<Organization>(page.all(cursor ?? '', limit + 1), limit),
    count: async () => Number(count.get()?.total),
    sweeping: async () => documentsOf<Organization>(sweeping.all()),
  };
}

export function isSweeping({ sweep }: Organization): number {
  return Number(sweep.state === 'running');
}
