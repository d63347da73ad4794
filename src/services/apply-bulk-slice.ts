import { actingIn, type Bulk, type BulkAction, type BulkOutcome } from '../core/bulk.ts';
import { isAppError } from '../core/errors.ts';
import type { Organization } from '../core/organization.ts';
import { withoutPools, withPool } from '../core/pool-membership.ts';
import { PLAIN_TERMS, settle } from '../core/settle.ts';
import type { User } from '../core/user.ts';
import { timestamp } from '../ports/clock.ts';
import { LIFECYCLE } from './change-status.ts';
import type { WriteDependencies } from './dependencies.ts';
import { readKnownEntries } from './known-entries.ts';
import { lookAgainAtPeople } from './look-again-at-people.ts';
import { isAdmin } from './organization-admins.ts';
import { readOrganization } from './organizations.ts';
import { afterSave, type Draft } from './record-change.ts';
import { type SettledPerson, saveTogether } from './save-together.ts';

/** People written in one transaction: fewer cost more each, and of more the others wait for their turn. */
export const PEOPLE_AT_ONCE = 10;

/** What an action puts on a person whom it changes; null: it goes the single way. */
type Drafting = (user: User, organization: Organization, bulk: Bulk) => Draft | null;

const DRAFTS: Readonly<Record<BulkAction, Drafting>> = {
  // An agency may be being archived.
  activate: (user, organization) => (user.kind === 'agency' ? null : LIFECYCLE.activate(user, organization)),
  deactivate: LIFECYCLE.deactivate,
  terminate: LIFECYCLE.terminate,
  addPool: (user, _organization, { pool }) => ({ user: withPool(user, pool ?? '') }),
  removePool: (user, _organization, { pool }) => ({ user: withoutPools(user, [pool ?? '']) }),
  // What mappings give has a say in it.
  setLevel: () => null,
};

/**
 * Changes people together who were judged to be changed, as they were read. Whoever is not in the answer is not changed and goes the
 * single way: admins, whose last one stays, and all who lost a race.
 */
export async function applyBulkSlice(
  deps: WriteDependencies,
  bulk: Bulk,
  people: readonly User[],
): Promise<ReadonlyMap<string, BulkOutcome>> {
  const { organizationId } = bulk;
  const organization = await readOrganization(deps, organizationId);
  const by = actingIn(bulk);
  const prepared = (await isPossible(deps, bulk))
    ? people.flatMap((user) => prepare(deps, bulk, organization, user))
    : [];
  const terms = { by, isProvisional: true, ...(bulk.reason === null ? {} : { reason: bulk.reason }) };
  const saved = await saveTogether(deps, organization.settings, prepared, terms);
  const written = saved.flatMap(([{ before, settled }, outcome]) =>
    outcome.saved ? [{ before, after: settled.user }] : [],
  );
  for (const { before, after } of written) await afterSave(deps, before, after);
  return lookAgainAtPeople(deps, bulk, written);
}

async function isPossible(deps: WriteDependencies, { action, organizationId, pool }: Bulk): Promise<boolean> {
  if (action !== 'addPool') return true;
  return (await readKnownEntries(deps, organizationId, [], [pool ?? ''])).has('pool', pool ?? '');
}

function prepare(
  deps: WriteDependencies,
  bulk: Bulk,
  organization: Organization,
  before: User,
): readonly SettledPerson[] {
  if (isAdmin(before) || organization.admins.includes(before.id)) return [];
  const draft = draftOf(bulk, organization, before);
  if (!draft) return [];
  const by = actingIn(bulk);
  const terms = { ...PLAIN_TERMS, ...draft, at: timestamp(deps.clock), by };
  const settled = settle(before, draft.user, organization.settings, terms);
  return settled.changed ? [{ before, settled }] : [];
}

/** Whoever is refused by the settings of now is told so on the single way. */
function draftOf(bulk: Bulk, organization: Organization, before: User): Draft | null {
  try {
    return DRAFTS[bulk.action](before, organization, bulk);
  } catch (error) {
    if (isAppError(error)) return null;
    throw error;
  }
}
