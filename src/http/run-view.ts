import { z } from 'zod';
import type { Integration } from '../core/integration.ts';
import type { Plan, Run, RunReason } from '../core/run.ts';
import { directory, instant } from './common-schemas.ts';
import { known } from './known.ts';
import type { Frozen } from './route.ts';

export const runState = z.enum(['queued', 'running', 'finished', 'held', 'failed', 'superseded']);

const count = z.int();

const plan = z.object({ number: z.int().optional(), digest: z.string(), total: z.int(), expiresAt: instant }).meta({
  id: 'Plan',
  description: 'Changes that wait for an admin; of a dry run, without a number, what a run would do.',
});

const reason = z
  .object({
    externalId: z.string().optional(),
    userId: z.string().optional(),
    email: z.string().optional(),
    code: z.string(),
    message: z.string(),
  })
  .meta({ id: 'RunReason', description: 'A sentence about one person, or about the whole run.' });

export const runSchema = z
  .object({
    id: z.string(),
    source: directory,
    kind: z
      .enum(['full', 'delta'])
      .meta({ description: 'Whether everybody is listed, or only what changed since the run before.' }),
    trigger: z.enum(['schedule', 'operator', 'settings']),
    state: runState,
    phase: z
      .enum(['memberships', 'grouping', 'listing', 'checking', 'applying'])
      .optional()
      .meta({ description: 'While the run is under way.' }),
    counts: z.object({
      pages: count,
      seen: count,
      created: count,
      updated: count,
      unchanged: count,
      held: count,
      removed: count,
      failed: count,
    }),
    reasons: z.array(reason).optional().meta({ description: 'At most 1,000; left out in lists.' }),
    reasonsDropped: z.int().meta({ description: 'Reasons beyond those kept.' }),
    dry: z.boolean().optional().meta({ description: 'Nobody was written: its plan says what a run would do.' }),
    plan: plan.optional(),
    createdAt: instant,
    startedAt: instant.optional(),
    finishedAt: instant.optional(),
    nextDueAt: instant.optional().meta({ description: 'When the next scheduled run is due.' }),
  })
  .meta({ id: 'Run', description: 'One pass over a directory.' });

type RunView = Frozen<z.output<typeof runSchema>>;

/** A run without its reasons, as lists show it. */
export function viewRun(run: Run, integration: Integration | null): RunView {
  const {
    id,
    source,
    kind,
    dry = false,
    trigger,
    state,
    counts,
    reasonsDropped,
    plan,
    createdAt,
    startedAt,
    finishedAt,
  } = run;
  const phase = state === 'queued' || state === 'running' ? run.phase : null;
  const nextDueAt = integration?.nextDueAt ?? null;
  const times = { createdAt, startedAt, finishedAt, nextDueAt };
  const shownPlan = plan && viewPlan(plan);
  return known({
    id,
    source,
    kind,
    trigger,
    state,
    phase,
    counts,
    reasonsDropped,
    plan: shownPlan,
    dry: dry || null,
    ...times,
  });
}

/** A run with everything it has to say. */
export function viewWholeRun(run: Run, integration: Integration | null): RunView {
  return { ...viewRun(run, integration), reasons: run.reasons.map(viewReason) };
}

function viewPlan({ number, digest, total, expiresAt }: Plan) {
  return known({ number, digest, total, expiresAt });
}

function viewReason({ externalId, userId, email = null, code, message }: RunReason) {
  return known({ externalId, userId, email, code, message });
}
