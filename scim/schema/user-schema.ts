import type { SchemaDocument } from '../../src/core/scim-schema.ts';
import type { ResourceSchema } from './attribute.ts';
import { compileSchema } from './compile.ts';
import { enterpriseUserDocument, userDocument } from './documents.ts';

/** The schemas of the User resource: as documents for discovery, and compiled for everything else. */
export interface UserSchema {
  readonly documents: readonly SchemaDocument[];
  readonly index: ResourceSchema;
}

/** Builds the User schema with the Enterprise User extension. Costly: once per process is enough. */
export function createUserSchema(): UserSchema {
  const core = userDocument();
  const enterprise = enterpriseUserDocument();
  return { documents: [core, enterprise], index: compileSchema(core, [enterprise], ['password']) };
}
