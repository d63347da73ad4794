import { AppError } from '../core/errors.ts';
import type { Integration } from '../core/integration.ts';
import { type Json, sameJson } from '../core/json.ts';
import { optionsOf, type SyncOptions } from '../core/sync-options.ts';
import type { DirectoryName } from '../core/user.ts';
import { timestamp } from '../ports/clock.ts';
import type { Dependencies } from './dependencies.ts';
import { writeDue } from './due-times.ts';
import { orLost, untilWon } from './lost-races.ts';
import { readTarget, startRun } from './start-run.ts';

/** Makes new options of the present ones; throws `invalid`. */
export type ChangeOptions = (options: SyncOptions) => SyncOptions;

const DRY_RUN_COUNTS_MS = 24 * 3_600_000;
const RUNS_LOOKED_AT = 100;

/**
 * Changes what was chosen about an integration.
 *
 * Another scope or mapping ends a run under way and starts one that lists everybody; once people have been synced it needs `confirm`,
 * the digest of the plan of a dry run with the very same scope and mapping in the last 24 hours, else `confirmation_required`. Another
 * schedule moves the due time. Throws `not_configured`.
 */
export async function changeSyncOptions(
  deps: Dependencies,
  organizationId: string,
  source: DirectoryName,
  change: ChangeOptions,
  confirm: string | null,
): Promise<Integration> {
  const { before, after } = await untilWon(undefined, () =>
    orLost(`${organizationId}/${source}`, () => save(deps, organizationId, source, change, confirm)),
  );
  const { organization } = await readTarget(deps, organizationId, source);
  const isOn = organization.settings[source].syncUsers;
  const nextDueAt = await writeDue(deps, organizationId, source);
  if (isOn && before.version !== after.version) await startRun(deps, organizationId, source, 'settings');
  return { ...after, nextDueAt };
}

async function save(
  deps: Dependencies,
  organizationId: string,
  source: DirectoryName,
  change: ChangeOptions,
  confirm: string | null,
): Promise<{ readonly before: Integration; readonly after: Integration }> {
  const { integration: before } = await readTarget(deps, organizationId, source);
  const options = change(optionsOf(before));
  const decides = !same(decisive(optionsOf(before)), decisive(options));
  if (decides) await checkConfirmed(deps, before, options, confirm);
  const after: Integration = {
    ...before,
    options,
    version: before.version + Number(decides),
    revision: (before.revision ?? 1) + 1,
    updatedAt: timestamp(deps.clock),
  };
  if (same(optionsOf(before), options)) return { before, after: before };
  await deps.stores.integrations.save(after);
  return { before, after };
}

const decisive = ({ scope, mapping }: SyncOptions) => ({ scope, mapping });

const same = (left: object, right: object): boolean => sameJson(left as Json, right as Json);

async function checkConfirmed(
  { stores, clock }: Dependencies,
  integration: Integration,
  options: SyncOptions,
  confirm: string | null,
): Promise<void> {
  const { organizationId, source, version } = integration;
  const present = optionsOf(integration);
  const { lastOkAt } = await stores.syncStates.get(organizationId, source);
  if (lastOkAt === null) return;
  const { items } = await stores.runs.list(organizationId, null, RUNS_LOOKED_AT);
  const since = new Date(clock.now() - DRY_RUN_COUNTS_MS).toISOString();
  const isShown = items.some(
    (run) =>
      run.dry &&
      run.source === source &&
      run.state === 'finished' &&
      run.createdAt > since &&
      run.pins.integrationVersion === version &&
      run.plan?.digest === confirm &&
      same(decisive({ ...present, ...run.proposal }), decisive(options)),
  );
  if (!isShown)
    throw new AppError(
      'confirmation_required',
      'see first what this does: start a dry run with the same scope and mapping, look at its plan, and send its digest as "confirm"',
    );
}
