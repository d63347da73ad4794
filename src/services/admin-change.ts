import { ENABLED } from '../core/assertions.ts';
import { nameOf, SOURCE_TITLES } from '../core/change-summary.ts';
import { AppError, isAppError } from '../core/errors.ts';
import type { Organization } from '../core/organization.ts';
import { countingRecords, liveAsserter } from '../core/resolve.ts';
import { type Actor, recordOf, type SourceRecord, type User } from '../core/user.ts';
import { isInArchivedAgency } from './agency-membership.ts';
import type { WriteDependencies } from './dependencies.ts';
import { leaveGonePools } from './gone-pools.ts';
import { readOrganization } from './organizations.ts';
import { type ChangeResult, type Draft, recordChange } from './record-change.ts';

/** Whose word an admin's request is, and about whom. */
export interface AdminTarget {
  readonly organizationId: string;
  readonly userId: string;
  readonly by: Actor;
  /** The version the admin read; null when they do not care. */
  readonly ifMatch: number | null;
  /** Why, in their own words; kept in the history. */
  readonly reason?: string | undefined;
}

/** Changes one person on an admin's word; throws `not_found`, and `precondition_failed` when they read another version. */
export async function changeByAdmin(
  deps: WriteDependencies,
  { organizationId, userId, by, ifMatch, reason }: AdminTarget,
  draft: (user: User, organization: Organization) => Draft | null,
): Promise<User> {
  let before: User | null = null;
  try {
    const result: ChangeResult = await recordChange(deps, {
      organizationId,
      by,
      reason,
      onTaken: 'refuse',
      find: async () => {
        const user = await deps.stores.users.get(organizationId, userId);
        if (!user) throw new AppError('not_found', 'no such user');
        before = user;
        return user;
      },
      draft: (user, organization) => {
        checkVersion(user, ifMatch);
        return draft(user, organization);
      },
    });
    const [left] =
      before && result.changed ? await leaveGonePools(deps, organizationId, by, [{ before, after: result.user }]) : [];
    return left ?? result.user;
  } catch (error) {
    throw await withTwin(deps, organizationId, error);
  }
}

/** Throws `precondition_failed` when the admin has read another version; null: they do not care. */
export function checkVersion({ version }: User, ifMatch: number | null): void {
  if (ifMatch !== null && ifMatch !== version)
    throw new AppError('precondition_failed', 'the user was changed since you read it');
}

/**
 * Adds the other user to "this email is already used", so that the admin can open them. To an admin, the name that an identity
 * provider knows somebody by is that person's address, too.
 */
export async function withTwin(deps: WriteDependencies, organizationId: string, error: unknown): Promise<unknown> {
  if (!isAppError(error, 'email_taken', 'user_name_taken')) return error;
  const twin = await holderOf(deps, organizationId, error);
  return twin ? takenBy(deps, twin, await readOrganization(deps, organizationId)) : error;
}

/** Who holds what a refusal is about; null when nobody does any more. */
export async function holderOf(
  { stores }: Pick<WriteDependencies, 'stores'>,
  organizationId: string,
  { details: { userId } }: AppError,
): Promise<User | null> {
  return typeof userId === 'string' ? stores.users.get(organizationId, userId) : null;
}

/** The refusal that lets an admin go on: it says who holds the address, and whether they may be activated at once. */
export async function takenBy(deps: WriteDependencies, twin: User, organization: Organization): Promise<AppError> {
  return new AppError('email_taken', 'this email is already used by another user', {
    user: briefly(twin),
    next: (await mayBeActivated(deps, twin, organization)) ? 'activate' : 'open',
  });
}

/** Whether a hand can bring the person to life, or back. */
async function mayBeActivated(deps: WriteDependencies, user: User, organization: Organization): Promise<boolean> {
  if (user.status === 'active' || isScimsToEnable(user, organization)) return false;
  if (liveAsserter(countingRecords(user), organization.settings, ENABLED) !== null) return false;
  return !(await isInArchivedAgency(deps, user));
}

/** A person as a refusal names them. */
export function briefly(user: User) {
  const { id, status, kind } = user;
  return { id, name: nameOf(user), status, kind };
}

/** While SCIM is on it alone brings employees to life; agency people are exempt, it never sees them. */
const isScimsToEnable = ({ kind }: User, { settings }: Organization): boolean =>
  settings.scim.enabled && kind !== 'agency';

/** Throws `overridden` where only SCIM may. */
export function refuseUnderScim(user: User, organization: Organization, what: string): void {
  if (!isScimsToEnable(user, organization)) return;
  throw new AppError(
    'overridden',
    `SCIM manages the users of this organization; ${what} is not possible while it is on`,
    {
      source: 'scim',
      attributes: ['status'],
    },
  );
}

/** An admin's word counts only where no live source has spoken. */
export function refuseOverridden(user: User, { settings }: Organization, names: readonly string[]): void {
  const records = countingRecords(user);
  for (const source of new Set(names.map((name) => liveAsserter(records, settings, name)))) {
    if (source === null) continue;
    const owned = names.filter((name) => liveAsserter(records, settings, name) === source);
    const attributes = owned.map((name) => (name === ENABLED ? 'status' : name));
    throw new AppError(
      'overridden',
      `${SOURCE_TITLES[source]} decides ${attributes.map(spoken).join(', ')} of this user; change it there`,
      { source, attributes },
    );
  }
}

/** An attribute's own name, without the schema it belongs to. */
const spoken = (name: string): string => name.slice(name.lastIndexOf(':') + 1);

/** What an admin has said about a person so far; an empty record when nothing. */
export function manualRecord(user: User): SourceRecord {
  return (
    recordOf(user, 'manual') ?? {
      source: 'manual',
      connectionId: null,
      externalId: null,
      attributes: {},
      enabled: null,
      terminated: false,
      linked: false,
      stamps: {},
      at: '',
      by: { kind: 'operator', id: null },
    }
  );
}
