import type { SchemaDocument } from '../../src/core/scim-schema.ts';
import type { Attribute, ResourceSchema } from './attribute.ts';
import { compileSchema } from './compile.ts';
import { groupDocument } from './documents.ts';

/** The schema of the Group resource: as a document for discovery, and compiled for everything else. */
export interface GroupSchema {
  readonly document: SchemaDocument;
  readonly index: ResourceSchema;
}

/** Builds the Group schema. Costly: once per process is enough. */
export function createGroupSchema(): GroupSchema {
  const document = groupDocument();
  return { document, index: compileSchema(document, []) };
}

/** The members of a type of resource whose resources are groups. */
export function membersAttribute({ byKey }: ResourceSchema): Attribute | undefined {
  const attribute = byKey.get('members');
  return attribute?.place === 'members' ? attribute : undefined;
}
