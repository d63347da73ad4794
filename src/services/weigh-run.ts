import { type ProposedHarm, weigh } from '../core/guard.ts';
import type { Run, StagedChange } from '../core/run.ts';
import type { SyncOptions } from '../core/sync-options.ts';
import { REMOVALS } from './absences.ts';
import { stagingOf } from './apply-page.ts';
import { stagedBatches } from './staged-rows.ts';
import type { SyncDependencies } from './sync-step.ts';

/** What a run would do that waits for its end, and what the guard says to it. */
export interface Weighed {
  /** Every rule of the guard that it breaks. */
  readonly verdict: ReturnType<typeof weigh>;
  /** Changes that a plan would hold. */
  readonly total: number;
  /** Over what the source proposes in them, in the order of the keys. */
  readonly digest: string;
  readonly counts: { readonly [kind: string]: number };
  readonly whole: boolean;
  /** The first of those that harm. */
  readonly harmful: readonly StagedChange[];
}

/** Harmful changes named in the reasons of a run. */
const NAMED = 50;

/** Weighs the staged changes of a run. */
export async function weighRun(deps: SyncDependencies, run: Run, options: SyncOptions): Promise<Weighed> {
  const whole = stagingOf(run, options) === 'everything';
  const harm = { removed: 0, blanked: 0, changedEmails: 0 };
  const harmful: StagedChange[] = [];
  const counts: { [kind: string]: number } = {};
  let total = 0;
  let digest = '';
  for await (const batch of stagedBatches(deps.stores, run.id)) {
    const held = whole ? batch : batch.filter(({ harms }) => harms.length > 0);
    for (const { harms } of batch) {
      if (harms.some((name) => REMOVALS.has(name))) harm.removed++;
      if (harms.some((name) => name === 'blank_name' || name === 'blank_email')) harm.blanked++;
      if (harms.includes('changed_email')) harm.changedEmails++;
    }
    for (const kind of held.flatMap(kindsOf)) counts[kind] = (counts[kind] ?? 0) + 1;
    total += held.length;
    if (held.length > 0) digest = deps.hash([digest, ...held.map(proposalOf)].join('\n'));
    harmful.push(...held.filter(({ harms }) => harms.length > 0).slice(0, NAMED - harmful.length));
  }
  const verdict = weigh(proposed(run, harm), options.removals.limits);
  return { verdict, total, digest: deps.hash(digest), counts, whole, harmful };
}

const kindsOf = ({ harms, userId }: StagedChange): readonly string[] =>
  harms.length > 0 ? harms : [userId === null ? 'create' : 'change'];

function proposed(
  { kind, activeBefore, counts }: Run,
  harm: Pick<ProposedHarm, 'removed' | 'blanked' | 'changedEmails'>,
): ProposedHarm {
  // Whom a delta does not name is there as before.
  const listed = kind === 'delta' ? activeBefore + counts.seen : counts.seen;
  return { ...harm, activeBefore, listed, failed: counts.failed };
}

function proposalOf({ externalId, harms, person }: StagedChange): string {
  const hash = person === null ? null : (JSON.parse(person) as { hash: string }).hash;
  return JSON.stringify([externalId, [...harms].sort(), hash]);
}
