import { baselineFor } from '../core/baseline.ts';
import { AppError, isAppError } from '../core/errors.ts';
import type { Integration } from '../core/integration.ts';
import type { Organization } from '../core/organization.ts';
import { NO_COUNTS, type Run } from '../core/run.ts';
import { groupsOf } from '../core/scope.ts';
import { optionsOf, optionsOfRun, type SyncOptions } from '../core/sync-options.ts';
import type { DirectoryName } from '../core/user.ts';
import { timestamp } from '../ports/clock.ts';
import type { Dependencies } from './dependencies.ts';
import { readOrganization } from './organizations.ts';

export const SYNC_PAGE = 'sync-page';

const MINUTE_MS = 60_000;
/** Accepted conflicts looked through for one of this directory; with as many, everybody is listed unasked. */
const MOST_ACCEPTED = 50;

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
  const { organization, integration } = await readTarget(deps, organizationId, source);
  if (!organization.settings[source].syncUsers)
    throw new AppError('sync_disabled', 'syncing users from this directory is switched off; switch it on first');
  const pins = pinsOf(organization, integration);
  const baseline = baselineFor(await deps.stores.runs.latest(organizationId, source), pins, deps.clock.now());
  const isFull = kind === 'full' || baseline === null || (await wantsListing(deps, integration));
  const way = isFull
    ? ({ kind: 'full', cursor: null } as const)
    : ({ kind: 'delta', cursor: baseline.cursor } as const);
  const run: Run = { ...newRun(deps, integration, trigger), pins, baseline, ...way };
  try {
    return await insertRun(deps, run, optionsOf(integration));
  } catch (error) {
    if (!isAppError(error, 'run_in_progress')) throw error;
    return followLater(deps, integration);
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
  const begun: Run = groupsOf(scope).length > 0 ? { ...run, ...grouping } : run;
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

async function followLater(deps: Dependencies, integration: Integration): Promise<Run> {
  const { organizationId, source, nextDueAt } = integration;
  await deps.stores.integrations.claimDue(organizationId, source, nextDueAt, timestamp(deps.clock));
  const latest = await deps.stores.runs.latest(organizationId, source);
  if (!latest) throw new AppError('unavailable', 'the run under way could not be read; try again');
  return latest;
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

/**
 * Whether a delta would not do: an accepted link is made when the directory shows the person, which a delta would not do again; who
 * joined or left a group is told by no delta; a listing may be due.
 */
async function wantsListing({ stores, clock }: Dependencies, integration: Integration): Promise<boolean> {
  const { organizationId, source } = integration;
  const { scope, schedule } = optionsOf(integration);
  if (groupsOf(scope).length > 0) return true;
  const { lastFullAt } = await stores.syncStates.get(organizationId, source);
  const age = lastFullAt === null ? 0 : clock.now() - Date.parse(lastFullAt);
  if (age >= schedule.fullEveryMinutes * MINUTE_MS) return true;
  const { items } = await stores.conflicts.list(organizationId, 'accepted', null, MOST_ACCEPTED);
  return (
    items.length === MOST_ACCEPTED || items.some((conflict) => conflict.kind === 'link' && conflict.source === source)
  );
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
