import type { ResourceTypeDocument, SchemaDocument } from './scim-schema.ts';

/**
 * What an organization's SCIM serves beside the built-in schemas and types. One document, written by compare-and-swap on `version`.
 *
 * A resource type named like a built-in one adds its extensions to that type, and says nothing else.
 */
export interface ScimConfiguration {
  readonly organizationId: string;
  /** 0 = never configured. */
  readonly version: number;
  readonly schemas: readonly SchemaDocument[];
  readonly resourceTypes: readonly ResourceTypeDocument[];
}

export function noConfiguration(organizationId: string): ScimConfiguration {
  return { organizationId, version: 0, schemas: [], resourceTypes: [] };
}

/** The schema of that URN, in whatever case. */
export function schemaOf({ schemas }: ScimConfiguration, urn: string): SchemaDocument | undefined {
  return schemas.find(({ id }) => id.toLowerCase() === urn.toLowerCase());
}

/** The resource type of that name, in whatever case. */
export function typeOf({ resourceTypes }: ScimConfiguration, named: string): ResourceTypeDocument | undefined {
  return resourceTypes.find(({ name }) => name.toLowerCase() === named.toLowerCase());
}

/** Puts a schema in the place of the one of its URN, or behind the others. */
export function withSchema(configuration: ScimConfiguration, schema: SchemaDocument): ScimConfiguration {
  const former = schemaOf(configuration, schema.id);
  return { ...configuration, schemas: put(configuration.schemas, former, schema) };
}

/** Puts a resource type in the place of the one of its name, or behind the others. */
export function withType(configuration: ScimConfiguration, type: ResourceTypeDocument): ScimConfiguration {
  const former = typeOf(configuration, type.name);
  return { ...configuration, resourceTypes: put(configuration.resourceTypes, former, type) };
}

/** Names of the resource types that a schema is part of. */
export function usersOf({ resourceTypes }: ScimConfiguration, urn: string): readonly string[] {
  const folded = urn.toLowerCase();
  return resourceTypes.filter((type) => schemasOf(type).includes(folded)).map(({ name }) => name);
}

/** Folded URNs of a type's schemas, the core one first. */
export function schemasOf({ schema, schemaExtensions }: ResourceTypeDocument): readonly string[] {
  return [schema, ...schemaExtensions.map((extension) => extension.schema)].map((urn) => urn.toLowerCase());
}

function put<T>(list: readonly T[], former: T | undefined, next: T): readonly T[] {
  return former === undefined ? [...list, next] : list.map((item) => (item === former ? next : item));
}
