import { type ProposedHarm, weigh } from '../core/guard.ts';
import type { Plan, Run, RunReason, StagedChange } from '../core/run.ts';
import { timestamp } from '../ports/clock.ts';
import type { Directory } from '../ports/directory.ts';
import type { SourceKey } from '../ports/user-store.ts';
import { applyFound } from './apply-found.ts';
import { confirmRemoved } from './confirm-removed.ts';
import { addCounts, withReasons } from './run-progress.ts';
import type { SyncDependencies } from './sync-step.ts';

/** Missing people asked about one by one; above that the guard decides without (design §2.6). */
const MOST_POINT_CHECKS = 200;
const BATCH = 500;
const PLAN_LIFE_MS = 24 * 3_600_000;
/** Staged people named in a held run's reasons. */
const NAMED_IN_REASONS = 50;

/**
 * Ends a complete listing: stages who is missing, or looks again at whom a delta said have left, weighs all that would harm, and lets it through or holds it as a plan.
 *
 * Each missing person is asked about first when there are at most 200 and the listing was not empty. After a record without its
 * key nobody is taken for missing.
 */
export async function checkMissing(deps: SyncDependencies, run: Run, directory: Directory): Promise<Run> {
  const checked = await LEAVERS[run.kind](deps, run, directory);
  const staged = await readStaged(deps, run.id);
  const verdict = weigh(harmOf(checked, staged));
  const harmful = staged.filter(({ harms }) => harms.length > 0);
  if (verdict.length === 0 || harmful.length === 0) return toApplying(deps, checked);
  return hold(deps, checked, harmful, verdict);
}

/** Who leaves by a run: whoever a full listing lacks, or whoever a delta names. */
const LEAVERS: {
  readonly [kind in Run['kind']]: (deps: SyncDependencies, run: Run, directory: Directory) => Promise<Run>;
} = {
  full: async (deps, run, directory) => (run.unidentified ? run : stageMissing(deps, run, directory)),
  async delta(deps, run, directory) {
    const removed = (await readStaged(deps, run.id)).filter(({ person }) => person === null);
    return removed.length <= MOST_POINT_CHECKS ? confirmRemoved(deps, run, directory, removed) : run;
  },
};

async function toApplying(deps: SyncDependencies, run: Run): Promise<Run> {
  const next: Run = { ...run, phase: 'applying' };
  await deps.stores.runs.checkpoint({ run: next });
  return next;
}

async function stageMissing(deps: SyncDependencies, run: Run, directory: Directory): Promise<Run> {
  const missing = await readMissing(deps, run);
  const ask = missing.length <= MOST_POINT_CHECKS && run.counts.seen > 0;
  let current = run;
  const gone: SourceKey[] = [];
  for (const key of missing) {
    const found = ask ? await directory.find(key.externalId) : 'gone';
    if (found === 'gone') gone.push(key);
    else current = await applyFound(deps, current, found);
  }
  const staged = gone.map(({ externalId, userId, activity }) => ({
    externalId,
    userId,
    // Only whom the source last asserted active is taken away; who was inactive is not there to be missed.
    harms: activity === 'inactive' ? [] : (['gone'] as const),
    person: null,
  }));
  await deps.stores.runs.checkpoint({ run: current, staged });
  return current;
}

async function readMissing({ stores }: SyncDependencies, run: Run): Promise<readonly SourceKey[]> {
  const missing: SourceKey[] = [];
  for (let after: string | null = null; ; ) {
    const batch = await stores.users.scanMissing(run.organizationId, run.source, run.id, after, BATCH);
    missing.push(...batch);
    after = batch.at(-1)?.externalId ?? null;
    if (batch.length < BATCH || after === null) return missing;
  }
}

async function readStaged({ stores }: SyncDependencies, runId: string): Promise<readonly StagedChange[]> {
  const staged: StagedChange[] = [];
  for (let after: string | null = null; ; ) {
    const batch: readonly StagedChange[] = await stores.runs.staged(runId, after, BATCH);
    staged.push(...batch);
    after = batch.at(-1)?.externalId ?? null;
    if (batch.length < BATCH || after === null) return staged;
  }
}

function harmOf({ kind, activeBefore, counts }: Run, staged: readonly StagedChange[]): ProposedHarm {
  const having = (...harms: readonly string[]) =>
    staged.filter((change) => change.harms.some((harm) => harms.includes(harm))).length;
  return {
    activeBefore,
    // Whom a delta does not name is there as before.
    listed: kind === 'delta' ? activeBefore + counts.seen : counts.seen,
    removed: having('inactive', 'gone'),
    blanked: having('blank_name', 'blank_email'),
    changedEmails: having('changed_email'),
    failed: counts.failed,
  };
}

async function hold(
  deps: SyncDependencies,
  run: Run,
  harmful: readonly StagedChange[],
  verdict: readonly { readonly code: string; readonly message: string }[],
): Promise<Run> {
  const overall: RunReason[] = verdict.map(({ code, message }) => ({ externalId: null, userId: null, code, message }));
  const named: RunReason[] = harmful.slice(0, NAMED_IN_REASONS).map(({ externalId, userId, harms }) => ({
    externalId,
    userId,
    code: 'held',
    message: `held: ${harms.join(', ')}`,
  }));
  const held: Run = {
    ...withReasons(run, [...overall, ...named]),
    counts: addCounts(run.counts, { held: harmful.length }),
    state: 'held',
    plan: await planOf(deps, run, harmful),
    finishedAt: timestamp(deps.clock),
  };
  await deps.stores.runs.checkpoint({ run: held });
  return held;
}

/** The same proposed changes keep their number and their time from run to run; others, or a plan that has expired, make a new one. */
async function planOf(deps: SyncDependencies, run: Run, harmful: readonly StagedChange[]): Promise<Plan> {
  const digest = deps.hash(harmful.map((change) => JSON.stringify(proposalOf(change))).join('\n'));
  const former = await formerPlan(deps, run);
  if (former?.digest === digest && Date.parse(former.expiresAt) > deps.clock.now()) return former;
  const expiresAt = new Date(deps.clock.now() + PLAN_LIFE_MS).toISOString();
  return { number: (former?.number ?? 0) + 1, digest, total: harmful.length, expiresAt };
}

function proposalOf({ externalId, harms, person }: StagedChange): readonly unknown[] {
  const hash = person === null ? null : (JSON.parse(person) as { hash: string }).hash;
  return [externalId, [...harms].sort(), hash];
}

async function formerPlan({ stores }: SyncDependencies, run: Run): Promise<Plan | null> {
  const { items } = await stores.runs.list(run.organizationId, null, 100);
  return items.find(({ source, plan, id }) => plan !== null && source === run.source && id !== run.id)?.plan ?? null;
}
