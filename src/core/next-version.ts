import { isSameToScim } from './person-fields.ts';
import { seenByScim } from './scim-view.ts';
import type { User } from './user.ts';

type Moment = Pick<User, 'settingsVersion' | 'updatedAt'>;

/**
 * The person to be saved over `before`, one version on. The only place that numbers versions of people: SCIM goes on seeing the
 * version it saw while nothing changes that it sees, and the new one, which it never saw, as soon as something does.
 */
export function nextVersion(before: User, next: User, { settingsVersion, updatedAt }: Moment): User {
  const { seenByScim: _, ...said } = next;
  const user = { ...said, version: before.version + 1, settingsVersion, updatedAt };
  return before.version > 0 && isSameToScim(before, next) ? { ...user, seenByScim: seenByScim(before) } : user;
}
