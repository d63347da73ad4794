import { Schemas } from 'scimmy';
import type { AttributeDocument, SchemaDocument } from '../../src/core/scim-schema.ts';

/** Taken and thrown away: changing passwords is not supported, so /Schemas does not promise it. */
const NOT_OFFERED: ReadonlySet<string> = new Set(['password']);

/** The core User schema as this server promises it. */
export function userDocument(): SchemaDocument {
  return plainDocument(Schemas.User.definition.describe());
}

/** The Enterprise User extension as this server promises it. */
export function enterpriseUserDocument(): SchemaDocument {
  return plainDocument(Schemas.EnterpriseUser.definition.describe());
}

/** The library's definitions are shared by the whole process, so a copy is changed, never the original. */
function plainDocument(description: object): SchemaDocument {
  const { id, name, description: text, attributes }: SchemaDocument = JSON.parse(JSON.stringify(description));
  return {
    id,
    name,
    description: text,
    attributes: attributes.filter((attribute) => !NOT_OFFERED.has(attribute.name)).map(withoutEmptyLists),
  };
}

/** An empty list of canonical values would forbid every value to a client that takes it at its word. */
function withoutEmptyLists(document: AttributeDocument): AttributeDocument {
  const { canonicalValues, subAttributes, ...rest } = document;
  return {
    ...rest,
    ...(canonicalValues && canonicalValues.length > 0 ? { canonicalValues } : {}),
    ...(subAttributes ? { subAttributes: subAttributes.map(withoutEmptyLists) } : {}),
  };
}
