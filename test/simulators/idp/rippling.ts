import { check, checkSays, checkStatus, listOf, resourceOf } from './checks.ts';
import type { Json } from './client.ts';
import { type Desk, type Person, query } from './desk.ts';
import type { Player } from './player.ts';
import { ripplingGroupSteps } from './rippling-groups.ts';

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';

/** Rippling matches by email and repeats what it is not sure of. */
export const RIPPLING: Player = {
  name: 'rippling',
  provider: 'Rippling',
  headers: { accept: 'application/json' },
  contentType: 'application/json',
  steps(desk) {
    const ada = desk.person('Ada', 'Byron');
    const grace = desk.person('Grace', 'Hopper');
    const ids = { ada: '', grace: '' };
    const modify = async (id: string, value: object) => {
      checkStatus(await desk.patch(`/Users/${id}`, [{ op: 'replace', value }]), 200, 204);
      const read = await desk.get(`/Users/${id}`);
      resourceOf(read, 200);
      checkSays(read, value);
    };

    return [
      {
        name: 'connect',
        play: async () => void listOf(await desk.get(`/Users?${query({ startIndex: 1, count: 1 })}`)),
      },
      {
        name: 'create two people',
        async play() {
          ids.ada = await create(desk, ada);
          ids.grace = await create(desk, grace);
        },
        leaves: { ada: 'active', grace: 'active' },
      },
      { name: 'repeat a create', play: () => repeatCreate(desk, ada, ids.ada) },
      { name: 'update', play: () => modify(ids.ada, { title: 'Countess' }), leaves: { ada: 'active' } },
      ...ripplingGroupSteps(desk, ids),
      {
        name: 'off-board',
        play: () => modify(ids.ada, { active: false }),
        leaves: { ada: 'deactivated', grace: 'active' },
      },
      { name: 'rehire', play: () => modify(ids.ada, { active: true }), leaves: { ada: 'active' } },
      {
        name: 'remove the app from everybody',
        play: async () => {
          for (const id of Object.values(ids)) await modify(id, { active: false });
        },
        leaves: { ada: 'deactivated', grace: 'deactivated' },
      },
    ];
  },
};

/** The same person by each of the ways Rippling asks. */
async function match(desk: Desk, { userName }: Person): Promise<Json | undefined> {
  const filters = [`emails.value eq "${userName}"`, `emails[type eq "work" and value eq "${userName}"]`];
  const found: Json[] = [];
  for (const filter of filters) found.push(listOf(await desk.get(`/Users?${query({ filter })}`))[0]);
  if (found[0]?.id !== found[1]?.id) throw new Error(`${filters.join(' and ')} find different people`);
  return found[0];
}

async function create(desk: Desk, person: Person): Promise<string> {
  const found = await match(desk, person);
  if (!found) return resourceOf(await desk.post('/Users', profileOf(person)), 201).id;
  checkStatus(await desk.patch(`/Users/${found.id}`, [{ op: 'replace', value: { active: true } }]), 200, 204);
  return found.id;
}

async function repeatCreate(desk: Desk, person: Person, id: string): Promise<void> {
  const answers = [await desk.post('/Users', profileOf(person)), await desk.post('/Users', profileOf(person))];
  for (const answer of answers) checkStatus(answer, 409);
  for (const answer of answers)
    check(answer, answer.body?.detail === answers[0]?.body?.detail, 'a repeated refusal must read the same');
  if ((await match(desk, person))?.id !== id) throw new Error('the person created first must be found');
}

function profileOf({ userName, externalId, givenName, familyName }: Person): object {
  return {
    schemas: [CORE],
    userName,
    externalId,
    name: { givenName, familyName },
    displayName: `${givenName} ${familyName}`,
    emails: [{ value: userName, type: 'work', primary: true }],
    active: true,
  };
}
