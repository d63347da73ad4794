import type { SchemaDocument } from '../../src/core/scim-schema.ts';
import { SCHEMA } from '../schema/urns.ts';

export interface SchemaResource extends SchemaDocument {
  readonly schemas: readonly string[];
  readonly meta: { readonly resourceType: 'Schema'; readonly location: string };
}

/** Schema documents as resources (RFC 7643 §7). */
export function schemaResources(documents: readonly SchemaDocument[], baseUrl: string): readonly SchemaResource[] {
  return documents.map(({ id, name, description, attributes }) => ({
    schemas: [SCHEMA],
    id,
    name,
    description,
    attributes,
    meta: { resourceType: 'Schema', location: `${baseUrl}/Schemas/${id}` },
  }));
}
