import type { Conflict, ConflictKind } from '../core/conflict.ts';
import { AppError, isAppError } from '../core/errors.ts';
import { isSwitchedOff } from '../core/organization.ts';
import { type Actor, DIRECTORIES } from '../core/user.ts';
import { timestamp } from '../ports/clock.ts';
import type { Dependencies, WriteDependencies } from './dependencies.ts';
import { readOrganization } from './organizations.ts';
import { resettle } from './record-change.ts';
import { handOver } from './release-user.ts';
import { startRun } from './start-run.ts';

type ConflictDependencies = Dependencies & WriteDependencies;
type Act = (deps: ConflictDependencies, conflict: Conflict, by: Actor) => Promise<void>;

/** Kinds whose change is made first and noted then, since making it twice is making it once. */
const BEFORE_ACCEPT: Partial<Record<ConflictKind, Act>> = {
  claimed: giveToClaimant,
};

/** What accepting means, kind by kind; a kind without a line can only be solved by changing one of the two people. */
const ON_ACCEPT: Partial<Record<ConflictKind, Act>> = {
  link: acceptLink,
  email_held: moveAddress,
  claimed: settleNow,
};

/**
 * Lets a conflict's change through: a link is made when the source speaks next (a directory is asked at once), a held address
 * moves now, a person another connection owns becomes the claimant's now. A dismissed conflict may still be accepted. Throws `not_acceptable` for kinds that nobody can wave through and for conflicts that are settled already.
 */
export async function acceptConflict(
  deps: ConflictDependencies,
  organizationId: string,
  id: string,
  by: Actor,
): Promise<Conflict> {
  const conflict = await readConflict(deps, organizationId, id);
  const accept = ON_ACCEPT[conflict.kind];
  if (!accept)
    throw new AppError(
      'not_acceptable',
      'this conflict goes away when one of the two users is changed; it cannot be accepted',
    );
  if (!ACCEPTABLE.includes(conflict.state)) throw settledAlready();
  await refuseAgencyUser(deps, conflict);
  await BEFORE_ACCEPT[conflict.kind]?.(deps, conflict, by);
  await move(deps, conflict, ACCEPTABLE, 'accepted');
  await accept(deps, conflict, by);
  return readConflict(deps, organizationId, id);
}

/** Leaves things as they are, and does not ask again for the same reason. */
export async function dismissConflict(
  deps: ConflictDependencies,
  organizationId: string,
  id: string,
): Promise<Conflict> {
  const conflict = await readConflict(deps, organizationId, id);
  await move(deps, conflict, ['open'], 'dismissed');
  return readConflict(deps, organizationId, id);
}

async function acceptLink(deps: ConflictDependencies, { organizationId, source }: Conflict): Promise<void> {
  const directory = DIRECTORIES.find((name) => name === source);
  if (!directory) return;
  try {
    await startRun(deps, organizationId, directory, 'operator');
  } catch (error) {
    if (!isAppError(error, 'sync_disabled', 'not_configured')) throw error;
  }
}

async function moveAddress(deps: ConflictDependencies, conflict: Conflict, by: Actor): Promise<void> {
  const { organizationId, userId } = conflict;
  if (userId !== null) await resettle(deps, organizationId, userId, { confirmed: true }, by);
  await settleNow(deps, conflict);
}

/** Whoever has joined an agency since is out of reach of every source. */
async function refuseAgencyUser({ stores }: ConflictDependencies, { organizationId, userId }: Conflict): Promise<void> {
  const user = userId === null ? null : await stores.users.get(organizationId, userId);
  if (user?.kind === 'agency')
    throw new AppError('not_acceptable', 'no source sees agency users: change the address, or make them an employee');
}

async function giveToClaimant(deps: ConflictDependencies, conflict: Conflict, by: Actor): Promise<void> {
  const { organizationId, connectionId, userId } = conflict;
  const { settings } = await readOrganization(deps, organizationId);
  if (userId === null || connectionId === null || isSwitchedOff(settings, connectionId))
    throw new AppError('not_acceptable', 'the connection that wants this user is switched off');
  await handOver(deps, { organizationId, userId, by, ifMatch: null }, connectionId);
}

async function settleNow({ stores, clock }: ConflictDependencies, { organizationId, id }: Conflict): Promise<void> {
  await stores.conflicts.move(organizationId, id, 'accepted', 'resolved', timestamp(clock));
}

async function move(
  deps: ConflictDependencies,
  { organizationId, id }: Conflict,
  from: readonly Conflict['state'][],
  to: Conflict['state'],
): Promise<void> {
  for (const state of from)
    if (await deps.stores.conflicts.move(organizationId, id, state, to, timestamp(deps.clock))) return;
  throw settledAlready();
}

const ACCEPTABLE: readonly Conflict['state'][] = ['open', 'dismissed'];

const settledAlready = () => new AppError('not_acceptable', 'this conflict is settled already');

async function readConflict({ stores }: ConflictDependencies, organizationId: string, id: string): Promise<Conflict> {
  const conflict = await stores.conflicts.get(organizationId, id);
  if (!conflict) throw new AppError('not_found', 'no such conflict');
  return conflict;
}
