import { z } from 'zod';
import type { HeldPlan } from '../core/sync-state.ts';
import type { PlanLine } from '../services/read-plan.ts';
import { withAttributeNames } from './attribute-names.ts';
import { actor, instant, values } from './common-schemas.ts';
import { csvLine } from './csv-text.ts';
import { known } from './known.ts';

export const planStateSchema = z
  .object({
    number: z.int(),
    digest: z.string(),
    total: z.int(),
    runId: z.string().meta({ description: 'The run whose plan lists the changes.' }),
    state: z.enum(['waiting', 'approved', 'rejected', 'applied', 'void', 'expired']),
    removals: z.boolean().meta({ description: 'Whether an approval lets removals through too.' }),
    createdAt: instant,
    expiresAt: instant,
    decidedAt: instant.optional(),
    decidedBy: actor.optional(),
  })
  .meta({ id: 'HeldPlan', description: 'Changes that an admin must look at before they are made.' });

/** A plan that waited in vain is told as expired. */
export function viewHeldPlan(plan: HeldPlan, now: number) {
  const isOver = plan.state === 'waiting' && Date.parse(plan.expiresAt) <= now;
  return known({ ...plan, state: isOver ? ('expired' as const) : plan.state });
}

export const planLineSchema = z
  .object({
    externalId: z.string(),
    user: z.object({ id: z.string().optional(), name: z.string().optional(), email: z.string().optional() }),
    change: z.enum(['create', 'link', 'update', 'remove']),
    harms: z.array(z.enum(['inactive', 'gone', 'out_of_scope', 'blank_name', 'blank_email', 'changed_email'])),
    from: values,
    to: values,
    effects: z.array(z.string()),
    why: z.string(),
  })
  .meta({ id: 'PlanLine', description: 'What a plan would do to one person, as it would come out now.' });

export function viewPlanLine({ user, from, to, ...facts }: PlanLine) {
  return { ...facts, user: known(user), from: withAttributeNames(from), to: withAttributeNames(to) };
}

const COLUMNS = ['externalId', 'userId', 'name', 'email', 'change', 'harms', 'from', 'to', 'effects', 'why'] as const;

export const PLAN_CSV_HEAD = `${COLUMNS.join(',')}\r\n`;

/** A line of a plan as CSV (RFC 4180). */
export function planCsvLine(line: PlanLine): string {
  const { externalId, user, change, harms, from, to, effects, why } = viewPlanLine(line);
  const cells = [
    externalId,
    user.id ?? '',
    user.name ?? '',
    user.email ?? '',
    change,
    harms.join(' '),
    JSON.stringify(from),
    JSON.stringify(to),
    effects.join(' '),
    why,
  ];
  return csvLine(cells);
}
