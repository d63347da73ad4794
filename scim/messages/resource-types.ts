import type { ResourceTypeDocument } from '../../src/core/scim-schema.ts';
import { RESOURCE_TYPE } from '../schema/urns.ts';

export interface ResourceTypeResource extends ResourceTypeDocument {
  readonly schemas: readonly string[];
  readonly id: string;
  readonly meta: { readonly resourceType: 'ResourceType'; readonly location: string };
}

/** Resource types as resources (RFC 7643 §6). */
export function resourceTypeResources(
  types: readonly ResourceTypeDocument[],
  baseUrl: string,
): readonly ResourceTypeResource[] {
  return types.map(({ name, endpoint, description, schema, schemaExtensions }) => ({
    schemas: [RESOURCE_TYPE],
    id: name,
    name,
    endpoint,
    description,
    schema,
    schemaExtensions,
    meta: { resourceType: 'ResourceType', location: `${baseUrl}/ResourceTypes/${name}` },
  }));
}
