import type { Organization } from '../core/organization.ts';
import { PLAIN_TERMS, settle } from '../core/settle.ts';
import type { User } from '../core/user.ts';
import { isAdmin } from './organization-admins.ts';
import { BY_SETTINGS } from './preview-settings.ts';

/**
 * A person as they are under the settings of now: while a sweep is under way, stored values may still be of yesterday. The last admin
 * is as stored where the sweep is going to leave them so.
 */
export function currentUser(user: User, { settings, sweep, admins }: Organization): User {
  if (sweep.state !== 'running' || user.settingsVersion === settings.version) return user;
  const { user: current } = settle(user, user, settings, { ...PLAIN_TERMS, at: user.updatedAt, by: BY_SETTINGS });
  const isLastAdmin = isAdmin(user) && admins.every((id) => id === user.id);
  if (isLastAdmin && !isAdmin(current)) return user;
  return { ...current, version: user.version };
}
