import { z } from 'zod';
import { notFound } from '../../core/errors.ts';
import type { Run } from '../../core/run.ts';
import { DIRECTORIES, type DirectoryName } from '../../core/user.ts';
import { readOrganization } from '../../services/organizations.ts';
import { startRun } from '../../services/start-run.ts';
import { cursorsOf, PAGING, pageOf } from '../pagination.ts';
import { type Route, route } from '../route.ts';
import { runSchema, viewRun, viewWholeRun } from '../run-view.ts';

const RUNS = '/api/organizations/:org/runs';

const CURSORS = cursorsOf('runs');

const OPERATION_NAMES: { readonly [source in DirectoryName]: string } = {
  google: 'startGoogleRun',
  microsoft: 'startMicrosoftRun',
};

function startRoute(source: DirectoryName): Route {
  return route({
    method: 'post',
    path: `/api/organizations/:org/integrations/${source}/runs`,
    policy: 'settings',
    name: OPERATION_NAMES[source],
    summary: 'Starts a run. While one is under way, one more follows it, and the one under way is the answer.',
    body: z
      .strictObject({
        kind: z
          .enum(['full', 'delta'])
          .default('delta')
          .meta({ description: 'full lists everybody; delta reads what changed where the directory can tell.' }),
      })
      .partial(),
    bodyOptional: true,
    status: 202,
    answer: runSchema,
    refusals: ['not_configured', 'sync_disabled'],
    async handle({ deps }, { params: { org }, body }) {
      const run = await startRun(deps, org, source, 'operator', body?.kind);
      return viewWholeRun(run, await deps.stores.integrations.get(org, source));
    },
  });
}

export const runRoutes: readonly Route[] = [
  ...DIRECTORIES.map(startRoute),
  route({
    method: 'get',
    path: RUNS,
    policy: 'settings',
    name: 'listRuns',
    summary: 'Lists runs, the newest first, without their reasons.',
    query: z.strictObject(PAGING),
    answer: pageOf(runSchema),
    async handle({ deps }, { params: { org }, query: { cursor, limit } }) {
      await readOrganization(deps, org);
      const integrations = await deps.stores.integrations.list(org);
      const { items, next } = await deps.stores.runs.list(org, CURSORS.keyIn(cursor), limit);
      const integrationOf = (run: Run) => integrations.find(({ source }) => source === run.source) ?? null;
      const total = await deps.stores.runs.count(org);
      return { items: items.map((run) => viewRun(run, integrationOf(run))), next: CURSORS.next(next), total };
    },
  }),
  route({
    method: 'get',
    path: `${RUNS}/:id`,
    policy: 'settings',
    name: 'readRun',
    summary: 'Reads a run with everything it has to say.',
    answer: runSchema,
    async handle({ deps: { stores } }, { params: { org, id } }) {
      const run = await stores.runs.get(org, id);
      if (!run) throw notFound('run');
      return viewWholeRun(run, await stores.integrations.get(org, run.source));
    },
  }),
];
