import { isAppError } from '../core/errors.ts';
import { NO_SWEEP, type Organization, type Sweep } from '../core/organization.ts';
import { PLAIN_TERMS, settle } from '../core/settle.ts';
import type { User } from '../core/user.ts';
import { timestamp } from '../ports/clock.ts';
import { closeSilencedAccounts } from './agency-conflicts.ts';
import { lookForDisagreement } from './conflicts.ts';
import type { Dependencies, WriteDependencies } from './dependencies.ts';
import { BY_SETTINGS } from './preview-settings.ts';
import { resettle } from './record-change.ts';

export const SWEEP = 'sweep';

export type SweepDependencies = WriteDependencies & Pick<Dependencies, 'tuning'>;

/** The sweep that carries a new settings version to everybody. */
export const sweepOf = (settingsVersion: number): Sweep => ({
  ...NO_SWEEP,
  state: 'running',
  version: settingsVersion,
});

/**
 * Re-resolves one page of an organization's stored people with the settings of now, without asking any directory.
 *
 * Tells whether another page remains. Only who changes is written. Its place is stored after the page, so that a crash repeats a
 * page at most; settings that move meanwhile start the sweep anew. The last admin stays and leaves an alert.
 */
export async function sweepPage(deps: SweepDependencies, organizationId: string): Promise<boolean> {
  const organization = await deps.stores.organizations.get(organizationId);
  if (organization?.sweep.state !== 'running') return false;
  const { sweep } = organization;
  const page = await deps.stores.users.list(organizationId, null, sweep.cursor, deps.tuning.sweepPage);
  let changed = 0;
  if (deps.seededBug !== 'no_recompute')
    for (const user of page.items) if (await sweepOne(deps, organization, user)) changed++;
  if (page.next === null) await closeSilencedAccounts(deps, organization);
  const next: Sweep = {
    ...sweep,
    cursor: page.next,
    visited: sweep.visited + page.items.length,
    changed: sweep.changed + changed,
    state: page.next === null ? 'idle' : 'running',
  };
  return storeProgress(deps, organization, next);
}

async function sweepOne(deps: SweepDependencies, { id, settings }: Organization, user: User): Promise<boolean> {
  const terms = { ...PLAIN_TERMS, at: timestamp(deps.clock), by: BY_SETTINGS };
  if (!settle(user, user, settings, terms).changed) {
    await lookForDisagreement(deps, user);
    return false;
  }
  return (await resettle(deps, id, user.id)).changed;
}

/** Stores the sweep's place unless another change of settings has started it anew meanwhile. */
async function storeProgress(deps: SweepDependencies, used: Organization, sweep: Sweep): Promise<boolean> {
  for (;;) {
    const organization = await deps.stores.organizations.get(used.id);
    if (!organization) return false;
    if (organization.sweep.version !== sweep.version || organization.sweep.cursor !== used.sweep.cursor) return true;
    try {
      await deps.stores.organizations.save({ ...organization, sweep, version: organization.version + 1 });
      return sweep.state === 'running';
    } catch (error) {
      if (!isAppError(error, 'stale')) throw error;
    }
  }
}
