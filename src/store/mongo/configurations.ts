import { randomUUID } from 'node:crypto';
import { stale } from '../../core/errors.ts';
import { noConfiguration, type ScimConfiguration } from '../../core/scim-configuration.ts';
import type { ConfigurationStore } from '../../ports/connection-stores.ts';
import type { Database } from './database.ts';
import { COLLECTION } from './schema.ts';
import { nullIfDuplicate } from './swap-row.ts';
import { certainly } from './unknown-results.ts';

interface Row {
  /** The organization. */
  readonly _id: string;
  readonly version: number;
  /** JSON: nothing is ever looked for in it. */
  readonly document: string;
  readonly writeId: string;
}

/** Configurations kept at hand, and for how long: what another process writes is seen here after that. */
const MOST_KNOWN = 1_000;
const KNOWN_MS = 1_000;

/** Schemas and resource types of organizations in MongoDB. */
export function createConfigurationStore(
  database: Database,
  elapsed: () => number = () => performance.now(),
): ConfigurationStore {
  const rows = database.collection<Row>(COLLECTION.configurations);
  const known = new Map<string, { readonly configuration: ScimConfiguration; readonly readAt: number }>();

  async function get(organization: string): Promise<ScimConfiguration> {
    const row = await rows.findOne({ _id: organization });
    return row ? configurationOf(row) : noConfiguration(organization);
  }

  async function attempt(row: Row): Promise<true | null> {
    if (row.version === 1) return rows.insertOne(row).then(() => true, nullIfDuplicate);
    const { matchedCount } = await rows.replaceOne({ _id: row._id, version: row.version - 1 }, row);
    return matchedCount === 1 ? true : null;
  }

  return {
    get,
    async recent(organization) {
      const readAt = elapsed();
      const atHand = known.get(organization);
      if (atHand && readAt - atHand.readAt < KNOWN_MS) return atHand.configuration;
      const stored = await get(organization);
      // The same object while nothing changed: what was made of it is still good.
      const configuration = atHand?.configuration.version === stored.version ? atHand.configuration : stored;
      if (known.size >= MOST_KNOWN) known.clear();
      known.set(organization, { configuration, readAt });
      return configuration;
    },
    async save(configuration) {
      const row = rowOf(configuration);
      const { _id, writeId } = row;
      const recall = async () => ((await rows.countDocuments({ _id, writeId }, { limit: 1 })) === 1 ? true : null);
      const saved = await certainly<true>({ attempt: () => attempt(row), recall });
      known.delete(_id);
      if (saved === null) throw stale('this configuration');
    },
  };
}

export function rowOf(configuration: ScimConfiguration): Row {
  const { organizationId: _id, version } = configuration;
  return { _id, version, document: JSON.stringify(configuration), writeId: randomUUID() };
}

export function configurationOf({ document }: Row): ScimConfiguration {
  return JSON.parse(document);
}
