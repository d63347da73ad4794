import type { Conflict, ConflictKind } from '../core/conflict.ts';
import { AppError, isAppError } from '../core/errors.ts';
import { DIRECTORIES } from '../core/user.ts';
import { timestamp } from '../ports/clock.ts';
import type { Dependencies, WriteDependencies } from './dependencies.ts';
import { resettle } from './record-change.ts';
import { startRun } from './start-run.ts';

type ConflictDependencies = Dependencies & WriteDependencies;

/** What accepting means, kind by kind; a kind without a line can only be solved by changing one of the two people. */
const ON_ACCEPT: Partial<Record<ConflictKind, (deps: ConflictDependencies, conflict: Conflict) => Promise<void>>> = {
  link: acceptLink,
  email_held: moveAddress,
};

/**
 * Lets a conflict's change through: a link is made when the source speaks next (a directory is asked at once), a held address
 * moves now. A dismissed conflict may still be accepted. Throws `not_acceptable` for kinds that nobody can wave through and for conflicts that are settled already.
 */
export async function acceptConflict(
  deps: ConflictDependencies,
  organizationId: string,
  id: string,
): Promise<Conflict> {
  const conflict = await readConflict(deps, organizationId, id);
  const accept = ON_ACCEPT[conflict.kind];
  if (!accept)
    throw new AppError(
      'not_acceptable',
      'this conflict goes away when one of the two users is changed; it cannot be accepted',
    );
  await move(deps, conflict, ['open', 'dismissed'], 'accepted');
  await accept(deps, conflict);
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

async function moveAddress(deps: ConflictDependencies, conflict: Conflict): Promise<void> {
  const { organizationId, id, userId } = conflict;
  if (userId !== null) await resettle(deps, organizationId, userId, { confirmed: true });
  await deps.stores.conflicts.move(organizationId, id, 'accepted', 'resolved', timestamp(deps.clock));
}

async function move(
  deps: ConflictDependencies,
  { organizationId, id }: Conflict,
  from: readonly Conflict['state'][],
  to: Conflict['state'],
): Promise<void> {
  for (const state of from)
    if (await deps.stores.conflicts.move(organizationId, id, state, to, timestamp(deps.clock))) return;
  throw new AppError('not_acceptable', 'this conflict is settled already');
}

async function readConflict({ stores }: ConflictDependencies, organizationId: string, id: string): Promise<Conflict> {
  const conflict = await stores.conflicts.get(organizationId, id);
  if (!conflict) throw new AppError('not_found', 'no such conflict');
  return conflict;
}
