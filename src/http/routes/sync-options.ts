import { z } from 'zod';
import { optionsOf, type SyncOptions } from '../../core/sync-options.ts';
import { DIRECTORIES, type DirectoryName } from '../../core/user.ts';
import { changeSyncOptions } from '../../services/change-sync-options.ts';
import { previewMapping } from '../../services/preview-mapping.ts';
import { readTarget, startDryRun } from '../../services/start-run.ts';
import { withAttributeNames } from '../attribute-names.ts';
import { values } from '../common-schemas.ts';
import { integrationSchema, readIntegrationView } from '../integration-view.ts';
import { type Route, route } from '../route.ts';
import { runSchema, viewWholeRun } from '../run-view.ts';
import { mappingSchema } from '../sync-options-schema.ts';
import { editOptions, optionsEditSchema, proposalOf, proposalSchema } from '../sync-options-view.ts';

const PATH = '/api/organizations/:org/integrations';
const OPERATION_NAMES: { readonly [source in DirectoryName]: string } = { google: 'Google', microsoft: 'Microsoft' };

function chooseRoute(source: DirectoryName): Route {
  return route({
    method: 'patch',
    path: `${PATH}/${source}`,
    policy: 'settings',
    name: `choose${OPERATION_NAMES[source]}Options`,
    summary: 'Chooses scope, mapping, schedule and removal rules of a sync.',
    body: optionsEditSchema,
    answer: integrationSchema,
    refusals: ['not_configured', 'confirmation_required', 'stale'],
    async handle({ deps }, { params: { org }, body }) {
      const change = (present: SyncOptions) => editOptions(source, present, body);
      await changeSyncOptions(deps, org, source, change, body.confirm ?? null);
      return readIntegrationView(deps, org, source);
    },
  });
}

function dryRunRoute(source: DirectoryName): Route {
  return route({
    method: 'post',
    path: `${PATH}/${source}/dry-runs`,
    policy: 'settings',
    name: `startDry${OPERATION_NAMES[source]}Run`,
    summary: 'Starts a run that writes nobody; its plan says what it would do. Works while the sync is switched off.',
    body: proposalSchema.meta({ description: 'Scope and mapping to try in place of what is chosen.' }),
    bodyOptional: true,
    status: 202,
    answer: runSchema,
    refusals: ['not_configured', 'run_in_progress'],
    async handle({ deps }, { params: { org }, body }) {
      const { integration } = await readTarget(deps, org, source);
      const proposal = proposalOf(source, optionsOf(integration), body);
      return viewWholeRun(await startDryRun(deps, org, source, proposal), integration);
    },
  });
}

const mappedPerson = z.object({
  externalId: z.string(),
  email: z.string().nullable(),
  before: values.meta({ description: 'By the present mapping.' }),
  after: values,
});

function previewRoute(source: DirectoryName): Route {
  return route({
    method: 'post',
    path: `${PATH}/${source}/mapping/preview`,
    policy: 'settings',
    name: `preview${OPERATION_NAMES[source]}Mapping`,
    summary: 'Shows on five people of the directory what a mapping makes of them.',
    body: z.strictObject({ mapping: mappingSchema }),
    answer: z.object({ items: z.array(mappedPerson) }),
    refusals: ['not_configured', 'directory_unreachable'],
    async handle({ deps }, { params: { org }, body }) {
      const people = await previewMapping(deps, org, source, body.mapping as SyncOptions['mapping']);
      const items = people.map(({ before, after, ...facts }) => ({
        ...facts,
        before: withAttributeNames(before),
        after: withAttributeNames(after),
      }));
      return { items };
    },
  });
}

export const syncOptionRoutes: readonly Route[] = DIRECTORIES.flatMap((source) => [
  chooseRoute(source),
  dryRunRoute(source),
  previewRoute(source),
]);
