import { z } from 'zod';
import { SOURCE_TITLES } from '../core/change-summary.ts';
import { AppError } from '../core/errors.ts';
import type { Integration } from '../core/integration.ts';
import type { Organization } from '../core/organization.ts';
import { optionsOf } from '../core/sync-options.ts';
import type { SyncState } from '../core/sync-state.ts';
import { isQuarantined } from '../core/trouble.ts';
import type { DirectoryName } from '../core/user.ts';
import type { Dependencies } from '../services/dependencies.ts';
import { shownTrouble } from '../services/due-times.ts';
import { readOrganization } from '../services/organizations.ts';
import { directory, instant } from './common-schemas.ts';
import { known } from './known.ts';
import { planStateSchema, viewHeldPlan } from './plan-view.ts';
import { optionsSchema, viewOptions } from './sync-options-view.ts';

const trouble = z
  .object({
    since: instant,
    cause: z.enum(['config', 'retry', 'crashed']),
    message: z.string().meta({ description: 'What an admin has to do, or what the directory said.' }),
    failures: z.int().meta({ description: 'Failed runs in a row.' }),
    nextAttemptAt: instant.optional().meta({ description: 'Absent: none by itself any more.' }),
  })
  .meta({ id: 'SyncTrouble' });

const STATES = ['not_syncing', 'off', 'quarantined', 'held', 'paused', 'ok'] as const;
type State = (typeof STATES)[number];

export const integrationSchema = z
  .object({
    source: directory,
    account: z.string().meta({ description: 'The address of the service account, or the id of the application.' }),
    subject: z.string().optional().meta({ description: 'The administrator a service account acts as.' }),
    tenant: z.string().optional().meta({ description: "The directory's own tenant, once it is known." }),
    people: z
      .object({ includeGuests: z.boolean(), onlyLicensed: z.boolean(), useInitialDomain: z.boolean() })
      .optional()
      .meta({ description: 'Which people of a Microsoft 365 tenant are taken.' }),
    state: z.enum(STATES).meta({
      description:
        'off: four weeks of failure ended it; quarantined: it fails and is put off; held: a plan waits for somebody.',
    }),
    trouble: trouble.optional(),
    plan: planStateSchema.optional(),
    options: optionsSchema,
    absent: z.int().meta({ description: 'People whose absence waits for its time.' }),
    lastOkAt: instant.optional().meta({ description: 'When a run last came to its end.' }),
    lastFullAt: instant.optional().meta({ description: 'When one that listed everybody last did.' }),
    version: z.int(),
    nextDueAt: instant.optional().meta({ description: 'Absent while no scheduled run is wanted.' }),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Integration', description: 'How a directory is connected, and how its sync fares; never the key.' });

/** How a directory is connected and fares. Throws `not_found` while it is not connected. */
export async function readIntegrationView(deps: Dependencies, organizationId: string, source: DirectoryName) {
  const organization = await readOrganization(deps, organizationId);
  const { integrations, syncStates, removals } = deps.stores;
  const integration = await integrations.get(organizationId, source);
  if (!integration) throw new AppError('not_found', `${SOURCE_TITLES[source]} is not connected yet`);
  const state = await syncStates.get(organizationId, source);
  const absent = await removals.count(organizationId, source);
  const { account, subject, tenant, people = null, version, nextDueAt, createdAt, updatedAt } = integration;
  const { lastOkAt, lastFullAt } = state;
  const now = deps.clock.now();
  return known({
    ...{ source, account, subject, tenant, people, version, nextDueAt, createdAt, updatedAt, lastOkAt, lastFullAt },
    state: stateOf(organization, integration, state, now),
    trouble: state.trouble && known(shownTrouble(deps, integration, state.trouble)),
    plan: state.plan && viewHeldPlan(state.plan, now),
    options: viewOptions(optionsOf(integration)),
    absent,
  });
}

/** In the order in which they matter to an admin. */
function stateOf(
  { settings }: Organization,
  integration: Integration,
  { trouble, plan }: SyncState,
  now: number,
): State {
  const rows: readonly (readonly [State, boolean])[] = [
    ['not_syncing', !settings[integration.source].syncUsers],
    ['off', trouble !== null && trouble.nextAttemptAt === null],
    ['quarantined', isQuarantined(trouble)],
    ['held', plan?.state === 'waiting' && Date.parse(plan.expiresAt) > now],
    ['paused', optionsOf(integration).schedule.paused],
  ];
  return rows.find(([, holds]) => holds)?.[0] ?? 'ok';
}
