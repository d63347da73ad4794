import type { ScimConfiguration } from '../../src/core/scim-configuration.ts';
import { builtInDocuments, builtInSchemas, type ServedSchemas, servedSchemas } from './served-schemas.ts';

/** Finds what an organization is served. Asked for every request: it costs next to nothing. */
export type FindSchemas = (organizationId: string) => Promise<ServedSchemas>;

/** Organizations whose compiled schemas are kept at hand: those asked for last. */
const MOST_KNOWN = 200;

/** Compiles what each organization has configured, once for each version of it. */
export function createFindSchemas(read: (organizationId: string) => Promise<ScimConfiguration>): FindSchemas {
  const documents = builtInDocuments();
  const builtIn = builtInSchemas(documents);
  const known = new Map<string, { readonly version: number; readonly served: ServedSchemas }>();

  return async (organizationId) => {
    const configuration = await read(organizationId);
    const { version } = configuration;
    if (version === 0) return builtIn;
    const atHand = known.get(organizationId);
    known.delete(organizationId);
    const isFresh = atHand?.version === version;
    const entry = isFresh ? atHand : { version, served: servedSchemas(documents, configuration) };
    const [oldest] = known.keys();
    if (known.size >= MOST_KNOWN && oldest !== undefined) known.delete(oldest);
    known.set(organizationId, entry);
    return entry.served;
  };
}
