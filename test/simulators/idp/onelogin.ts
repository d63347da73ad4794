import { check, checkSays, checkStatus, listOf, resourceOf } from './checks.ts';
import type { Json } from './client.ts';
import { type Desk, type Person, query } from './desk.ts';
import { oneLoginGroupSteps } from './onelogin-groups.ts';
import type { Player } from './player.ts';

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** OneLogin names no user agent, and sends one email as an object instead of a list. */
export const ONELOGIN: Player = {
  name: 'onelogin',
  provider: 'OneLogin',
  headers: { 'user-agent': '', accept: 'application/scim+json' },
  contentType: 'application/scim+json',
  steps(desk) {
    const ada = desk.person('Ada', 'Byron');
    const grace = desk.person('Grace', 'Hopper');
    const ids = { ada: '', grace: '' };
    const replace = async (id: string, person: Person, facts: object) => {
      const answer = await desk.put(`/Users/${id}`, profileOf(person, facts));
      resourceOf(answer, 200);
      checkSays(answer, facts);
    };

    return [
      { name: 'save the connection', play: () => saveConnection(desk) },
      {
        name: 'provision two people',
        async play() {
          ids.ada = await provision(desk, ada);
          ids.grace = await provision(desk, grace);
        },
        leaves: { ada: 'active', grace: 'active' },
      },
      { name: 'update a user', play: () => replace(ids.ada, ada, { title: 'Countess' }), leaves: { ada: 'active' } },
      { name: 'change an email, sent as an object', play: () => patchEmail(desk, ids.ada, ada.userName) },
      ...oneLoginGroupSteps(desk, ids),
      {
        name: 'suspend a leaver',
        play: () => replace(ids.ada, ada, { active: false }),
        leaves: { ada: 'deactivated' },
      },
      {
        name: 'bring the leaver back',
        async play() {
          const found = await match(desk, ada);
          if (found?.id !== ids.ada) throw new Error('the suspended user is not found any more');
          await replace(ids.ada, ada, { active: true });
        },
        leaves: { ada: 'active' },
      },
      {
        name: 'delete a leaver, as the app may be set to',
        play: async () => checkStatus(await desk.delete(`/Users/${ids.ada}`), 204),
        leaves: { ada: 'deactivated', grace: 'active' },
      },
    ];
  },
};

/** A name nobody has must find nobody: an empty list, or 404. */
async function saveConnection(desk: Desk): Promise<void> {
  const filter = `userName eq "onelogin-test-${desk.run}"`;
  const answer = await desk.get(`/Users?${query({ filter })}`);
  checkStatus(answer, 200, 404);
  if (answer.status === 200) check(answer, listOf(answer).length === 0, 'nobody has this name');
}

async function match(desk: Desk, { userName }: Person): Promise<Json | undefined> {
  return listOf(await desk.get(`/Users?${query({ filter: `userName eq "${userName}"` })}`))[0];
}

async function provision(desk: Desk, person: Person): Promise<string> {
  const found = await match(desk, person);
  const profile = profileOf(person, { active: true });
  if (found) return resourceOf(await desk.put(`/Users/${found.id}`, profile), 200).id;
  const { id } = resourceOf(await desk.post('/Users', profile), 201);
  const read = await desk.get(`/Users/${id}`);
  resourceOf(read, 200);
  checkSays(read, { userName: person.userName, active: true, emails: [{ value: person.userName }] });
  return id;
}

function profileOf({ userName, externalId, givenName, familyName }: Person, facts: object): object {
  return {
    schemas: [CORE, ENTERPRISE],
    userName,
    externalId,
    name: { givenName, familyName, formatted: `${givenName} ${familyName}` },
    displayName: `${givenName} ${familyName}`,
    emails: { value: userName, type: 'work', primary: true },
    [ENTERPRISE]: { department: 'Mathematics' },
    ...facts,
  };
}

async function patchEmail(desk: Desk, id: string, value: string): Promise<void> {
  const emails = { value, type: 'work', primary: true };
  checkStatus(await desk.patch(`/Users/${id}`, [{ op: 'replace', value: { emails } }]), 200, 204);
  const read = await desk.get(`/Users/${id}`);
  check(read, read.body?.emails?.length === 1, 'there must be one email, as sent');
}
