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
 * What somebody else has said or set since then stays. Done again, it changes nothing.
 */
export async function takeBack(deps: WriteDependencies, { before, after }: ChangedPerson): Promise<User> {
  const { organizationId, id } = after;
  const find = () => deps.stores.users.get(organizationId, id);
  const draft = (user: User) => withdraw(user, before, after);
  const { user } = await recordChange(deps, { organizationId, by: BY_SETTINGS, onTaken: 'hold', find, draft });
  const [left] = await leaveGonePools(deps, organizationId, BY_SETTINGS, [{ before: after, after: user }]);
  return left ?? user;
}

/** null: somebody has said something newer. */
function withdraw(user: User, before: User, after: User): Draft | null {
  const said = recordOf(user, 'manual');
  if (!said || stampOf(said, ENABLED) !== after.version) return null;
  const former = recordOf(before, 'manual');
  const { enabled = null, terminated = false } = former ?? {};
  const asBefore = withRecord(user, { ...said, enabled, terminated });
  const enabledSince = former ? stampOf(former, ENABLED) : 0;
  if (!isSame(user.access, after.access)) return { user: asBefore, enabledSince };
  return { user: withAccessOf(asBefore, before), enabledSince, accessOf: before.status };
}

function withAccessOf({ formerPools: _, ...user }: User, { access, formerPools }: User): User {
  return { ...user, access, ...(formerPools === undefined ? {} : { formerPools }) };
}

const isSame = (left: Access, right: Access): boolean => sameJson(left as unknown as Json, right as unknown as Json);
