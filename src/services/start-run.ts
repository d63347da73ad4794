import { baselineFor } from '../core/baseline.ts';
import { AppError, isAppError } from '../core/errors.ts';
import type { Integration } from '../core/integration.ts';
import type { Organization } from '../core/organization.ts';
import { NO_COUNTS, type Run } from '../core/run.ts';
import { groupsOf } from '../core/scope.ts';
import { optionsOf, optionsOfRun, type SyncOptions } from '../core/sync-options.ts';
import type { AskedRun, SyncState } from '../core/sync-state.ts';
import type { DirectoryName } from '../core/user.ts';
import { timestamp } from '../ports/clock.ts';
import type { Dependencies } from './dependencies.ts';
import { writeDue } from './due-times.ts';
import { readOrganization } from './organizations.ts';
import { withMemberships } from './read-memberships.ts';
import { changeSyncState } from './sync-states.ts';
import { wantsListing } from './wants-listing.ts';

export const SYNC_PAGE = 'sync-page';

/**
 * Starts a run, or, while one is under way, sees to it that exactly one more follows; returns the run that is queued or running.
 *
 * It reads what changed since the last one where the directory can tell and nothing speaks for listing everybody; a `kind` of
 * `full` asks for the latter. Throws `not_configured` without an integration and `sync_disabled` while *Sync … users?* is off.
 */
export async function startRun(
  deps: Dependencies,
  organizationId: string,
  source: DirectoryName,
  trigger: Run['trigger'],
  kind: Run['kind'] = 'delta',
): Promise<Run> {
  const { stores, clock } = deps;
  const { organization, integration } = await readTarget(deps, organizationId, source);
  if (!organization.settings[source].syncUsers)
    throw new AppError('sync_disabled', 'syncing users from this directory is switched off; switch it on first');
  const pins = pinsOf(organization, integration);
  const latest = await stores.runs.latest(organizationId, source);
  const baseline = baselineFor(latest, pins, clock.now());
  const state = await stores.syncStates.get(organizationId, source);
  const isFull = kind === 'full' || baseline === null || (await wantsListing(deps, integration, state, latest));
  const way = isFull
    ? ({ kind: 'full', cursor: null } as const)
    : ({ kind: 'delta', cursor: baseline.cursor } as const);
  const run: Run = { ...newRun(deps, integration, trigger), pins, baseline, ...way };
  try {
    const begun = await insertRun(deps, run, optionsOf(integration));
    await forgetAsked(deps, state);
    return begun;
  } catch (error) {
    if (!isAppError(error, 'run_in_progress')) throw error;
    return followLater(deps, integration, { kind, trigger });
  }
}

/**
 * Starts a run that lists everybody and writes nobody: all it would do stays as its plan. Works while the sync is switched off.
 *
 * `proposal` takes the place of the integration's own options. Throws `not_configured`, and `run_in_progress` while another run is
 * under way.
 */
export async function startDryRun(
  deps: Dependencies,
  organizationId: string,
  source: DirectoryName,
  proposal: NonNullable<Run['proposal']> = {},
): Promise<Run> {
  const { organization, integration } = await readTarget(deps, organizationId, source);
  const pins = pinsOf(organization, integration);
  const baseline = baselineFor(await deps.stores.runs.latest(organizationId, source), pins, deps.clock.now());
  const way = { kind: 'full', cursor: null, dry: true, proposal } as const;
  const run: Run = { ...newRun(deps, integration, 'operator'), pins, baseline, ...way };
  return insertRun(deps, run, optionsOfRun(run, integration));
}

async function insertRun(deps: Dependencies, run: Run, { scope }: SyncOptions): Promise<Run> {
  const grouping = { phase: 'grouping', grouping: { index: 0, cursor: null } } as const;
  const scoped: Run = groupsOf(scope).length > 0 ? { ...run, ...grouping } : run;
  const begun = await withMemberships(deps, scoped);
  await deps.stores.runs.insert(begun);
  await enqueueRun(deps, begun);
  return begun;
}

function pinsOf({ settings }: Organization, { source, version }: Integration): Run['pins'] {
  return { syncVersion: settings[source].syncVersion, integrationVersion: version };
}

/**
 * Queues the next step of a run, not before its time; asking twice is asking once.
 *
 * The key changes with every step, so that a job lost with its worker keeps nobody from asking again, and an asking for later does
 * not stand in for one that is due.
 */
export async function enqueueRun(deps: Dependencies, run: Run): Promise<void> {
  const { organizationId, id: runId, epoch } = run;
  const delayMs = waitOf(deps, run);
  const key = delayMs > 0 ? `${runId}.${epoch}.later` : `${runId}.${epoch}`;
  await deps.queue.enqueue(SYNC_PAGE, { organizationId, runId }, { key, delayMs });
}

/** Milliseconds until a run may go on. */
export function waitOf({ clock }: Pick<Dependencies, 'clock'>, { notBefore }: Run): number {
  return notBefore === null ? 0 : Math.max(0, Date.parse(notBefore) - clock.now());
}

async function followLater(
  deps: Dependencies,
  integration: Integration,
  { kind, trigger }: Omit<AskedRun, 'id'>,
): Promise<Run> {
  const { organizationId, source } = integration;
  const id = deps.identifiers.next();
  await changeSyncState(deps, integration, (state) => ({
    ...state,
    asked: { id, trigger, kind: state.asked?.kind === 'full' ? 'full' : kind },
  }));
  await writeDue(deps, organizationId, source);
  const latest = await deps.stores.runs.latest(organizationId, source);
  if (!latest) throw new AppError('unavailable', 'the run under way could not be read; try again');
  return latest;
}

/** What was asked for has been started; whoever has asked since gets another run. */
async function forgetAsked(deps: Dependencies, { asked, ...place }: SyncState): Promise<void> {
  if (!asked) return;
  await changeSyncState(deps, place, (state) => (state.asked?.id === asked.id ? { ...state, asked: null } : state));
}

export async function readTarget(
  deps: Dependencies,
  organizationId: string,
  source: DirectoryName,
): Promise<{ organization: Organization; integration: Integration }> {
  const organization = await readOrganization(deps, organizationId);
  const integration = await deps.stores.integrations.get(organizationId, source);
  if (!integration) throw new AppError('not_configured', 'this directory is not connected yet');
  return { organization, integration };
}

/** Whether what a run pinned at its start has moved since: then nothing of it may take effect any more. */
export function hasMoved(
  { pins, source, dry = false }: Run,
  { settings }: Organization,
  { version }: Integration,
): boolean {
  const { syncUsers, syncVersion } = settings[source];
  const isOff = !syncUsers && !dry;
  return isOff || pins.syncVersion !== syncVersion || pins.integrationVersion !== version;
}

function newRun(
  deps: Dependencies,
  integration: Integration,
  trigger: Run['trigger'],
): Omit<Run, 'kind' | 'pins' | 'cursor'> {
  const { organizationId, id: integrationId, source } = integration;
  return {
    id: deps.identifiers.next(),
    organizationId,
    integrationId,
    source,
    trigger,
    state: 'queued',
    phase: 'listing',
    epoch: 0,
    starts: 0,
    checkpoint: null,
    counts: NO_COUNTS,
    reasons: [],
    reasonsDropped: 0,
    unidentified: false,
    activeBefore: 0,
    attempts: 0,
    notBefore: null,
    resets: 0,
    loopMark: null,
    plan: null,
    createdAt: timestamp(deps.clock),
    startedAt: null,
    finishedAt: null,
  };
}
