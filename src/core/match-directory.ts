import type { ConflictKind } from './conflict.ts';
import type { DirectoryPerson } from './directory-person.ts';
import type { Settings } from './organization.ts';
import { recordOf, type User } from './user.ts';

/** Whom a directory person turns out to be. */
export type DirectoryMatch =
  | { readonly verdict: 'own' | 'link'; readonly user: User }
  | { readonly verdict: 'create' }
  /** Not created, and no one's fault: inactive or of unknown activity. */
  | { readonly verdict: 'skip'; readonly code: 'inactive' | 'unknown_activity' | 'no_email'; readonly message: string }
  /** The address is held by somebody this very directory also reports: it may be free at the end of the run. */
  | { readonly verdict: 'wait'; readonly user: User; readonly message: string }
  | {
      readonly verdict: 'conflict';
      readonly kind: ConflictKind;
      readonly user: User;
      readonly other: User | null;
      readonly message: string;
    };

/** The verdicts that find or make a person … */
export type Matched = Extract<DirectoryMatch, { verdict: 'own' | 'link' } | { verdict: 'create' }>;
/** … and those that do not. */
export type Unmatched = Exclude<DirectoryMatch, Matched>;

export interface DirectoryCandidates {
  readonly byKey: User | null;
  readonly byEmail: User | null;
  /** An admin has accepted linking this key to the holder of the address. */
  readonly accepted: boolean;
}

/**
 * Finds a directory person's counterpart: by the directory's own key, else by the address of somebody who has no record of this
 * directory yet (design §2.3).
 */
export function matchDirectory(
  person: DirectoryPerson,
  { byKey, byEmail, accepted }: DirectoryCandidates,
  settings: Settings,
): DirectoryMatch {
  if (byKey) return matchOwn(person, byKey, byEmail);
  if (byEmail) return matchByEmail(person, byEmail, settings, accepted);
  if (person.activity === 'inactive')
    return { verdict: 'skip', code: 'inactive', message: `not added: ${person.reasons.join(', ') || 'inactive'}` };
  if (person.activity === 'unknown')
    return {
      verdict: 'skip',
      code: 'unknown_activity',
      message: 'not added: the directory does not say if they are active',
    };
  if (person.email === null)
    return { verdict: 'skip', code: 'no_email', message: 'not added: the directory shows no usable address' };
  return { verdict: 'create' };
}

function matchOwn(person: DirectoryPerson, user: User, byEmail: User | null): DirectoryMatch {
  if (user.kind === 'agency')
    return conflict('agency_user', user, 'the directory key belongs to an agency user; make them an employee first');
  if (!byEmail || byEmail.id === user.id || recordOf(byEmail, person.source)) return { verdict: 'own', user };
  const message = 'the directory key belongs to one user and the address to another; nothing was written';
  return { verdict: 'conflict', kind: 'identity', user, other: byEmail, message };
}

function matchByEmail(person: DirectoryPerson, user: User, settings: Settings, accepted: boolean): DirectoryMatch {
  if (user.kind === 'agency')
    return conflict('agency_user', user, 'the address belongs to an agency user; make them an employee first');
  const former = recordOf(user, person.source);
  if (former?.directory?.present && !accepted)
    return { verdict: 'wait', user, message: 'this email is already used by another user' };
  if (accepted || (!former && settings.linkExistingUsers === 'auto')) return { verdict: 'link', user };
  return conflict(
    'link',
    user,
    former
      ? 'a new directory key came for a user whose former key is gone; linking waits for an administrator to confirm'
      : 'this user exists already; linking waits for an administrator to confirm',
  );
}

function conflict(kind: ConflictKind, user: User, message: string): DirectoryMatch {
  return { verdict: 'conflict', kind, user, other: null, message };
}
