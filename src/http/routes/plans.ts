import { z } from 'zod';
import { AppError, notFound } from '../../core/errors.ts';
import type { Run } from '../../core/run.ts';
import { DIRECTORIES, type DirectoryName } from '../../core/user.ts';
import { decidePlan, newestPlan } from '../../services/decide-plan.ts';
import { readOrganization } from '../../services/organizations.ts';
import { planLines, readPlan } from '../../services/read-plan.ts';
import { cursorsOf, PAGING } from '../pagination.ts';
import {
  PLAN_CSV_HEAD,
  planCsvLine,
  planLineSchema,
  planStateSchema,
  viewHeldPlan,
  viewPlanLine,
} from '../plan-view.ts';
import { type ApiContext, type Route, route } from '../route.ts';
import { runSchema, viewWholeRun } from '../run-view.ts';

const RUN_PLAN = '/api/organizations/:org/runs/:id/plan';
const CURSORS = cursorsOf('plan');
const OPERATION_NAMES: { readonly [source in DirectoryName]: string } = { google: 'Google', microsoft: 'Microsoft' };

const digest = z.string().min(1).max(200).meta({ description: 'Of the plan that was looked at.' });

async function plannedRun({ deps }: ApiContext, organizationId: string, id: string): Promise<Run> {
  await readOrganization(deps, organizationId);
  const run = await deps.stores.runs.get(organizationId, id);
  if (!run) throw notFound('run');
  if (!run.plan) throw new AppError('not_found', 'this run has no plan');
  return run;
}

async function* csvOf(context: ApiContext, run: Run): AsyncGenerator<string> {
  yield PLAN_CSV_HEAD;
  for await (const lines of planLines(context.deps, run)) yield lines.map(planCsvLine).join('');
}

const readRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: RUN_PLAN,
    policy: 'settings',
    name: 'readPlan',
    summary: 'Reads what the plan of a held or a dry run would do, person by person, as it would come out now.',
    query: z.strictObject(PAGING),
    answer: z.object({
      number: z.int().optional(),
      digest: z.string(),
      total: z.int(),
      counts: z
        .record(z.string(), z.int())
        .meta({ description: 'By harm; newcomers under create, the rest under change.' }),
      items: z.array(planLineSchema),
      next: z.string().nullable().meta({ description: 'The cursor of the page that follows; null after the last.' }),
    }),
    refusals: ['not_configured'],
    async handle(context, { params: { org, id }, query: { cursor, limit } }) {
      const run = await plannedRun(context, org, id);
      const { items, next } = await readPlan(context.deps, run, CURSORS.keyIn(cursor), limit);
      const { number = null, digest = '', total = 0, counts = {} } = run.plan ?? {};
      const page = { items: items.map(viewPlanLine), next: CURSORS.next(next) };
      return { ...(number === null ? {} : { number }), digest, total, counts, ...page };
    },
  }),
  route({
    method: 'get',
    path: `${RUN_PLAN}.csv`,
    policy: 'settings',
    name: 'downloadPlan',
    summary: 'The same, every line, as a CSV file.',
    answer: null,
    file: { mediaType: 'text/csv; charset=utf-8', name: 'plan.csv' },
    refusals: ['not_configured'],
    handle: async (context, { params: { org, id } }) => csvOf(context, await plannedRun(context, org, id)) as never,
  }),
];

const planPath = (source: DirectoryName) => `/api/organizations/:org/integrations/${source}/plan` as const;

const decision = z.object({ plan: planStateSchema, run: runSchema.optional() });
const DECISION_REFUSALS = ['not_configured', 'plan_changed', 'plan_expired', 'plan_decided'] as const;

function newestRoute(source: DirectoryName): Route {
  return route({
    method: 'get',
    path: planPath(source),
    policy: 'settings',
    name: `read${OPERATION_NAMES[source]}Plan`,
    summary: 'Reads the newest plan, and what became of it.',
    answer: planStateSchema,
    refusals: ['not_configured'],
    async handle({ deps }, { params: { org } }) {
      const plan = await newestPlan(deps, org, source);
      if (!plan) throw new AppError('not_found', 'no run was ever held');
      return viewHeldPlan(plan, deps.clock.now());
    },
  });
}

function approveRoute(source: DirectoryName): Route {
  return route({
    method: 'post',
    path: `${planPath(source)}/approve`,
    policy: 'settings',
    name: `approve${OPERATION_NAMES[source]}Plan`,
    summary: 'Lets the waiting plan through: a run starts, and does exactly this or asks anew.',
    body: z.strictObject({
      digest,
      removals: z.boolean().default(true).meta({ description: 'false: whoever would be taken away stays.' }),
    }),
    answer: decision,
    refusals: [...DECISION_REFUSALS, 'sync_disabled'],
    async handle({ deps }, { params: { org }, actor: by, body }) {
      const { plan, run } = await decidePlan(deps, org, source, { ...body, verdict: 'approved', by });
      const integration = await deps.stores.integrations.get(org, source);
      return { plan: viewHeldPlan(plan, deps.clock.now()), ...(run ? { run: viewWholeRun(run, integration) } : {}) };
    },
  });
}

function rejectRoute(source: DirectoryName): Route {
  return route({
    method: 'post',
    path: `${planPath(source)}/reject`,
    policy: 'settings',
    name: `reject${OPERATION_NAMES[source]}Plan`,
    summary: 'Leaves everybody as they are; scheduled runs do not ask again as long as they propose the same.',
    body: z.strictObject({ digest }),
    answer: decision,
    refusals: DECISION_REFUSALS,
    async handle({ deps }, { params: { org }, actor: by, body }) {
      const decided = { ...body, verdict: 'rejected', removals: false, by } as const;
      const { plan } = await decidePlan(deps, org, source, decided);
      return { plan: viewHeldPlan(plan, deps.clock.now()) };
    },
  });
}

export const planRoutes: readonly Route[] = [
  ...readRoutes,
  ...DIRECTORIES.flatMap((source) => [newestRoute(source), approveRoute(source), rejectRoute(source)]),
];
