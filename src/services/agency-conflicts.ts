import type { Conflict } from '../core/conflict.ts';
import { sameAddress } from '../core/email-claim.ts';
import { liveRank, liveSources, type Organization } from '../core/organization.ts';
import type { User } from '../core/user.ts';
import { timestamp } from '../ports/clock.ts';
import { type ConflictFacts, openConflict } from './conflicts.ts';
import type { WriteDependencies } from './dependencies.ts';

type ConflictDependencies = Pick<WriteDependencies, 'clock' | 'identifiers' | 'stores'>;
type Account = Pick<Conflict, 'source' | 'connectionId' | 'externalId'>;

const PAGE = 200;

/** Key of the conflict about an account that a SCIM connection shows: what the connection calls it, else whose it would be. */
export const accountKey = ({ connectionId, externalId }: Pick<Account, 'connectionId' | 'externalId'>, userId = '') =>
  `agency_user:scim:${connectionId}:${externalId ?? userId}`;

/**
 * Opens a conflict about an account of an agency user. One account has one: it is closed when the account turns out to be another's,
 * and at once when the person has become somebody it can belong to meanwhile.
 */
export async function openAgencyConflict(deps: ConflictDependencies, facts: ConflictFacts): Promise<void> {
  const { organizationId, key, userId = null } = facts;
  const { conflicts, users } = deps.stores;
  const standing = await conflicts.findByKey(organizationId, key);
  if (standing && standing.userId !== userId) await close(deps, standing);
  await openConflict(deps, facts);
  const user = userId === null ? null : await users.get(organizationId, userId);
  if (user) await closeAgencyConflicts(deps, user);
}

/** Closes what is open about a person as an agency user, as far as they are not one any more or have another address. */
export async function closeAgencyConflicts(deps: ConflictDependencies, user: User): Promise<void> {
  const { organizationId, id } = user;
  for (const conflict of await deps.stores.conflicts.openOf(organizationId, id, 'agency_user'))
    if (!isAccountOf(conflict, user)) await close(deps, conflict);
}

/** Closes what is open about an account which a SCIM connection has found another person for. */
export async function closeAccount(
  deps: ConflictDependencies,
  organizationId: string,
  account: Pick<Account, 'connectionId' | 'externalId'>,
): Promise<void> {
  if (account.externalId === null) return;
  const found = await deps.stores.conflicts.findByKey(organizationId, accountKey(account));
  if (found) await close(deps, found);
}

/** Closes what is open about agency users of sources that say nothing any more, and what was left open by whoever died. */
export async function closeSilencedAccounts(
  deps: ConflictDependencies,
  { id, settings }: Pick<Organization, 'id' | 'settings'>,
): Promise<void> {
  const live = liveSources(settings);
  for (let cursor: string | null = null; ; ) {
    const page = await deps.stores.conflicts.list(id, 'open', cursor, PAGE);
    const open = page.items.filter(({ kind }) => kind === 'agency_user');
    const found = await deps.stores.users.getMany(
      id,
      open.flatMap(({ userId }) => userId ?? []),
    );
    const users = new Map(found.map((user) => [user.id, user]));
    for (const conflict of open) {
      const user = users.get(conflict.userId ?? '');
      const speaks = liveRank(live, settings, conflict) >= 0;
      if (!speaks || !user || !isAccountOf(conflict, user)) await close(deps, conflict);
    }
    cursor = page.next;
    if (cursor === null) return;
  }
}

/** Whether the account would be this agency user: by the key it has, or by the address. */
function isAccountOf(
  { source, connectionId, externalId, email }: Conflict,
  { kind, email: own, records }: User,
): boolean {
  if (kind !== 'agency') return false;
  const hasKey = records.some(
    (record) => record.source === source && record.connectionId === connectionId && record.externalId === externalId,
  );
  return (email !== null && sameAddress(email, own)) || (externalId !== null && hasKey);
}

async function close({ stores, clock }: ConflictDependencies, { organizationId, id }: Conflict): Promise<void> {
  await stores.conflicts.move(organizationId, id, 'open', 'resolved', timestamp(clock));
}
