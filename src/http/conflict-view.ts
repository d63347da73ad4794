import { z } from 'zod';
import { nameOf } from '../core/change-summary.ts';
import type { Conflict, ConflictKind } from '../core/conflict.ts';
import type { User } from '../core/user.ts';
import type { Stores } from '../ports/stores.ts';
import { instant, source } from './common-schemas.ts';
import { known } from './known.ts';

export const conflictState = z.enum(['open', 'accepted', 'dismissed', 'resolved']);

const KINDS = [
  'link',
  'identity',
  'two_keys',
  'directories_disagree',
  'email_taken',
  'email_held',
  'claimed',
  'agency_user',
] as const satisfies readonly ConflictKind[];

const person = z.object({ id: z.string(), name: z.string().optional(), email: z.string().optional() });

export const conflictSchema = z
  .object({
    id: z.string(),
    kind: z.enum(KINDS),
    state: conflictState,
    source,
    connectionId: z.string().optional(),
    externalId: z.string().optional(),
    userId: z.string().optional().meta({ description: 'The person it is about.' }),
    user: person.optional(),
    otherUserId: z.string().optional(),
    otherUser: person.optional(),
    email: z.string().optional(),
    message: z.string(),
    acceptable: z.boolean().meta({ description: 'Whether accepting can settle it.' }),
    ifAccepted: z.string().meta({ description: 'What accepting does, or what settles it where accepting cannot.' }),
    ifDismissed: z.string(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Conflict', description: 'Something two sources disagree about and nobody may decide alone.' });

interface Outcome {
  readonly acceptable: boolean;
  readonly ifAccepted: (facts: { readonly who: string; readonly other: string; readonly email: string }) => string;
  readonly ifDismissed: string;
}

const STAYS = 'Everybody stays as they are, and nobody is asked again for the same reason.';

/** What becomes of each kind. */
const OUTCOMES: { readonly [kind in ConflictKind]: Outcome } = {
  link: {
    acceptable: true,
    ifAccepted: ({ who }) => `The directory's person becomes ${who} with the next run, which starts at once.`,
    ifDismissed: STAYS,
  },
  email_held: {
    acceptable: true,
    ifAccepted: ({ who, email }) => `The address of ${who} becomes ${email} at once.`,
    ifDismissed: STAYS,
  },
  claimed: {
    acceptable: true,
    ifAccepted: ({ who }) => `${who} becomes a person of the connection that wants them.`,
    ifDismissed: STAYS,
  },
  agency_user: {
    acceptable: false,
    ifAccepted: ({ who }) => `Change the address of ${who}, or make them an employee; until then nothing is linked.`,
    ifDismissed: STAYS,
  },
  email_taken: {
    acceptable: false,
    ifAccepted: ({ who, other, email }) =>
      `${who} gets ${email} by themselves as soon as ${other} has another address.`,
    ifDismissed: STAYS,
  },
  identity: {
    acceptable: false,
    ifAccepted: ({ who, other }) => `Change the address of ${who} or of ${other}; the next run settles it.`,
    ifDismissed: STAYS,
  },
  two_keys: {
    acceptable: false,
    ifAccepted: ({ other, email }) =>
      `Give one of the two accounts with ${email} another address in the directory, or delete the old one; ${other} keeps it meanwhile.`,
    ifDismissed: STAYS,
  },
  directories_disagree: {
    acceptable: false,
    ifAccepted: ({ who }) => `Mend one of the two accounts of ${who}; meanwhile the directory that leads decides.`,
    ifDismissed: STAYS,
  },
};

/** Conflicts with the people they are about. */
export async function viewConflicts(
  { users }: Pick<Stores, 'users'>,
  organizationId: string,
  conflicts: readonly Conflict[],
) {
  const ids = conflicts.flatMap(({ userId, otherUserId }) => [userId, otherUserId].filter((id) => id !== null));
  const people = new Map((await users.getMany(organizationId, ids)).map((user) => [user.id, user]));
  return conflicts.map((conflict) => view(conflict, people));
}

function view(conflict: Conflict, people: ReadonlyMap<string, User>) {
  const { organizationId: _organization, key: _key, ...facts } = conflict;
  const [user, otherUser] = [conflict.userId, conflict.otherUserId].map((id) => people.get(id ?? '') ?? null);
  const { acceptable, ifAccepted, ifDismissed } = outcomeOf(conflict, user ?? null);
  const words = { who: wordsFor(user), other: wordsFor(otherUser), email: conflict.email ?? 'no address' };
  return known({
    ...facts,
    user: user ? viewPerson(user) : null,
    otherUser: otherUser ? viewPerson(otherUser) : null,
    acceptable,
    ifAccepted: ifAccepted(words),
    ifDismissed,
  });
}

/** Nothing is given to somebody who has joined an agency since. */
function outcomeOf({ kind }: Conflict, user: User | null): Outcome {
  const outcome = OUTCOMES[kind];
  return outcome.acceptable && user?.kind === 'agency' ? OUTCOMES.agency_user : outcome;
}

const viewPerson = (user: User) => known({ id: user.id, name: nameOf(user), email: user.email });

const wordsFor = (user: User | null | undefined): string => (user && (nameOf(user) ?? user.email)) ?? 'the person';
