import { fold } from '../src/core/fold.ts';
import type { Attributes } from '../src/core/user.ts';
import type { ResourceKind } from '../src/services/provision-resource.ts';
import type { ServedType } from './schema/served-schemas.ts';

/** A served type as the services know it: its unique attributes are claimed, folded where case does not count. */
export function kindOf({ document, schema }: ServedType): ResourceKind {
  const unique = [...schema.byKey.values()].filter(
    ({ place, uniqueness, multiValued }) => place === 'attributes' && uniqueness !== 'none' && !multiValued,
  );
  return {
    type: document.name,
    claims: (attributes: Attributes) =>
      unique.flatMap(({ key, caseExact }) => {
        const value = attributes[key] ?? null;
        if (value === null) return [];
        const text = typeof value === 'string' ? value : JSON.stringify(value);
        return [`${key}:${caseExact ? text : fold(text)}`];
      }),
  };
}
