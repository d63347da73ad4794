import { ENABLED, stampOf } from '../core/assertions.ts';
import { type Json, sameJson } from '../core/json.ts';
import { type Access, recordOf, type User, withRecord } from '../core/user.ts';
import type { WriteDependencies } from './dependencies.ts';
import { type ChangedPerson, leaveGonePools } from './gone-pools.ts';
import { BY_SETTINGS } from './preview-settings.ts';
import { type Draft, recordChange } from './record-change.ts';

/**
 * Takes an admin's word about somebody's status back, which was stored while the settings changed to ones that refuse it, and answers
 * with the person as they are then: resolved by the settings of now, with the access they had.
 *
 * What somebody else has said or set since then stays.
 */
export async function takeBack(deps: WriteDependencies, { before, after }: ChangedPerson): Promise<User> {
  const { organizationId, id } = after;
  const find = () => deps.stores.users.get(organizationId, id);
  const change = (draft: (user: User) => Draft | null) =>
    recordChange(deps, { organizationId, by: BY_SETTINGS, onTaken: 'hold', find, draft });
  const { user: withdrawn, changed } = await change((user) => withdraw(user, before, after));
  if (!changed) return withdrawn;
  // Whoever comes back by this does so with limited access.
  const isLowered = withdrawn.status === before.status && withdrawn.access.level !== before.access.level;
  const isUntouched = (user: User) => isLowered && user.version === withdrawn.version;
  const { user: restored } = await change((user) => (isUntouched(user) ? { user: withAccessOf(user, before) } : null));
  const [left] = await leaveGonePools(deps, organizationId, BY_SETTINGS, [{ before: after, after: restored }]);
  return left ?? restored;
}

/** null: somebody has said something newer. */
function withdraw(user: User, before: User, after: User): Draft | null {
  const said = recordOf(user, 'manual');
  if (!said || stampOf(said, ENABLED) !== after.version) return null;
  const { enabled = null, terminated = false } = recordOf(before, 'manual') ?? {};
  const asBefore = withRecord(user, { ...said, enabled, terminated });
  return { user: isSame(user.access, after.access) ? withAccessOf(asBefore, before) : asBefore };
}

function withAccessOf({ formerPools: _, ...user }: User, { access, formerPools }: User): User {
  return { ...user, access, ...(formerPools === undefined ? {} : { formerPools }) };
}

const isSame = (left: Access, right: Access): boolean => sameJson(left as unknown as Json, right as unknown as Json);
