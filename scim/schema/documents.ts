import { Schemas } from 'scimmy';
import { completeAttribute } from '../../src/core/complete-attribute.ts';
import type { AttributeDocument, SchemaDocument } from '../../src/core/scim-schema.ts';

/** Taken and thrown away: changing passwords is not supported, so /Schemas does not promise it. */
const NOT_OFFERED: ReadonlySet<string> = new Set(['password']);

/** Their `value` is one of our ids, and those are exact. */
const OF_IDS: ReadonlySet<string> = new Set(['members', 'groups']);

/** The core User schema as this server promises it. */
export function userDocument(): SchemaDocument {
  return plainDocument(Schemas.User.definition.describe());
}

/** The core Group schema as this server promises it: names are unique within a connection. */
export function groupDocument(): SchemaDocument {
  const { attributes, ...rest } = plainDocument(Schemas.Group.definition.describe());
  return {
    ...rest,
    attributes: attributes.map((attribute) =>
      attribute.name === 'displayName' ? { ...attribute, uniqueness: 'server' } : attribute,
    ),
  };
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
    attributes: attributes
      .filter((attribute) => !NOT_OFFERED.has(attribute.name))
      .map((attribute) => (OF_IDS.has(attribute.name) ? withExactValue(attribute) : attribute))
      // An empty list of canonical values, which the library has, would forbid every value to who takes it at its word.
      .map(completeAttribute),
  };
}

function withExactValue({ subAttributes = [], ...rest }: AttributeDocument): AttributeDocument {
  return {
    ...rest,
    subAttributes: subAttributes.map((sub) => (sub.name === 'value' ? { ...sub, caseExact: true } : sub)),
  };
}
