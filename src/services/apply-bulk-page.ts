import { aroundSave } from '../core/around-save.ts';
import { actingIn, type Bulk, type BulkAction, type BulkOutcome, type FrozenPerson, isUnderWay } from '../core/bulk.ts';
import { type AppError, isAppError } from '../core/errors.ts';
import type { Organization } from '../core/organization.ts';
import type { User } from '../core/user.ts';
import { timestamp } from '../ports/clock.ts';
import type { AdminTarget } from './admin-change.ts';
import { applyBulkSlice, PEOPLE_AT_ONCE } from './apply-bulk-slice.ts';
import { readBulkPage } from './bulk-parts.ts';
import { activateUser, deactivateUser, terminateUser } from './change-status.ts';
import type { Dependencies, WriteDependencies } from './dependencies.ts';
import { firstSaveBy } from './first-save-by.ts';
import { markOf } from './freeze-bulk.ts';
import type { ChangedPerson } from './gone-pools.ts';
import { judgeBulkPerson, verdictOf } from './judge-bulk-person.ts';
import { lookAgainAtPeople } from './look-again-at-people.ts';
import { readOrganization } from './organizations.ts';
import { joinPool, leavePool } from './pools.ts';
import { resettle } from './record-change.ts';
import { setAccess } from './set-access.ts';
import { createTurns } from './turns.ts';
import { createUnfinished, type Unfinished } from './unfinished-people.ts';

type Needs = Dependencies & WriteDependencies;
type Act = (deps: WriteDependencies, target: AdminTarget, bulk: Bulk) => Promise<User>;

/** How each action is done to one person. */
const ACTS: Readonly<Record<BulkAction, Act>> = {
  activate: activateUser,
  deactivate: deactivateUser,
  terminate: terminateUser,
  addPool: (deps, target, { pool }) => joinPool(deps, target, pool ?? ''),
  removePool: (deps, target, { pool }) => leavePool(deps, target, pool ?? ''),
  setLevel: (deps, target, { level }) => setAccess(deps, target, { level: level ?? 'limited' }),
};

/** Refusals that say nothing about the person: the page is tried again. */
const PASSING = ['unavailable', 'stale', 'superseded'] as const;
/** Races after which a person is left as they are. */
const MOST_ROUNDS = 5;

interface Work {
  readonly deps: Needs;
  readonly bulk: Bulk;
  readonly organization: Organization;
  /** Which slice of the page it is. */
  readonly slice: number;
  readonly unfinished: Unfinished<ChangedPerson>;
}

/**
 * Carries out a page of a bulk action: whoever still is as they were frozen is changed, everybody else is told.
 *
 * Done again, after a crash or by another process, it changes nobody twice and tells the same. Of a cancelled one it tells who was
 * changed before. null: another process has been through with the page meanwhile.
 */
export async function applyBulkPage(deps: Needs, bulk: Bulk, page: number): Promise<readonly BulkOutcome[] | null> {
  const { organizationId } = bulk;
  const organization = await readOrganization(deps, organizationId);
  const people = await readBulkPage(deps, bulk, 'people', page);
  const ids = people.map(({ id }) => id);
  const users = new Map((await deps.stores.users.getMany(organizationId, ids)).map((user) => [user.id, user]));
  const outcomes = new Map<string, BulkOutcome>();
  const note = (told: ReadonlyMap<string, BulkOutcome>) => {
    for (const [id, outcome] of told) outcomes.set(id, outcome);
  };
  const turn = createTurns('hurried');
  const unfinished = createUnfinished<ChangedPerson>(async (changed) =>
    note(await lookAgainAtPeople(deps, bulk, changed)),
  );
  for (let at = 0; at < people.length; at += PEOPLE_AT_ONCE) {
    await turn();
    const slice = people.slice(at, at + PEOPLE_AT_ONCE);
    const now = await deps.stores.bulks.get(organizationId, bulk.id);
    if (!now || !isUnderWay(now) || now.carriedOut !== page) return null;
    const work: Work = { deps, bulk, organization, slice: at, unfinished };
    if (now.state === 'cancelling') {
      note(await changedBefore(work, slice, users));
      continue;
    }
    note(await carryOutTogether(work, slice, users));
    for (const person of slice) {
      if (outcomes.has(person.id)) continue;
      await turn();
      outcomes.set(person.id, await carryOutOn(work, person, users.get(person.id) ?? null));
    }
  }
  await unfinished.finish();
  return people.flatMap(({ id }) => outcomes.get(id) ?? []);
}

