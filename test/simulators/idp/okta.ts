import { check, checkStatus, listOf, resourceOf } from './checks.ts';
import type { Answer, Json } from './client.ts';
import { type Desk, type Person, query } from './desk.ts';
import { everyPage } from './pages.ts';

export const OKTA_TRANSPORT = {
  headers: {
    'user-agent': 'Okta SCIM Client 1.0.0',
    accept: 'application/scim+json',
    'accept-charset': 'utf-8',
  },
  contentType: 'application/scim+json; charset=utf-8',
} as const;

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const IMPORT_PAGE = 100;

/** Okta reads every body as JSON, refusals too, and shows its administrator a parser's complaint when one is not. */
export function readable(answer: Answer): Answer {
  check(answer, answer.text === '' || answer.body !== undefined, 'Okta shows “Unrecognized token”: JSON is needed');
  if (answer.status >= 400)
    check(answer, typeof answer.body?.detail === 'string', 'Okta shows the detail of a refusal, and there is none');
  return answer;
}

/** “Test Connector Configuration”, and again when “To App” is saved. */
export async function testConnector(desk: Desk): Promise<void> {
  if (desk.host.includes('_')) throw new Error('Okta takes no base URL with an underscore in the host');
  const users = readable(await desk.get(`/Users?${query({ startIndex: 1, count: 2 })}`));
  check(users, listOf(users).length <= 2, 'Okta asked for at most 2');
  listOf(readable(await desk.get(`/Groups?${query({ startIndex: 1, count: 100 })}`)));
}

/** Whoever has the userName, in whatever case it is asked for. */
export async function findUser(desk: Desk, { userName }: Person): Promise<Json | undefined> {
  const filter = `userName eq "${userName}"`;
  const answer = readable(await desk.get(`/Users?${query({ filter, startIndex: 1, count: 100 })}`));
  const [user, ...others] = listOf(answer);
  check(answer, others.length === 0, 'Okta needs one match, or none');
  return user;
}

/** The profile as Okta sends it with a POST. */
export function profileOf({ userName, externalId, givenName, familyName }: Person, facts: object = {}): object {
  return {
    schemas: [CORE],
    userName,
    name: { givenName, familyName },
    emails: [{ primary: true, value: userName, type: 'work' }],
    displayName: `${givenName} ${familyName}`,
    locale: 'en-US',
    externalId,
    groups: [],
    active: true,
    ...facts,
  };
}

/** Assigns somebody: adopts whom the filter finds, by a PUT of the whole profile, else creates them. The id. */
export async function assign(desk: Desk, person: Person): Promise<string> {
  const found = await findUser(desk, person);
  if (found) return replaceUser(desk, found.id, profileOf(person));
  const password = `Zx9!${desk.run}`;
  const answer = readable(await desk.post('/Users', profileOf(person, { password })));
  check(answer, answer.status !== 201 || answer.text !== '', 'Okta fails on an “empty user”: the body is needed');
  const created = resourceOf(answer, 201);
  check(answer, created.password === undefined, 'a password must not come back');
  check(answer, created.active === true, 'the user was created active');
  return created.id;
}

/** Reads a user and sends the whole of it back with these changes, as Okta does for a profile. */
export async function replaceUser(desk: Desk, id: string, changes: object): Promise<string> {
  const current = resourceOf(readable(await desk.get(`/Users/${id}`)), 200);
  const answer = readable(await desk.put(`/Users/${id}`, { ...current, ...changes }));
  checkActive(answer, (changes as Json).active ?? current.active);
  return id;
}

/** Okta reports a reactivation that is not visible in the very answer. */
export function checkActive(answer: Answer, active: boolean): void {
  checkStatus(answer, 200, 204);
  if (answer.status === 200) check(answer, answer.body?.active === active, `“active” must be ${active} in this answer`);
}

/** The import: every user, 100 at a time, and among the active ones whom Okta knows. */
export async function importUsers(desk: Desk, ids: readonly string[]): Promise<void> {
  const users = await everyPage(desk, '/Users', IMPORT_PAGE);
  const active = new Set(users.filter((user) => user.active === true).map(({ id }) => id));
  const missing = ids.filter((id) => !active.has(id));
  if (missing.length > 0) throw new Error(`the import did not bring the active users ${missing.join(', ')}`);
}
