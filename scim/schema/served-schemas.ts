import type { ResourceTypeDocument, SchemaDocument } from '../../src/core/scim-schema.ts';
import type { ResourceSchema } from './attribute.ts';
import { ENTERPRISE_USER, USER } from './urns.ts';
import { createUserSchema } from './user-schema.ts';

/** A resource type with its compiled schema. */
export interface ServedType {
  readonly document: ResourceTypeDocument;
  readonly schema: ResourceSchema;
}

/** Everything an organization is served: what discovery shows, and what the requests are read by. */
export interface ServedSchemas {
  readonly documents: readonly SchemaDocument[];
  readonly types: readonly ServedType[];
  readonly user: ServedType;
}

/** Finds what an organization is served. Asked for every request: it must cost next to nothing. */
export type FindSchemas = (organizationId: string) => Promise<ServedSchemas>;

const USER_TYPE: ResourceTypeDocument = {
  name: 'User',
  endpoint: '/Users',
  description: 'A person in the organization',
  schema: USER,
  schemaExtensions: [{ schema: ENTERPRISE_USER, required: false }],
};

/** What an organization without a configuration of its own is served. Costly: once per process is enough. */
export function builtInSchemas(): ServedSchemas {
  const { documents, index } = createUserSchema();
  const user: ServedType = { document: USER_TYPE, schema: index };
  return { documents, types: [user], user };
}
