import { grantKey, isKnownScope, type KnownEntries } from './catalog.ts';
import { AppError, type ErrorCode } from './errors.ts';
import type { Mistake } from './mistake.ts';
import type { Grant } from './user.ts';

export type CodedMistake = Mistake & { readonly code: ErrorCode };

/** The roles and scopes there are not, by their places; grants of `had` may be named again. */
export function unknownGrants(
  organizationId: string,
  roles: readonly Grant[],
  had: readonly Grant[],
  known: KnownEntries,
  places: readonly number[] = [...roles.keys()],
): readonly CodedMistake[] {
  const before = new Set(had.map(grantKey));
  return roles.flatMap((grant, index): readonly CodedMistake[] => {
    if (before.has(grantKey(grant))) return [];
    const { kind } = grant.scope;
    const path = `roles.${places[index]}`;
    const role = { code: 'unknown_role', path: `${path}.role`, message: 'there is no such role' } as const;
    const scope = {
      code: 'unknown_scope',
      path: `${path}.scope.id`,
      message: `there is no such ${kind}`,
    } as const;
    return [
      ...(known.has('role', grant.role) ? [] : [role]),
      ...(isKnownScope(known, organizationId, grant.scope) ? [] : [scope]),
    ];
  });
}

/** Throws the code of the first of them, with the places of all; nothing without any. */
export function refuseMistakes(mistakes: readonly CodedMistake[]): void {
  const [first] = mistakes;
  if (!first) return;
  const errors = mistakes.map(({ path, message }) => ({ path, message }));
  throw new AppError(first.code, errors.map(({ path, message }) => `${path}: ${message}`).join('; '), { errors });
}
