import { check, checkSays, checkStatus, listOf, resourceOf } from './checks.ts';
import type { Json } from './client.ts';
import { type Desk, type Person, query } from './desk.ts';
import { pingGroupSteps } from './ping-groups.ts';
import type { Player } from './player.ts';

const SEARCH_REQUEST = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';
const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';

/** PingFederate looks before each run whether somebody answers as SCIM, and PUTs every change of a user. */
export const PINGFEDERATE: Player = {
  name: 'pingfederate',
  provider: 'PingFederate',
  headers: { accept: 'application/scim+json' },
  contentType: 'application/scim+json',
  steps(desk) {
    const ada = desk.person('Ada', 'Byron');
    const grace = desk.person('Grace', 'Hopper');
    const joan = desk.person('Joan', 'Clarke');
    const ids = { ada: '', grace: '', joan: '' };
    const replace = async (id: string, person: Person, active: boolean, facts: object = {}) => {
      await lookBefore(desk);
      const answer = await desk.put(`/Users/${id}`, profileOf(person, active, facts));
      resourceOf(answer, 200);
      checkSays(answer, { ...facts, active });
    };

    return [
      { name: 'look before a run', play: () => lookBefore(desk) },
      {
        name: 'provision two people',
        async play() {
          ids.ada = await provision(desk, ada, true);
          ids.grace = await provision(desk, grace, true);
        },
        leaves: { ada: 'active', grace: 'active' },
      },
      {
        name: 'provision somebody disabled',
        async play() {
          ids.joan = await provision(desk, joan, false);
        },
        leaves: { joan: 'deactivated' },
      },
      { name: 'update', play: () => replace(ids.ada, ada, true, { title: 'Countess' }), leaves: { ada: 'active' } },
      ...pingGroupSteps(desk, ids),
      { name: 'disable', play: () => replace(ids.ada, ada, false), leaves: { ada: 'deactivated', grace: 'active' } },
      { name: 'enable again', play: () => replace(ids.ada, ada, true), leaves: { ada: 'active' } },
      { name: 'match as PingOne does', play: () => matchAsPingOne(desk, ada, ids.ada) },
      { name: 'search as PingDataSync does', play: () => search(desk, ada, ids.ada) },
      {
        name: 'delete, as the connection may be set to',
        play: async () => checkStatus(await desk.delete(`/Users/${ids.ada}`), 204),
        leaves: { ada: 'deactivated', grace: 'active' },
      },
    ];
  },
};

/** There is no user 0, and SCIM has a way to say so. */
async function lookBefore(desk: Desk): Promise<void> {
  const answer = await desk.get('/Users/0');
  checkStatus(answer, 404);
  check(answer, answer.body?.status === '404', 'a SCIM error with the status “404” is needed');
}

async function match(desk: Desk, filter: string): Promise<Json | undefined> {
  const answer = await desk.get(`/Users?${query({ filter })}`);
  const [user, ...others] = listOf(answer);
  check(answer, others.length === 0, 'more than one user would match');
  return user;
}

async function provision(desk: Desk, person: Person, active: boolean): Promise<string> {
  const found = await match(desk, `userName eq "${person.userName}"`);
  const body = profileOf(person, active);
  const answer = found ? await desk.put(`/Users/${found.id}`, body) : await desk.post('/Users', body);
  const { id } = resourceOf(answer, 200, 201);
  checkSays(answer, { active });
  return id;
}

async function matchAsPingOne(desk: Desk, { userName }: Person, id: string): Promise<void> {
  const found = await match(desk, `UserName Eq "${userName}"`);
  if (found?.id !== id) throw new Error(`the filter UserName Eq "${userName}" must find ${id}`);
}

async function search(desk: Desk, { userName }: Person, id: string): Promise<void> {
  const asked = { schemas: [SEARCH_REQUEST], filter: `userName eq "${userName}"`, startIndex: 1, count: 100 };
  const answer = await desk.post('/Users/.search', asked);
  check(answer, listOf(answer)[0]?.id === id, `the search must find ${id}`);
}

function profileOf(
  { userName, externalId, givenName, familyName }: Person,
  active: boolean,
  facts: object = {},
): object {
  return {
    schemas: [CORE],
    userName,
    externalId,
    name: { givenName, familyName },
    emails: [{ value: userName, type: 'work', primary: true }],
    active,
    ...facts,
  };
}
