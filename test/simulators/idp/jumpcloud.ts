import { check, checkSays, checkStatus, listOf, resourceOf } from './checks.ts';
import { type Desk, type Person, query } from './desk.ts';
import { jumpCloudGroupSteps, tryGroup } from './jumpcloud-groups.ts';
import type { Player } from './player.ts';

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** JumpCloud tries everything with a test user when it is activated; its PUTs come in a full and a minimal form. */
export const JUMPCLOUD: Player = {
  name: 'jumpcloud',
  provider: 'JumpCloud',
  headers: { accept: 'application/scim+json' },
  contentType: 'application/scim+json',
  steps(desk) {
    const ada = desk.person('Ada', 'Byron');
    const grace = desk.person('Grace', 'Hopper');
    const ids = { ada: '', grace: '' };
    const replace = async (id: string, body: object, shown: object) => {
      const answer = await desk.put(`/Users/${id}`, body);
      resourceOf(answer, 200);
      checkSays(answer, shown);
    };

    return [
      { name: 'activate: try a test user and a test group', play: () => activate(desk) },
      {
        name: 'provision two people',
        async play() {
          ids.ada = await provision(desk, ada);
          ids.grace = await provision(desk, grace);
        },
        leaves: { ada: 'active', grace: 'active' },
      },
      {
        name: 'update in full',
        play: () => replace(ids.ada, fullBody(ada, { title: 'Countess' }), { title: 'Countess', active: true }),
        leaves: { ada: 'active' },
      },
      {
        name: 'update with a minimal body',
        async play() {
          await replace(ids.ada, minimalBody(ada, true), { userName: ada.userName, active: true });
          const read = await desk.get(`/Users/${ids.ada}`);
          check(read, read.body?.emails === undefined, 'emails were sent as null: nothing may be left of them');
          check(read, read.body?.externalId === ada.externalId, 'the externalId is needed to match again');
          await replace(ids.ada, fullBody(ada), { emails: [{ value: ada.userName }] });
        },
        leaves: { ada: 'active' },
      },
      ...jumpCloudGroupSteps(desk, ids),
      {
        name: 'suspend',
        play: () => replace(ids.ada, minimalBody(ada, false), { active: false }),
        leaves: { ada: 'deactivated', grace: 'active' },
      },
      { name: 'restore', play: () => replace(ids.ada, fullBody(ada), { active: true }), leaves: { ada: 'active' } },
      {
        name: 'remove a user from the app',
        play: async () => checkStatus(await desk.delete(`/Users/${ids.ada}`), 204),
        leaves: { ada: 'deactivated', grace: 'active' },
      },
    ];
  },
};

/** Creates a user and a group, reads, changes and deletes them; where the user cannot be deleted it is deactivated instead. */
async function activate(desk: Desk): Promise<void> {
  const person = desk.person('Activation', 'Test');
  const { id } = resourceOf(await desk.post('/Users', fullBody(person)), 201);
  resourceOf(await desk.get(`/Users/${id}`), 200);
  resourceOf(await desk.put(`/Users/${id}`, minimalBody(person, true)), 200);
  await tryGroup(desk, id);
  const gone = await desk.delete(`/Users/${id}`);
  if (gone.status === 204) checkStatus(await desk.get(`/Users/${id}`), 404);
  else resourceOf(await desk.put(`/Users/${id}`, minimalBody(person, false)), 200);
}

async function provision(desk: Desk, person: Person): Promise<string> {
  const filter = `userName eq "${person.userName}"`;
  const [found] = listOf(await desk.get(`/Users?${query({ filter })}`));
  const answer = found
    ? await desk.put(`/Users/${found.id}`, fullBody(person))
    : await desk.post('/Users', fullBody(person));
  const { id, schemas } = resourceOf(answer, 200, 201);
  check(answer, !schemas.includes(ENTERPRISE), 'no extension was sent, so none may be named');
  return id;
}

function fullBody({ userName, externalId, givenName, familyName }: Person, facts: object = {}): object {
  return {
    schemas: [ENTERPRISE, CORE],
    externalId,
    userName,
    name: { givenName, familyName },
    displayName: `${givenName} ${familyName}`,
    emails: [{ value: userName, type: 'work', primary: true }],
    addresses: [],
    phoneNumbers: [{ value: 'tel:+44-20-7946-0000', type: 'work' }],
    photos: [{ value: 'https://example.com/ada.png' }],
    active: true,
    ...facts,
  };
}

function minimalBody({ userName, givenName, familyName }: Person, active: boolean): object {
  return { schemas: [CORE], userName, name: { givenName, familyName }, emails: null, active };
}
