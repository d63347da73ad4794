import { isAppError } from '../core/errors.ts';
import type { User } from '../core/user.ts';
import { formerIdsOf } from './put-assertion.ts';
import type { ChangeRequest } from './record-change.ts';

/**
 * Whoever loses their owner goes by their address instead of the userName the owner gave them, and somebody may be called so. Then
 * the SCIM id ends with the ownership, as by a DELETE: the next POST finds the person by their address.
 */
export function isNamelessUnowned(error: unknown, { scim: before }: User, { scim: after }: User): boolean {
  const isLet = before.connectionId !== null && before.connectionId !== after.connectionId && after.id !== null;
  return isLet && isAppError(error, 'user_name_taken');
}

/** The same draft, with the SCIM id given up. */
export function withoutScimId(draft: ChangeRequest['draft']): ChangeRequest['draft'] {
  return (user, organization) => {
    const drafted = draft(user, organization);
    const formerIds = formerIdsOf(user);
    return drafted && { ...drafted, user: { ...drafted.user, scim: { ...drafted.user.scim, id: null, formerIds } } };
  };
}
