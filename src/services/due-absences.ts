import type { Run } from '../core/run.ts';
import type { SyncOptions } from '../core/sync-options.ts';
import type { PendingRemoval } from '../core/sync-state.ts';
import { recordOf } from '../core/user.ts';
import { timestamp } from '../ports/clock.ts';
import { sieve } from './absences.ts';
import type { Dependencies } from './dependencies.ts';
import { withReasons } from './run-progress.ts';
import type { SyncDependencies } from './sync-step.ts';

const BATCH = 500;

/**
 * Stages the absences that are due: no delta tells of them again. Once there is no grace any more, all of them are.
 *
 * Whoever is protected by now is not; the run says so, and nothing waits for them any more.
 */
export async function stageDue(deps: SyncDependencies, run: Run, options: SyncOptions): Promise<Run> {
  if (!run.absences) return run;
  const { organizationId, source } = run;
  const filter = options.removals.graceHours === 0 ? {} : { dueBy: timestamp(deps.clock) };
  let current = run;
  for await (const due of absencesOf(deps, run, filter)) {
    const { staged, reasons } = await sieve(deps, run, options, due.map(toChange));
    const isStaged = new Set(staged.map(({ externalId }) => externalId));
    current = withReasons(current, reasons);
    await deps.stores.runs.checkpoint({ run: current, staged });
    const spared = due.map(({ externalId }) => externalId).filter((externalId) => !isStaged.has(externalId));
    await deps.stores.removals.remove(organizationId, source, spared);
  }
  return current;
}

/** Forgets absences that nothing is to come of: the person has another key by now, or has left by another way. */
export async function dropSettledAbsences(deps: SyncDependencies, run: Run): Promise<void> {
  if (!run.absences || run.dry) return;
  const { organizationId, source } = run;
  for await (const batch of absencesOf(deps, run, {})) {
    const keys = batch.map(({ externalId }) => externalId);
    const users = await deps.stores.users.findBySourceKeys(organizationId, source, null, keys);
    const records = users.flatMap((user) => recordOf(user, source) ?? []);
    const here = records.filter(({ directory }) => directory?.present && directory.activity !== 'inactive');
    const isHere = new Set(here.map(({ externalId }) => externalId));
    await deps.stores.removals.remove(
      organizationId,
      source,
      keys.filter((key) => !isHere.has(key)),
    );
  }
}

/** Forgets all absences of an integration: they were another directory's. */
export async function forgetAllAbsences(
  { stores }: Pick<Dependencies, 'stores'>,
  place: Pick<PendingRemoval, 'organizationId' | 'source'>,
): Promise<void> {
  for await (const batch of absencesOf({ stores }, place, {})) {
    const keys = batch.map(({ externalId }) => externalId);
    await stores.removals.remove(place.organizationId, place.source, keys);
  }
}

const toChange = ({ externalId, userId, cause, why }: PendingRemoval) => ({
  externalId,
  userId,
  harms: [cause],
  person: null,
  ...(cause === 'out_of_scope' ? { why } : {}),
});

async function* absencesOf(
  { stores }: Pick<Dependencies, 'stores'>,
  { organizationId, source }: Pick<PendingRemoval, 'organizationId' | 'source'>,
  filter: { readonly dueBy?: string },
): AsyncGenerator<readonly PendingRemoval[]> {
  for (let after: string | null = null; ; ) {
    const batch: readonly PendingRemoval[] = await stores.removals.list(organizationId, source, filter, after, BATCH);
    if (batch.length > 0) yield batch;
    after = batch.at(-1)?.externalId ?? null;
    if (batch.length < BATCH || after === null) return;
  }
}
