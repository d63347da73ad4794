import type { Conflict } from '../core/conflict.ts';
import type { DirectoryPerson } from '../core/directory-person.ts';
import { directoryRecord, harmsOf } from '../core/directory-record.ts';
import { sameAddress } from '../core/email-claim.ts';
import { isAppError } from '../core/errors.ts';
import { fold } from '../core/fold.ts';
import { regrant } from '../core/grants.ts';
import { type DirectoryMatch, type Matched, matchDirectory } from '../core/match-directory.ts';
import { newUser } from '../core/new-user.ts';
import type { Organization } from '../core/organization.ts';
import type { Harm } from '../core/run.ts';
import { PLAIN_TERMS, settle } from '../core/settle.ts';
import { recordOf, type User, withRecord } from '../core/user.ts';
import { timestamp } from '../ports/clock.ts';
import { ensureHoldConflict } from './conflicts.ts';
import { isAdmin } from './organization-admins.ts';
import type { Prepared, Row, Work } from './page-work.ts';
import { recordChange } from './record-change.ts';
import { acceptedLink, fail, report } from './report-row.ts';

export interface Facts {
  readonly byKey: ReadonlyMap<string, User>;
  readonly byEmail: ReadonlyMap<string, User>;
}

/** Everybody a round of rows may mean, in two reads. */
export async function readFacts({ deps, run }: Work, rows: readonly Row[]): Promise<Facts> {
  const { users } = deps.stores;
  const keys = rows.map(({ person }) => person.externalId);
  const byKey = new Map<string, User>();
  for (const user of await users.findBySourceKeys(run.organizationId, run.source, null, keys)) {
    const key = recordOf(user, run.source)?.externalId;
    if (key) byKey.set(key, user);
  }
  const strangers = rows.filter(
    ({ person }) => !sameAddress(byKey.get(person.externalId)?.email ?? null, person.email),
  );
  const waited = [...byKey.values()].flatMap(({ heldEmail }) => heldEmail?.wanted ?? []);
  const emails = [...strangers.flatMap(({ person }) => person.email ?? []), ...waited];
  const byEmail = new Map<string, User>();
  if (emails.length > 0)
    for (const user of await users.findByEmails(run.organizationId, emails))
      if (user.email !== null) byEmail.set(fold(user.email), user);
  return { byKey, byEmail };
}

/** What a row would change; null when it changes nothing, is staged, or could not be matched. */
export async function prepare(
  work: Work,
  organization: Organization,
  facts: Facts,
  row: Row,
): Promise<Prepared | null> {
  const { person } = row;
  const byKey = facts.byKey.get(person.externalId) ?? null;
  if (byKey && isUnchanged(byKey, person, organization) && !isDue(byKey, facts)) {
    if (!work.run.dry) await ensureHoldConflict(work.deps, byKey);
    work.outcome.unchanged++;
    return null;
  }
  const byEmail = person.email === null ? null : (facts.byEmail.get(fold(person.email)) ?? null);
  const settings = organization.settings;
  let match = matchDirectory(person, { byKey, byEmail, accepted: false }, settings);
  let spent: Conflict | null = null;
  if (match.verdict === 'conflict' && match.kind === 'link') {
    spent = await acceptedLink(work, person, match.user);
    if (spent) match = matchDirectory(person, { byKey, byEmail, accepted: true }, settings);
  }
  if (match.verdict === 'create' && row.taken) match = (await waitForUserName(work, person)) ?? match;
  if (isMatched(match)) return prepareMatched(work, organization, row, match, spent);
  await report(work, person, match);
  return null;
}

const isMatched = (match: DirectoryMatch): match is Matched =>
  match.verdict === 'own' || match.verdict === 'link' || match.verdict === 'create';

/** A newcomer's address may be what SCIM calls somebody else: then it is taken, and may be free at the end of the run. */
async function waitForUserName({ deps, run }: Work, { email }: DirectoryPerson): Promise<DirectoryMatch | null> {
  const user = email === null ? null : await deps.stores.users.findByUserName(run.organizationId, email);
  if (user === null || user.scim.id === null) return null;
  return { verdict: 'wait', user, message: 'this email is already used by another user, as their userName' };
}

/** The cheap test of an unchanged person; a grant that the settings now allow is a change too. */
function isUnchanged(user: User, { hash, source }: DirectoryPerson, { settings }: Organization): boolean {
  if (user.kind === 'agency') return false;
  const directory = recordOf(user, source)?.directory;
  return directory?.hash === hash && directory.present && regrant(user.records, settings) === user.records;
}

/** Whether the address that the person waits for is free: whoever released it may have died before telling. */
function isDue({ heldEmail }: User, { byEmail }: Facts): boolean {
  if (heldEmail?.reason !== 'taken' || heldEmail.wanted === null) return false;
  return !byEmail.has(fold(heldEmail.wanted));
}

async function prepareMatched(
  work: Work,
  organization: Organization,
  row: Row,
  match: Matched,
  spent: Conflict | null,
): Promise<Prepared | null> {
  const { deps, by } = work;
  const { person } = row;
  const at = timestamp(deps.clock);
  const before = match.verdict === 'create' ? blankUser(work, at) : match.user;
  const linking = match.verdict === 'link';
  const former = linking ? undefined : recordOf(before, person.source);
  const record = directoryRecord(former, person, linking, by, work.mapping);
  const harms = harmsOf(former, record, linking && before.status === 'active');
  const terms = { ...PLAIN_TERMS, linking, taken: row.taken, at, by };
  const settled = settle(before, withRecord(before, record), organization.settings, terms);
  if (keeps(work, harms, settled.changed)) {
    const userId = match.verdict === 'create' ? null : before.id;
    work.outcome.staged.push({ externalId: person.externalId, userId, harms, person: JSON.stringify(person) });
    return null;
  }
  if (isAdmin(before)) return applyToAdmin(work, row, before.id, linking);
  if (!settled.changed) work.outcome.unchanged++;
  return settled.changed ? { row, before, settled, created: match.verdict === 'create', spent } : null;
}

function keeps({ stage }: Work, harms: readonly Harm[], changes: boolean): boolean {
  return (stage === 'harmful' && harms.length > 0) || (stage === 'everything' && (changes || harms.length > 0));
}

/** An admin goes the single way, which guards the organization's last one. */
async function applyToAdmin(work: Work, { person }: Row, userId: string, linking: boolean): Promise<null> {
  const { deps, run, by, fence, mapping, outcome } = work;
  try {
    const result = await recordChange(deps, {
      organizationId: run.organizationId,
      by,
      fence,
      onTaken: 'hold',
      find: () => deps.stores.users.get(run.organizationId, userId),
      draft: (user) => {
        const former = linking ? undefined : recordOf(user, person.source);
        return { user: withRecord(user, directoryRecord(former, person, linking, by, mapping)), linking };
      },
    });
    if (result.changed) outcome.updated++;
    else outcome.unchanged++;
  } catch (error) {
    if (!isAppError(error, 'last_admin')) throw error;
    fail(work, person.externalId, userId, 'last_admin', error.message);
  }
  return null;
}

function blankUser({ deps, run: { organizationId } }: Work, at: string): User {
  const { identifiers } = deps;
  return newUser({ id: identifiers.next(), organizationId, kind: 'employee', scimId: identifiers.next(), at });
}
