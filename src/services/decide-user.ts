import type { DirectoryPerson } from '../core/directory-person.ts';
import { directoryRecord, goneRecord, leftRecord } from '../core/directory-record.ts';
import { mapPerson } from '../core/mapping.ts';
import { matchDirectory } from '../core/match-directory.ts';
import type { Organization } from '../core/organization.ts';
import { outOfScope, withoutGroups } from '../core/scope.ts';
import type { SyncOptions } from '../core/sync-options.ts';
import {
  type Actor,
  type Attributes,
  type DirectoryName,
  recordOf,
  type SourceRecord,
  type User,
} from '../core/user.ts';
import type { FoundPerson } from '../ports/directory.ts';
import type { SyncDependencies } from './sync-step.ts';

const BY_OPERATOR: Actor = { kind: 'operator', id: null };

/** What the sync makes of one person. */
export interface Decided {
  readonly mapped?: Attributes;
  readonly matched: { readonly verdict: string; readonly message: string | null };
  /** The record after it; absent: nothing is to be written. */
  readonly record?: (former: SourceRecord | undefined) => SourceRecord;
  readonly linking?: boolean;
}

/** What the answer of the directory means for the person; a sentence when it means nothing. */
export async function decideUser(
  deps: SyncDependencies,
  organization: Organization,
  options: SyncOptions,
  user: User,
  source: DirectoryName,
  found: FoundPerson | 'gone',
): Promise<Decided | string> {
  const former = recordOf(user, source);
  const isProtected = options.removals.protected.some(
    (name) => name === former?.externalId || name === user.email?.toLowerCase(),
  );
  if (found === 'gone') {
    if (!former?.directory) return 'the directory has nobody with this address';
    if (isProtected) return 'the directory no longer has this person, who is protected';
    return { matched: { verdict: 'gone', message: null }, record: (latest) => goneRecord(latest ?? former) };
  }
  const { person, leftOut } = found;
  const why = leftOut?.message ?? outOfScope(withoutGroups(options.scope), person, []);
  if (why !== null && person.activity !== 'inactive') {
    if (options.scope.onLeave === 'keep' || !former?.directory || isProtected) return why;
    return {
      matched: { verdict: 'out_of_scope', message: why },
      record: (latest) => leftRecord(latest ?? former, why),
    };
  }
  if (person.activity === 'inactive' && isProtected) return 'the account is not active, but the person is protected';
  return matchOf(deps, organization, options, user, person);
}

async function matchOf(
  deps: SyncDependencies,
  { id, settings }: Organization,
  { mapping }: SyncOptions,
  user: User,
  person: DirectoryPerson,
): Promise<Decided> {
  const mapped = mapPerson(person, mapping, recordOf(user, person.source)?.attributes);
  const [byKey = null] = await deps.stores.users.findBySourceKeys(id, person.source, null, [person.externalId]);
  const byEmail = person.email === null ? null : await deps.stores.users.findByEmail(id, person.email);
  const match = matchDirectory(person, { byKey, byEmail, accepted: false }, settings);
  const message = 'message' in match ? match.message : null;
  const matched = { verdict: match.verdict, message };
  if (match.verdict !== 'own' && match.verdict !== 'link') return { mapped, matched };
  if (match.user.id !== user.id)
    return { mapped, matched: { verdict: 'conflict', message: 'the directory means another user by this person' } };
  const linking = match.verdict === 'link';
  const hash = mapping.length === 0 ? person.hash : `${person.hash}.${deps.hash(JSON.stringify(mapping)).slice(0, 16)}`;
  const record = (former: SourceRecord | undefined) =>
    directoryRecord(linking ? undefined : former, { ...person, hash }, linking, BY_OPERATOR, mapping);
  return { mapped, matched, linking, record };
}
