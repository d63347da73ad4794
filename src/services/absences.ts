import { fold } from '../core/fold.ts';
import type { Run, RunReason, StagedChange } from '../core/run.ts';
import type { SyncOptions } from '../core/sync-options.ts';
import type { PendingRemoval } from '../core/sync-state.ts';
import { later, timestamp } from '../ports/clock.ts';
import type { SyncDependencies } from './sync-step.ts';

/** Changes that may be staged, and what is said of the others. */
export interface Sieved {
  readonly staged: readonly StagedChange[];
  readonly reasons: readonly RunReason[];
  /** Somebody's absence waits for its time. */
  readonly waiting: boolean;
}

/** Harms by which somebody would no longer be active. */
export const REMOVALS: ReadonlySet<string> = new Set(['inactive', 'gone', 'out_of_scope']);

const isAbsence = ({ harms }: StagedChange): boolean => harms.includes('gone') || harms.includes('out_of_scope');

/**
 * Leaves out what no run may do by itself: taking protected people away, and absences whose grace has not passed, which are noted.
 */
export async function sieve(
  deps: SyncDependencies,
  run: Run,
  options: SyncOptions,
  staged: readonly StagedChange[],
): Promise<Sieved> {
  const spared = await spareProtected(deps, run, options, staged);
  const waiting = await putOff(deps, run, options, spared.staged);
  return { ...waiting, reasons: [...spared.reasons, ...waiting.reasons] };
}

async function spareProtected(
  { stores }: SyncDependencies,
  { organizationId }: Run,
  { removals }: SyncOptions,
  staged: readonly StagedChange[],
): Promise<Sieved> {
  const isRemoval = ({ harms }: StagedChange) => harms.some((harm) => REMOVALS.has(harm));
  if (removals.protected.length === 0 || !staged.some(isRemoval)) return { staged, reasons: [], waiting: false };
  const names = new Set(removals.protected);
  const ids = staged.filter(isRemoval).flatMap(({ userId }) => userId ?? []);
  const users = new Map((await stores.users.getMany(organizationId, ids)).map((user) => [user.id, user]));
  const isSpared = (change: StagedChange): boolean => {
    const { email = null } = users.get(change.userId ?? '') ?? {};
    return isRemoval(change) && (names.has(change.externalId) || (email !== null && names.has(fold(email))));
  };
  return {
    staged: staged.filter((change) => !isSpared(change)),
    reasons: staged.filter(isSpared).map(({ externalId, userId, harms }) => ({
      externalId,
      userId,
      code: 'protected',
      message: `protected: not taken away although ${harms.join(', ')}`,
    })),
    waiting: false,
  };
}

async function putOff(
  { stores, clock }: SyncDependencies,
  run: Run,
  { removals: { graceHours } }: SyncOptions,
  staged: readonly StagedChange[],
): Promise<Sieved> {
  const absent = graceHours === 0 ? [] : staged.filter(isAbsence);
  if (absent.length === 0) return { staged, reasons: [], waiting: false };
  const { organizationId, source } = run;
  const keys = absent.map(({ externalId }) => externalId);
  const noted = new Map(
    (await stores.removals.among(organizationId, source, keys)).map((removal) => [removal.externalId, removal]),
  );
  const now = timestamp(clock);
  const dueAt = later(clock, graceHours);
  const waiting = absent
    .map((change) => noted.get(change.externalId) ?? newRemoval(run, change, now, dueAt))
    .filter((removal) => removal.dueAt > now);
  if (!run.dry) await stores.removals.add(waiting.filter(({ externalId }) => !noted.has(externalId)));
  const isWaiting = new Set(waiting.map(({ externalId }) => externalId));
  return {
    staged: staged.filter(({ externalId }) => !isWaiting.has(externalId)),
    reasons: waiting.map(reasonOf),
    waiting: waiting.length > 0,
  };
}

function newRemoval(
  { organizationId, source }: Run,
  { externalId, userId, harms, why }: StagedChange,
  since: string,
  dueAt: string,
): PendingRemoval {
  const cause = harms.includes('gone') ? 'gone' : 'out_of_scope';
  const sentence = why ?? 'no longer in the directory';
  return { organizationId, source, externalId, userId: userId ?? '', cause, why: sentence, since, dueAt };
}

const reasonOf = ({ externalId, userId, why, since, dueAt }: PendingRemoval): RunReason => ({
  externalId,
  userId,
  code: 'waiting_grace',
  message: `${why} since ${since}; leaves at ${dueAt} unless they come back`,
});

/** People who were met again: their absence is forgotten. */
export async function forgetAbsences(
  { stores }: Pick<SyncDependencies, 'stores'>,
  { organizationId, source, absences = false, dry = false }: Run,
  externalIds: readonly string[],
): Promise<void> {
  if (!absences || dry || externalIds.length === 0) return;
  const noted = await stores.removals.among(organizationId, source, externalIds);
  if (noted.length === 0) return;
  await stores.removals.remove(
    organizationId,
    source,
    noted.map(({ externalId }) => externalId),
  );
}
