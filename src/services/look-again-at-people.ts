import { actingIn, type Bulk, type BulkOutcome } from '../core/bulk.ts';
import type { Organization } from '../core/organization.ts';
import { timestamp } from '../ports/clock.ts';
import type { WriteDependencies } from './dependencies.ts';
import { type ChangedPerson, leaveGonePools } from './gone-pools.ts';
import { judgeBulkPerson } from './judge-bulk-person.ts';
import { readOrganization } from './organizations.ts';
import { resettle } from './record-change.ts';
import { takeBack } from './take-back.ts';

/**
 * Looks again at people whom an action has changed, for what moved while it did, and tells what becomes of each: whom the settings of
 * now refuse is put back, everybody else is resolved again, and a pool that went is left. Done again, it changes nothing and tells the
 * same.
 */
export async function lookAgainAtPeople(
  deps: WriteDependencies,
  bulk: Bulk,
  changed: readonly ChangedPerson[],
): Promise<ReadonlyMap<string, BulkOutcome>> {
  if (changed.length === 0) return new Map();
  const { organizationId } = bulk;
  const organization = await readOrganization(deps, organizationId);
  const refused = new Map<string, BulkOutcome>();
  for (const person of changed) {
    const refusal = await refusalOf(deps, bulk, organization, person);
    if (refusal) refused.set(refusal.id, refusal);
  }
  const left = new Set((await leaveGonePools(deps, organizationId, actingIn(bulk), changed)).map(({ id }) => id));
  const done = (id: string): BulkOutcome =>
    left.has(id) ? { id, verdict: 'changed', reason: 'no such pool' } : { id, verdict: 'done' };
  return new Map(changed.map(({ after: { id } }) => [id, refused.get(id) ?? done(id)]));
}

/** null: the settings have not moved since, or refuse nobody. */
async function refusalOf(
  deps: WriteDependencies,
  bulk: Bulk,
  organization: Organization,
  { before, after }: ChangedPerson,
): Promise<BulkOutcome | null> {
  const { id, settingsVersion } = after;
  if (settingsVersion === organization.settings.version) return null;
  const { verdict, reason } = judgeBulkPerson(before, organization, bulk, timestamp(deps.clock));
  if (verdict === 'done') {
    await resettle(deps, organization.id, id);
    return null;
  }
  await takeBack(deps, { before, after });
  return { id, verdict, ...(reason === undefined ? {} : { reason }) };
}
