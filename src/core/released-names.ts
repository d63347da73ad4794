import { uniqueNames } from './shadow.ts';
import type { User } from './user.ts';

/** What a change of a person frees for others, folded: the address, and the userName SCIM knew them by. */
export function releasedBy(before: User, after: User): readonly string[] {
  const former = uniqueNames(before);
  const next = uniqueNames(after);
  const names = [
    former.emailKey === next.emailKey ? null : former.emailKey,
    former.userNameKey === next.userNameKey ? null : former.userNameKey,
  ];
  return [...new Set(names.filter((name) => name !== null))];
}
