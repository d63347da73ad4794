import { notFound, stale } from '../../core/errors.ts';
import type { Integration } from '../../core/integration.ts';
import type { IntegrationStore } from '../../ports/stores.ts';
import type { Database } from './database.ts';
import { LIMIT } from './fragments.ts';
import type { Row } from './statements.ts';

/** Integrations in SQLite. Due time and tenant are columns of their own: they move without the rest being written. */
export function createIntegrationStore({ sql }: Database): IntegrationStore {
  const columns = 'tenant, next_due, document';
  const put = sql(`INSERT INTO integrations (organization, source, tenant, next_due, sealed, document)
    VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (organization, source) DO UPDATE SET
      tenant = excluded.tenant, next_due = excluded.next_due, sealed = excluded.sealed, document = excluded.document`);
  const save = sql(`UPDATE integrations SET tenant = ?, sealed = ?, document = ?
    WHERE organization = ? AND source = ? AND coalesce(json_extract(document, '$.revision'), 1) = ?`);
  const one = sql(`SELECT ${columns} FROM integrations WHERE organization = ? AND source = ?`);
  const all = sql(`SELECT ${columns} FROM integrations WHERE organization = ? ORDER BY source`);
  const due = sql(`SELECT ${columns} FROM integrations WHERE next_due <= ? ORDER BY next_due ${LIMIT}`);
  const claim = sql('UPDATE integrations SET next_due = ? WHERE organization = ? AND source = ? AND next_due IS ?');
  const pin = sql(`UPDATE integrations SET tenant = coalesce(tenant, ?) WHERE organization = ? AND source = ?
    RETURNING tenant`);
  return {
    async put(integration) {
      const { organizationId, source, tenant, nextDueAt, sealedCredentials } = integration;
      const sealed = Number(sealedCredentials !== '');
      put.run(organizationId, source, tenant, nextDueAt, sealed, JSON.stringify(integration));
    },
    async save(integration) {
      const { organizationId, source, tenant, sealedCredentials, revision = 1 } = integration;
      const sealed = Number(sealedCredentials !== '');
      const row = [tenant, sealed, JSON.stringify(integration), organizationId, source, revision - 1];
      if (save.run(...row).changes === 0) throw stale('this integration');
    },
    async get(organization, source) {
      const row = one.get(organization, source);
      return row ? toIntegration(row) : null;
    },
    list: async (organization) => all.all(organization).map(toIntegration),
    due: async (now, limit) => due.all(now, limit).map(toIntegration),
    claimDue: async (organization, source, from, to) => claim.run(to, organization, source, from).changes === 1,
    async pinTenant(organization, source, tenant) {
      const row = pin.get(tenant, organization, source);
      if (!row) throw notFound('integration');
      return row.tenant as string;
    },
  };
}

export function toIntegration(row: Row): Integration {
  const document = JSON.parse(row.document as string) as Integration;
  return { ...document, tenant: row.tenant as string | null, nextDueAt: row.next_due as string | null };
}
