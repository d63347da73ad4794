import { fold } from '../src/core/fold.ts';
import type { Attributes } from '../src/core/user.ts';
import type { ResourceKind } from '../src/services/provision-resource.ts';
import { invalidValue } from './messages/scim-error.ts';
import type { Attribute } from './schema/attribute.ts';
import type { ServedType } from './schema/served-schemas.ts';

/** Characters a unique value may have: an index holds it. */
const LONGEST_VALUE = 1_000;

/** A served type as the services know it: its unique attributes are claimed. */
export function kindOf({ document, schema }: ServedType): ResourceKind {
  return { type: document.name, claims: (attributes) => uniqueTexts(schema.unique, attributes) };
}

/** The values of unique attributes as texts, folded where case does not count. Throws 400 `invalidValue` for one that is too long. */
export function uniqueTexts(unique: readonly Attribute[], attributes: Attributes): readonly string[] {
  return unique.flatMap(({ key, label, caseExact }) => {
    const value = attributes[key] ?? null;
    if (value === null) return [];
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (text.length > LONGEST_VALUE)
      throw invalidValue(`${label} is unique, and may have at most ${LONGEST_VALUE} characters`);
    return [`${key}:${caseExact ? text : fold(text)}`];
  });
}
