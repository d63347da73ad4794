import type { ResourceTypeDocument, SchemaDocument } from '../../src/core/scim-schema.ts';
import type { ResourceSchema } from './attribute.ts';
import { createGroupSchema } from './group-schema.ts';
import { ENTERPRISE_USER, GROUP, USER } from './urns.ts';
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
  readonly group: ServedType;
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

const GROUP_TYPE: ResourceTypeDocument = {
  name: 'Group',
  endpoint: '/Groups',
  description: 'A group of people and of groups',
  schema: GROUP,
  schemaExtensions: [],
};

/** What an organization without a configuration of its own is served. Costly: once per process is enough. */
export function builtInSchemas(): ServedSchemas {
  const users = createUserSchema();
  const groups = createGroupSchema();
  const user: ServedType = { document: USER_TYPE, schema: users.index };
  const group: ServedType = { document: GROUP_TYPE, schema: groups.index };
  return { documents: [...users.documents, groups.document], types: [user, group], user, group };
}
