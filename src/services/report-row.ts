import type { Conflict } from '../core/conflict.ts';
import type { DirectoryPerson } from '../core/directory-person.ts';
import { fold } from '../core/fold.ts';
import type { Unmatched } from '../core/match-directory.ts';
import { recordOf, type User } from '../core/user.ts';
import { openAgencyConflict } from './agency-conflicts.ts';
import { openConflict } from './conflicts.ts';
import type { Work } from './page-work.ts';

/** Tells the run, and where somebody must decide the conflict list, about a person who was not matched. */
export async function report(work: Work, person: DirectoryPerson, match: Unmatched): Promise<void> {
  const { externalId } = person;
  if (match.verdict === 'skip') {
    const { code, message } = match;
    work.outcome.reasons.push({ externalId, userId: null, email: person.email, code, message });
    return;
  }
  if (match.verdict === 'wait' && work.stage !== 'nothing') {
    work.outcome.staged.push({ externalId, userId: null, harms: [], person: JSON.stringify(person) });
    return;
  }
  const kind = match.verdict === 'wait' ? waitKind(person, match.user) : match.kind;
  work.outcome.held++;
  work.outcome.reasons.push({ externalId, userId: match.user.id, code: kind, message: match.message });
  if (work.run.dry) return;
  const open = kind === 'agency_user' ? openAgencyConflict : openConflict;
  await open(work.deps, {
    organizationId: work.run.organizationId,
    key: `${kind}:${person.source}:${externalId}:${match.user.id}`,
    kind,
    source: person.source,
    externalId,
    userId: match.verdict === 'wait' ? null : match.user.id,
    otherUserId: match.verdict === 'wait' ? match.user.id : (match.other?.id ?? null),
    email: person.email === null ? null : fold(person.email),
    message: match.message,
  });
}

/** Why somebody new waits for an address: its holder has another key of the same directory, or is called by it. */
function waitKind({ source }: DirectoryPerson, user: User): Conflict['kind'] {
  return recordOf(user, source)?.directory?.present ? 'two_keys' : 'email_taken';
}

/** The admin's consent to link this directory key to this person, if it was given. */
export async function acceptedLink(work: Work, person: DirectoryPerson, user: User): Promise<Conflict | null> {
  const key = `link:${person.source}:${person.externalId}:${user.id}`;
  const found = await work.deps.stores.conflicts.findByKey(work.run.organizationId, key);
  return found?.state === 'accepted' ? found : null;
}

/** Counts a row as failed, with the sentence an admin reads. */
export function fail(
  { outcome }: Work,
  externalId: string,
  userId: string | null,
  code: string,
  message: string,
): void {
  outcome.failed++;
  outcome.reasons.push({ externalId, userId, code, message });
}
