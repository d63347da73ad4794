import type { Organization } from '../core/organization.ts';
import { PLAIN_TERMS, settle } from '../core/settle.ts';
import type { User } from '../core/user.ts';
import { BY_SETTINGS } from './preview-settings.ts';

/**
 * A person as they are under the settings of now: while a sweep is under way, stored values may still be of yesterday.
 */
export function currentUser(user: User, { settings, sweep }: Organization): User {
  if (sweep.state !== 'running' || user.settingsVersion === settings.version) return user;
  const { user: current } = settle(user, user, settings, { ...PLAIN_TERMS, at: user.updatedAt, by: BY_SETTINGS });
  return { ...current, version: user.version };
}
