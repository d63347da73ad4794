import { randomUUID } from 'node:crypto';
import { check, checkSays, checkStatus, listOf, resourceOf } from './checks.ts';
import type { Answer, Json } from './client.ts';
import { type Desk, type Person, query } from './desk.ts';
import { type EntraGroupDialect, entraGroupSteps } from './entra-groups.ts';
import type { Step } from './player.ts';

export const ENTRA_TRANSPORT = {
  headers: { accept: 'application/scim+json, application/json' },
  contentType: 'application/scim+json; charset=utf-8',
} as const;

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** What is written differently in the two dialects of Entra ID. */
export interface EntraDialect extends EntraGroupDialect {
  /** The operations that bring a profile to this state. */
  profile(facts: EntraProfile): readonly object[];
  manager(id: string): readonly object[];
  active(active: boolean): readonly object[];
}

export interface EntraProfile {
  readonly givenName: string;
  readonly workEmail: string;
  readonly mobile: string;
  readonly department: string;
  readonly country: string;
}

/** Everything Entra does with users: a test of the connection, then cycles in which it caches ids and compares. */
export function entraUserSteps(
  desk: Desk,
  dialect: EntraDialect,
  ids: { ada: string; grace: string },
): readonly Step[] {
  const ada = desk.person('Ada', 'Byron');
  const grace = desk.person('Grace', 'Hopper');
  const modify = async (id: string, operations: readonly object[]) =>
    checkStatus(await desk.patch(`/Users/${id}`, operations), 200, 204);
  const facts: EntraProfile = {
    givenName: 'Augusta',
    workEmail: ada.userName,
    mobile: '+44 20 7946 0000 ext. 7',
    department: 'Analysis',
    country: 'Bermuda',
  };

  return [
    { name: 'test the connection', play: () => testConnection(desk) },
    { name: 'read the schemas', play: () => readSchemas(desk) },
    {
      name: 'provision two people',
      async play() {
        ids.ada = await provision(desk, ada);
        ids.grace = await provision(desk, grace);
      },
      leaves: { ada: 'active', grace: 'active' },
    },
    { name: 'repeat a request whose answer was lost', play: () => repeatLostPost(desk, ada, ids.ada) },
    {
      name: 'write changed attributes, and compare in the next cycle',
      async play() {
        await modify(ids.ada, dialect.profile(facts));
        await compare(desk, ids.ada, shownAs(facts));
        await modify(ids.ada, dialect.profile(facts));
      },
      leaves: { ada: 'active' },
    },
    {
      name: 'write the reference to the manager',
      async play() {
        await modify(ids.ada, dialect.manager(ids.grace));
        await findByManager(desk, ids.ada, ids.grace);
      },
    },
    ...entraGroupSteps(desk, dialect, ids),
    {
      name: 'leave the scope',
      async play() {
        await modify(ids.ada, dialect.active(false));
        await stillThere(desk, ada, ids.ada);
      },
      leaves: { ada: 'deactivated', grace: 'active' },
    },
    {
      name: 'restore on the cached id',
      async play() {
        await modify(ids.ada, dialect.active(true));
        await compare(desk, ids.ada, { active: true });
      },
      leaves: { ada: 'active' },
    },
    {
      name: 'delete for good, 30 days later',
      async play() {
        await modify(ids.ada, dialect.active(false));
        checkStatus(await desk.delete(`/Users/${ids.ada}`), 204);
        checkStatus(await desk.get(`/Users/${ids.ada}`), 404);
      },
      leaves: { ada: 'deactivated', grace: 'active' },
    },
  ];
}

/** Matching by a random value must find nobody, with 200; Entra puts the job in quarantine for a 404. */
async function testConnection(desk: Desk): Promise<void> {
  const answer = await desk.get(`/Users?${query({ filter: `userName eq "${randomUUID()}"` })}`);
  check(answer, answer.status !== 404, 'Entra quarantines the job: an empty list with 200 is needed');
  check(answer, listOf(answer).length === 0 && answer.body.totalResults === 0, 'nobody can match');
}

async function readSchemas(desk: Desk): Promise<void> {
  const answer = await desk.get('/Schemas');
  const named = listOf(answer).map(({ id }) => id);
  check(
    answer,
    [CORE, ENTERPRISE].every((urn) => named.includes(urn)),
    'both user schemas must be listed',
  );
  check(answer, !/:\s*null\b/.test(answer.text), 'there must be no null in a schema');
}

async function match(desk: Desk, { userName }: Person): Promise<Json | undefined> {
  const answer = await desk.get(`/Users?${query({ filter: `userName eq "${userName}"` })}`);
  const [user, ...others] = listOf(answer);
  check(answer, others.length === 0, 'a match must be unique');
  return user;
}

/** The id, from now on cached: of whom the match finds, else of whom the POST creates. */
async function provision(desk: Desk, person: Person): Promise<string> {
  const found = await match(desk, person);
  if (!found) return resourceOf(await desk.post('/Users', newUser(person)), 201).id;
  const answer = await desk.patch(`/Users/${found.id}`, [
    { op: 'Add', path: 'externalId', value: person.externalId },
    { op: 'Replace', path: 'active', value: 'True' },
  ]);
  checkStatus(answer, 200, 204);
  return found.id;
}

function newUser({ userName, externalId, givenName, familyName }: Person): object {
  return {
    schemas: [CORE, ENTERPRISE],
    externalId,
    userName,
    active: true,
    displayName: `${givenName} ${familyName}`,
    emails: [{ primary: true, type: 'work', value: userName }],
    meta: { resourceType: 'User' },
    name: { formatted: `${givenName} ${familyName}`, familyName, givenName },
    roles: [],
    title: null,
    [ENTERPRISE]: { department: 'Mathematics' },
  };
}

/** A POST whose answer was lost is repeated: refused as a duplicate, and then matched. */
async function repeatLostPost(desk: Desk, person: Person, id: string): Promise<void> {
  const answer = await desk.post('/Users', newUser(person));
  checkStatus(answer, 409);
  check(answer, answer.body?.scimType === 'uniqueness', 'the scimType uniqueness is needed');
  check(answer, (await match(desk, person))?.id === id, 'the match must find the user that was created');
}

async function compare(desk: Desk, id: string, facts: object): Promise<Answer> {
  const answer = await desk.get(`/Users/${id}`);
  resourceOf(answer, 200);
  checkSays(answer, facts);
  return answer;
}

function shownAs({ givenName, workEmail, mobile, department, country }: EntraProfile): object {
  return {
    name: { givenName, familyName: 'Byron' },
    emails: [{ type: 'work', value: workEmail }],
    phoneNumbers: [{ type: 'mobile', value: mobile }],
    addresses: [{ type: 'work', country }],
    [ENTERPRISE]: { department },
  };
}

/** How Entra asks whether a reference is there. */
async function findByManager(desk: Desk, id: string, manager: string): Promise<void> {
  const answer = await desk.get(
    `/Users?${query({ filter: `id eq "${id}" and manager eq "${manager}"`, attributes: 'id' })}`,
  );
  check(answer, listOf(answer)[0]?.id === id, 'the reference that was written must be found');
}

/** A user out of scope must be there, inactive, by id and by match. */
async function stillThere(desk: Desk, person: Person, id: string): Promise<void> {
  await compare(desk, id, { active: false });
  const found = await match(desk, person);
  if (found?.id !== id || found.active !== false)
    throw new Error(`the match must find the inactive user ${id}, and finds ${JSON.stringify(found)}`);
}
