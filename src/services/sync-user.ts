import { describeChange } from '../core/change-summary.ts';
import type { DirectoryPerson } from '../core/directory-person.ts';
import { AppError, isAppError } from '../core/errors.ts';
import type { Integration } from '../core/integration.ts';
import type { Organization } from '../core/organization.ts';
import { optionsOf } from '../core/sync-options.ts';
import { type Actor, type Attributes, type DirectoryName, recordOf, type User, withRecord } from '../core/user.ts';
import { timestamp } from '../ports/clock.ts';
import type { FoundPerson } from '../ports/directory.ts';
import { type Decided, decideUser } from './decide-user.ts';
import { openDirectory } from './open-directory.ts';
import { readOrganization } from './organizations.ts';
import { unreachable } from './preview-mapping.ts';
import { recordChange } from './record-change.ts';
import type { SyncDependencies } from './sync-step.ts';

/** What became of one person in one directory, step by step; a step that was not come to is absent. */
export interface UserTrace {
  readonly source: DirectoryName;
  readonly read: {
    readonly at: string;
    readonly found: boolean;
    readonly person: Pick<DirectoryPerson, 'externalId' | 'email' | 'activity' | 'reasons' | 'orgUnit'> | null;
  };
  readonly mapped: Attributes | null;
  readonly matched: { readonly verdict: string; readonly message: string | null } | null;
  /** What is true afterwards, and what that changed. */
  readonly resolved: {
    readonly from: { readonly [name: string]: unknown };
    readonly to: { readonly [name: string]: unknown };
    readonly why: string;
  } | null;
  readonly written: { readonly changed: boolean; readonly version: number; readonly message: string };
}

/**
 * Runs one person through the sync now, and tells each step. Somebody asked for it, so what harms is done too; but nobody protected is
 * taken away, and the last admin stays.
 *
 * Throws `not_found`, `not_configured` without a directory to ask, `sync_disabled` when all are off, `directory_unreachable` with the
 * directory's own words.
 */
export async function syncUser(
  deps: SyncDependencies,
  organizationId: string,
  userId: string,
  only: DirectoryName | null,
  by: Actor,
): Promise<readonly UserTrace[]> {
  const organization = await readOrganization(deps, organizationId);
  const user = await deps.stores.users.get(organizationId, userId);
  if (!user) throw new AppError('not_found', 'no such user');
  const all = await deps.stores.integrations.list(organizationId);
  const asked = all.filter(({ source }) => only === null || source === only);
  if (asked.length === 0) throw new AppError('not_configured', 'no such directory is connected');
  const on = asked.filter(({ source }) => organization.settings[source].syncUsers);
  if (on.length === 0)
    throw new AppError('sync_disabled', 'syncing users from this directory is switched off; switch it on first');
  const traces: UserTrace[] = [];
  for (const integration of on) traces.push(await throughOne(deps, organization, integration, userId, by));
  return traces;
}

async function throughOne(
  deps: SyncDependencies,
  organization: Organization,
  integration: Integration,
  userId: string,
  by: Actor,
): Promise<UserTrace> {
  const { source } = integration;
  const before = (await deps.stores.users.get(organization.id, userId)) as User;
  const found = await readOne(deps, integration, before);
  const read = { at: timestamp(deps.clock), found: found !== 'gone', person: found === 'gone' ? null : shown(found) };
  const base = { source, read, mapped: null, matched: null, resolved: null };
  const options = optionsOf(integration);
  const decided = await decideUser(deps, organization, options, before, source, found);
  if (typeof decided === 'string') return { ...base, written: untouched(before, decided) };
  const { mapped = null, matched } = decided;
  if (!decided.record)
    return { ...base, mapped, matched, written: untouched(before, matched.message ?? 'nothing to do') };
  const after = await write(deps, before, source, decided, by);
  if (typeof after === 'string') return { ...base, mapped, matched, written: untouched(before, after) };
  const { from, to, why } = describeChange(before, after, [], organization.settings);
  const changed = after.version !== before.version;
  const message = changed ? 'written' : 'nothing changed';
  return {
    ...base,
    mapped,
    matched,
    resolved: { from, to, why },
    written: { changed, version: after.version, message },
  };
}

const untouched = ({ version }: User, message: string) => ({ changed: false, version, message });

async function readOne(deps: SyncDependencies, integration: Integration, user: User): Promise<FoundPerson | 'gone'> {
  const externalId = recordOf(user, integration.source)?.externalId ?? null;
  if (externalId === null && user.email === null)
    throw new AppError('not_acceptable', 'this user has neither a key of the directory nor an address to ask for');
  const who = externalId === null ? { email: user.email ?? '' } : { externalId };
  return openDirectory(deps, integration)
    .lookUp(who)
    .catch((error: unknown) => Promise.reject(unreachable(error)));
}

const shown = ({ person: { externalId, email, activity, reasons, orgUnit } }: FoundPerson) => ({
  externalId,
  email,
  activity,
  reasons,
  orgUnit,
});

async function write(
  deps: SyncDependencies,
  { organizationId, id }: User,
  source: DirectoryName,
  { record, linking = false }: Decided,
  by: Actor,
): Promise<User | string> {
  try {
    const { user } = await recordChange(deps, {
      organizationId,
      by,
      onTaken: 'hold',
      find: () => deps.stores.users.get(organizationId, id),
      draft: (latest) => (record ? { user: withRecord(latest, record(recordOf(latest, source))), linking } : null),
    });
    return user;
  } catch (error) {
    if (!isAppError(error, 'last_admin')) throw error;
    return error.message;
  }
}