/** Those of a slice whom somebody changed for this action who died before they could tell. */
async function changedBefore(
  work: Work,
  slice: readonly FrozenPerson[],
  users: ReadonlyMap<string, User>,
): Promise<ReadonlyMap<string, BulkOutcome>> {
  const outcomes = new Map<string, BulkOutcome>();
  for (const person of slice) {
    const user = users.get(person.id);
    if (user && (await wasChanged(work, person, user))) outcomes.set(person.id, { id: person.id, verdict: 'done' });
  }
  return outcomes;
}

/** Whether this action has changed somebody before; whoever did that may have died before they looked at them again. */
async function wasChanged(work: Work, { seen }: FrozenPerson, user: User): Promise<boolean> {
  const { deps, bulk, organization, slice, unfinished } = work;
  if (user.version <= seen) return false;
  const save = await firstSaveBy(deps, user, seen, ({ bulkId }) => bulkId === bulk.id);
  if (!save) return false;
  const { undo } = save;
  unfinished.found(slice, undo ? aroundSave(user, { ...save, undo }) : null);
  if (!undo && user.settingsVersion !== organization.settings.version) await resettle(deps, organization.id, user.id);
  return true;
}

/** Those of a slice about whom there is nothing to tell but that they are changed. */
async function carryOutTogether(
  work: Work,
  slice: readonly FrozenPerson[],
  users: ReadonlyMap<string, User>,
): Promise<ReadonlyMap<string, BulkOutcome>> {
  const told = new Map<string, BulkOutcome>();
  const changing: User[] = [];
  for (const person of slice) {
    const user = users.get(person.id);
    if (!user) continue;
    const outcome = await decided(work, person, user);
    if (outcome) told.set(person.id, outcome);
    else changing.push(user);
  }
  if (changing.length > 0) await work.unfinished.finish();
  return new Map([...told, ...(await applyBulkSlice(work.deps, work.bulk, changing))]);
}

async function carryOutOn(work: Work, person: FrozenPerson, found: User | null): Promise<BulkOutcome> {
  const { deps, bulk } = work;
  let user = found;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    if (!user) return { id: person.id, verdict: 'not_found' };
    const outcome = (await decided(work, person, user)) ?? (await act(work, user));
    if (outcome) return outcome;
    user = await deps.stores.users.get(bulk.organizationId, person.id);
  }
  return { id: person.id, verdict: 'changed', reason: 'was changed by others again and again' };
}

/** What becomes of a person who is not to be changed; null: they are. */
async function decided(work: Work, person: FrozenPerson, user: User): Promise<BulkOutcome | null> {
  const { deps, bulk, organization } = work;
  const { id, verdict, mark } = person;
  if (await wasChanged(work, person, user)) return { id, verdict: 'done' };
  const judged = judgeBulkPerson(user, organization, bulk, timestamp(deps.clock));
  if (judged.verdict !== 'done') return outcomeOf(id, judged);
  if (markOf(deps.hash, judged.change) !== mark)
    return { id, verdict: 'changed', reason: 'is not as they were when the action was looked at' };
  return verdict === 'done' ? null : { id, verdict };
}

const outcomeOf = (id: string, { verdict, reason }: Pick<BulkOutcome, 'verdict' | 'reason'>): BulkOutcome => ({
  id,
  verdict,
  ...(reason === undefined ? {} : { reason }),
});

/** Changes a person as they were read; null when they are another by now. */
async function act({ deps, bulk }: Work, user: User): Promise<BulkOutcome | null> {
  const { organizationId, reason } = bulk;
  const by = actingIn(bulk);
  const target = { organizationId, userId: user.id, by, ifMatch: user.version, ...(reason === null ? {} : { reason }) };
  try {
    const { version } = await ACTS[bulk.action](deps, target, bulk);
    return { id: user.id, verdict: version === user.version ? 'unchanged' : 'done' };
  } catch (error) {
    if (isAppError(error, 'precondition_failed')) return null;
    if (!isAppError(error) || isAppError(error, ...PASSING)) throw error;
    return refused(user.id, error);
  }
}

/** A refusal there is no word for must not keep the others from being carried out. */
function refused(id: string, error: AppError): BulkOutcome {
  return outcomeOf(id, verdictOf(error) ?? { verdict: 'changed', reason: error.message });
}
