import { configurationMistakes, typeMistakes } from '../core/check-configuration.ts';
import { schemaMistakes } from '../core/check-schema.ts';
import { AppError, isAppError, notFound, stale } from '../core/errors.ts';
import type { Mistake } from '../core/mistake.ts';
import { schemaNotices } from '../core/schema-notices.ts';
import { type ScimConfiguration, schemaOf, typeOf, usersOf, withSchema, withType } from '../core/scim-configuration.ts';
import type { ResourceTypeDocument, SchemaDocument } from '../core/scim-schema.ts';
import type { Stores } from '../ports/stores.ts';
import { readOrganization } from './organizations.ts';

type ConfigurationDependencies = { readonly stores: Pick<Stores, 'configurations' | 'organizations'> };

/** A configuration as it became, and what that means for what is stored, in sentences. */
export interface Configured {
  readonly configuration: ScimConfiguration;
  readonly notices: readonly string[];
}

/** Writes of others in the meantime after which it is their turn to wait. */
const TRIES = 20;

/** The organization's own schemas and resource types. Throws `not_found` without the organization. */
export async function readConfiguration(
  deps: ConfigurationDependencies,
  organizationId: string,
): Promise<ScimConfiguration> {
  await readOrganization(deps, organizationId);
  return deps.stores.configurations.get(organizationId);
}

/**
 * Adds a schema or replaces it, from the next request on. Throws `invalid` for whatever RFC 7643 §7 or the limits do not allow, and for
 * an attribute that would get another type.
 */
export function putSchema(
  deps: ConfigurationDependencies,
  organizationId: string,
  schema: SchemaDocument,
  version: number | null,
): Promise<Configured> {
  refuse(schemaMistakes(schema));
  return change(deps, organizationId, version, (configuration) => {
    const former = schemaOf(configuration, schema.id);
    const { refused, notices } = former ? schemaNotices(former, schema) : { refused: [], notices: [] };
    refuse(refused.map((message) => ({ path: 'attributes', message })));
    return { configuration: withSchema(configuration, schema), notices };
  });
}

/** Removes a schema; what is stored under it is kept and not shown. Throws `schema_in_use` while a resource type has it. */
export function removeSchema(
  deps: ConfigurationDependencies,
  organizationId: string,
  urn: string,
): Promise<Configured> {
  return change(deps, organizationId, null, (configuration) => {
    const schema = schemaOf(configuration, urn);
    if (!schema) throw notFound('schema');
    const resourceTypes = usersOf(configuration, urn);
    if (resourceTypes.length > 0)
      throw new AppError('schema_in_use', `it is part of ${resourceTypes.join(', ')}`, { resourceTypes });
    const schemas = configuration.schemas.filter((other) => other !== schema);
    return { configuration: { ...configuration, schemas }, notices: [] };
  });
}

/** Adds a resource type, replaces it, or, by the name of a built-in one, says which extensions that has. Throws `invalid`. */
export function putType(
  deps: ConfigurationDependencies,
  organizationId: string,
  type: ResourceTypeDocument,
  version: number | null,
): Promise<Configured> {
  return change(deps, organizationId, version, (configuration) => {
    refuse(typeMistakes(type, configuration));
    return { configuration: withType(configuration, type), notices: [] };
  });
}

/** Stops serving a resource type, or takes a built-in one's extensions away; resources are kept and not shown. */
export function removeType(deps: ConfigurationDependencies, organizationId: string, name: string): Promise<Configured> {
  return change(deps, organizationId, null, (configuration) => {
    const type = typeOf(configuration, name);
    if (!type) throw notFound('resource type');
    const resourceTypes = configuration.resourceTypes.filter((other) => other !== type);
    return { configuration: { ...configuration, resourceTypes }, notices: [] };
  });
}

async function change(
  deps: ConfigurationDependencies,
  organizationId: string,
  version: number | null,
  draft: (configuration: ScimConfiguration) => Configured,
): Promise<Configured> {
  for (let tries = 0; tries < TRIES; tries++) {
    const before = await readConfiguration(deps, organizationId);
    if (version !== null && version !== before.version)
      throw new AppError('precondition_failed', 'the configuration was changed since you read it');
    const drafted = draft(before);
    const configuration = { ...drafted.configuration, version: before.version + 1 };
    refuse(configurationMistakes(configuration, sizeOf(configuration)));
    try {
      await deps.stores.configurations.save(configuration);
      return { ...drafted, configuration };
    } catch (error) {
      if (!isAppError(error, 'stale')) throw error;
    }
  }
  throw stale('the configuration');
}

function sizeOf({ schemas, resourceTypes }: ScimConfiguration): number {
  return Buffer.byteLength(JSON.stringify({ schemas, resourceTypes }));
}

const MOST_MISTAKES = 20;

function refuse(mistakes: readonly Mistake[]): void {
  if (mistakes.length === 0) return;
  const errors = mistakes.slice(0, MOST_MISTAKES);
  const sentences = errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  throw new AppError('invalid', sentences.join('; '), { errors });
}
