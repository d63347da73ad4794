import { z } from 'zod';
import {
  BULK_ACTIONS,
  BULK_STATES,
  BULK_VERDICTS,
  type Bulk,
  type BulkAction,
  MOST_PEOPLE,
  needsCount,
} from '../core/bulk.ts';
import type { BulkResult } from '../services/list-bulk-results.ts';
import { level } from './access-view.ts';
import { actor, instant } from './common-schemas.ts';
import { known } from './known.ts';
import { reason } from './lifecycle-view.ts';
import { appliedDefaultsSchema, USER_FILTERS } from './user-filters.ts';

const LONGEST_ID = 200;

/** There may be 50,000 of them, so that the schema of one says only what it costs nothing to check. */
const ids = z.array(z.string().meta({ minLength: 1, maxLength: LONGEST_ID })).superRefine((listed, { addIssue }) => {
  const at = listed.findIndex((id) => id === '' || id.length > LONGEST_ID);
  if (at >= 0) addIssue({ code: 'custom', path: [at], message: `must have 1 to ${LONGEST_ID} characters` });
});

const selection = z
  .strictObject({
    ids: ids
      .min(1)
      .optional()
      .meta({ description: `Up to ${MOST_PEOPLE}.` }),
    filter: z
      .strictObject(USER_FILTERS)
      .optional()
      .meta({ description: 'As the parameters of the list of users; active employees, unless it says otherwise.' }),
    except: ids.optional().meta({ description: 'Whom the filter selects and who is spared.' }),
  })
  .superRefine(({ ids: listed, filter, except }, { addIssue }) => {
    if ((listed === undefined) === (filter === undefined))
      addIssue({ code: 'custom', path: [], message: 'must have either ids or a filter' });
    if (listed && except) addIssue({ code: 'custom', path: ['except'], message: 'goes with a filter, not with ids' });
  });

const pool = z.string().min(1).max(200);

/** What goes with some actions, and with no other. */
const ACTIONS_WITH: readonly (readonly ['level' | 'pool', readonly BulkAction[]])[] = [
  ['level', ['setLevel']],
  ['pool', ['addPool', 'removePool']],
];

export const bulkBody = z
  .strictObject({
    action: z.enum(BULK_ACTIONS),
    level: level.optional().meta({ description: 'For setLevel, and only there.' }),
    pool: pool.optional().meta({ description: 'For addPool and removePool, and only there.' }),
    select: selection,
    reason,
  })
  .superRefine((body, { addIssue }) => {
    for (const [member, actions] of ACTIONS_WITH) {
      const isNeeded = actions.includes(body.action);
      const message = `must be given for ${actions.join(' and ')}, and only there`;
      if (isNeeded === (body[member] === undefined)) addIssue({ code: 'custom', path: [member], message });
    }
  })
  .meta({ id: 'BulkRequest' });

const count = z.int();
const counts = z.partialRecord(z.enum(BULK_VERDICTS), count);

export const bulkSchema = z
  .object({
    id: z.string(),
    state: z.enum(BULK_STATES),
    action: z.enum(BULK_ACTIONS),
    level: level.optional(),
    pool: z.string().optional(),
    reason: z.string().optional(),
    by: actor,
    createdAt: instant,
    expiresAt: instant.optional().meta({ description: 'When it is forgotten who it is about; absent once it was.' }),
    total: count,
    counts: counts.meta({ description: 'People by what is expected to become of them; done: they are changed.' }),
    effects: z
      .object({
        poolsLeft: count,
        rolesDormant: count,
        rolesErased: count,
        rolesRestored: count.meta({ description: 'As far as there still are such roles.' }),
        interviewsToReschedule: count.meta({ description: 'Places in booked interviews that need somebody else.' }),
        sessionsEnd: count,
      })
      .meta({ description: 'Of all people together.' }),
    needsConfirmCount: z.boolean().meta({ description: 'Whether confirming must name counts.done.' }),
    digest: z.string().optional().meta({ description: 'Of what was looked at; confirming names it.' }),
    progress: z.object({ people: count, of: count }),
    outcomes: counts.meta({ description: 'People by what became of them.' }),
    appliedDefaults: appliedDefaultsSchema.optional(),
  })
  .meta({ id: 'Bulk', description: 'An action on many people.' });

export function viewBulk(bulk: Bulk) {
  const { id, state, action, level, pool, reason, by, createdAt, expiresAt, total, counts, effects, digest, outcomes } =
    bulk;
  const { cancelled = 0 } = outcomes;
  const people = Object.values(outcomes).reduce((sum, each) => sum + each, 0) - cancelled;
  return {
    ...known({ level, pool, reason, expiresAt, digest }),
    id,
    state,
    action,
    by,
    createdAt,
    total,
    counts,
    effects,
    needsConfirmCount: needsCount(bulk),
    progress: { people, of: total },
    outcomes,
  };
}

const verdict = z.enum(BULK_VERDICTS);

export const bulkResultSchema = z
  .object({
    userId: z.string(),
    expected: verdict,
    verdict: verdict.optional().meta({ description: 'What became of them; absent until it did.' }),
    reason: z.string().optional(),
  })
  .meta({ id: 'BulkResult' });

export function viewBulkResult({ person, outcome }: BulkResult) {
  const { verdict: became = null, reason = null } = outcome ?? {};
  return { userId: person.id, expected: person.verdict, ...known({ verdict: became, reason }) };
}
