import type { ErrorCode } from './errors.ts';
import { recordOf, type User } from './user.ts';

/** The people a SCIM POST may mean, found in the order in which they count. */
export interface ScimCandidates {
  /** Everybody whose record of this connection carries the externalId. */
  readonly byExternalId: readonly User[];
  readonly byUserName: User | null;
  readonly byEmail: User | null;
}

/** What a POST turns out to be. `contested`: somebody else has a claim, so a conflict is opened. */
export type ScimMatch =
  | { readonly verdict: 'create' }
  | { readonly verdict: 'restore' | 'link'; readonly user: User }
  | {
      readonly verdict: 'refuse';
      readonly code: ErrorCode;
      readonly user: User;
      readonly contested: boolean;
      readonly message: string;
    };

const TAKEN = 'this email is already used by another user';

/**
 * Decides whom a SCIM POST means: by externalId when exactly one record has it, then userName, then address (design §2.3).
 *
 * A person an admin handed to this connection, which has said nothing about them yet, is linked; one this connection deprovisioned is restored unless the POST says `active: false`, one it deleted always; a person
 * nobody owns is linked (whether it may be is asked elsewhere); two different people, somebody else's person and agency users are refused.
 */
export function matchScim(candidates: ScimCandidates, connectionId: string, active: boolean | undefined): ScimMatch {
  const people = distinct(candidates);
  const [user, other] = people;
  if (!user) return { verdict: 'create' };
  if (other) return refuse('already_provisioned', user, false, 'these identifiers belong to two different users');
  if (user.kind === 'agency') return refuse('email_taken', user, true, TAKEN);
  return user.scim.connectionId === null
    ? { verdict: recordOf(user, 'scim', connectionId) ? 'restore' : 'link', user }
    : matchOwned(user, connectionId, active);
}

function matchOwned(user: User, connectionId: string, active: boolean | undefined): ScimMatch {
  if (user.scim.connectionId !== connectionId)
    return refuse('already_provisioned', user, true, 'this user is provisioned by another connection');
  const record = recordOf(user, 'scim', connectionId);
  if (!record) return { verdict: 'link', user };
  const isShownActive = record.enabled ?? user.status === 'active';
  if (!isShownActive && active !== false) return { verdict: 'restore', user };
  return refuse('already_provisioned', user, false, 'this user is already provisioned');
}

function refuse(code: ErrorCode, user: User, contested: boolean, message: string): ScimMatch {
  return { verdict: 'refuse', code, user, contested, message };
}

function distinct({ byExternalId, byUserName, byEmail }: ScimCandidates): readonly User[] {
  const [exact, ...more] = byExternalId;
  const ordered = [more.length === 0 ? exact : undefined, byUserName, byEmail];
  const people = new Map<string, User>();
  for (const user of ordered) if (user && !people.has(user.id)) people.set(user.id, user);
  return [...people.values()];
}
