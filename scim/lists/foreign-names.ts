import type { ResourceSchema } from '../schema/attribute.ts';
import type { ServedType } from '../schema/served-schemas.ts';

/**
 * The schemas of all types, each knowing also the names of the others, so that a filter over several types can be read for each of
 * them (RFC 7644 §3.4.2.1). A type's own names come first.
 */
export function withForeignNames(types: readonly ServedType[]): ReadonlyMap<ServedType, ResourceSchema> {
  const names = types.flatMap(({ schema }) => [...schema.paths]);
  return new Map(types.map((type) => [type, { ...type.schema, paths: new Map([...names, ...type.schema.paths]) }]));
}
