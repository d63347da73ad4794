import { AppError } from '../core/errors.ts';
import { fold } from '../core/fold.ts';
import type { Settings } from '../core/organization.ts';
import { recordOf, type User } from '../core/user.ts';
import { timestamp } from '../ports/clock.ts';
import { openConflict } from './conflicts.ts';
import type { WriteDependencies } from './dependencies.ts';
import type { ScimCaller } from './scim-assertion.ts';

const PENDING = 'this user exists already; linking waits for an administrator to confirm';

const linkKey = ({ connectionId }: Pick<ScimCaller, 'connectionId'>, userId: string) =>
  `link:scim:${connectionId}:${userId}`;

/** Key of the conflict about a person whom a connection wants and another one has. */
export const claimKey = ({ connectionId }: Pick<ScimCaller, 'connectionId'>, userId: string) =>
  `claimed:${connectionId}:${userId}`;

/** Whether a write of this connection would link somebody who was here before it. */
const wouldLink = (user: User, { connectionId }: ScimCaller): boolean =>
  user.scim.connectionId === null && recordOf(user, 'scim', connectionId) === undefined;

/**
 * Lets a connection link a person only when *Link existing users* is `auto` or an admin has confirmed; else opens a conflict and
 * throws `link_pending`.
 */
export async function requireConsent(
  deps: WriteDependencies,
  caller: ScimCaller,
  user: User,
  { linkExistingUsers }: Settings,
): Promise<void> {
  if (linkExistingUsers === 'auto' || !wouldLink(user, caller)) return;
  const { organizationId, connectionId } = caller;
  const key = linkKey(caller, user.id);
  const known = await deps.stores.conflicts.findByKey(organizationId, key);
  if (known?.state === 'accepted') return;
  await openConflict(deps, {
    organizationId,
    key,
    kind: 'link',
    source: 'scim',
    connectionId,
    userId: user.id,
    email: user.email === null ? null : fold(user.email),
    message: PENDING,
  });
  throw new AppError('link_pending', PENDING);
}

/** The link is made: whatever waited for it, or allowed it, is settled. */
export async function closeLink(
  deps: WriteDependencies,
  caller: ScimCaller,
  { id, organizationId }: User,
): Promise<void> {
  const { conflicts } = deps.stores;
  for (const key of [linkKey(caller, id), claimKey(caller, id)]) {
    const known = await conflicts.findByKey(organizationId, key);
    if (known?.state === 'open' || known?.state === 'accepted')
      await conflicts.move(organizationId, known.id, known.state, 'resolved', timestamp(deps.clock));
  }
}
