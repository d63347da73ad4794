import { stale } from '../../core/errors.ts';
import { noConfiguration, type ScimConfiguration } from '../../core/scim-configuration.ts';
import type { ConfigurationStore } from '../../ports/connection-stores.ts';
import type { Database } from './database.ts';
import { documentOf } from './documents.ts';

/** Configurations kept at hand beside the table. */
const MOST_KNOWN = 1_000;

/** Schemas and resource types of organizations in SQLite. Every SCIM request reads one, so those in use are kept at hand until they are written. */
export function createConfigurationStore({ sql }: Database): ConfigurationStore {
  const byOrganization = sql('SELECT document FROM scim_configurations WHERE organization = ?');
  const insert = sql(`INSERT INTO scim_configurations (organization, version, document) VALUES (?, ?, ?)
    ON CONFLICT DO NOTHING`);
  const update = sql('UPDATE scim_configurations SET version = ?, document = ? WHERE organization = ? AND version = ?');
  const known = new Map<string, ScimConfiguration>();

  async function get(organization: string): Promise<ScimConfiguration> {
    const atHand = known.get(organization);
    if (atHand) return atHand;
    const stored = documentOf<ScimConfiguration>(byOrganization.get(organization));
    const configuration = stored ?? noConfiguration(organization);
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(organization, configuration);
    return configuration;
  }

  return {
    get,
    recent: get,
    async save(configuration) {
      const { organizationId, version } = configuration;
      const document = JSON.stringify(configuration);
      known.delete(organizationId);
      const { changes } =
        version === 1
          ? insert.run(organizationId, version, document)
          : update.run(version, document, organizationId, version - 1);
      if (changes === 0) throw stale('this configuration');
    },
  };
}
