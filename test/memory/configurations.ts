import { stale } from '../../src/core/errors.ts';
import { noConfiguration, type ScimConfiguration } from '../../src/core/scim-configuration.ts';
import type { ConfigurationStore } from '../../src/ports/connection-stores.ts';

/** Schemas and resource types of organizations in memory. */
export function createMemoryConfigurations(): ConfigurationStore {
  const rows = new Map<string, ScimConfiguration>();
  const get = async (id: string) => rows.get(id) ?? noConfiguration(id);
  return {
    get,
    recent: get,
    async save(configuration) {
      const { organizationId: id, version } = configuration;
      if ((rows.get(id)?.version ?? 0) !== version - 1) throw stale('this configuration');
      rows.set(id, configuration);
    },
  };
}
