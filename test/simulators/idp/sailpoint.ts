import { checkSays, checkStatus, listOf, resourceOf } from './checks.ts';
import { type Desk, type Person, query } from './desk.ts';
import { everyPage } from './pages.ts';
import type { Player } from './player.ts';
import { checkDiscovery } from './sailpoint-discovery.ts';
import { sailPointGroupSteps } from './sailpoint-groups.ts';

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const PAGE = 50;

/** SailPoint reads what the server says of itself, refuses a document that is not valid, and reads everybody in pages. */
export const SAILPOINT: Player = {
  name: 'sailpoint',
  provider: 'SailPoint',
  headers: { accept: 'application/scim+json' },
  contentType: 'application/scim+json',
  steps(desk) {
    const ada = desk.person('Ada', 'Byron');
    const grace = desk.person('Grace', 'Hopper');
    const ids = { ada: '', grace: '' };
    const set = async (id: string, path: string, value: unknown, shown: object) => {
      checkStatus(await desk.patch(`/Users/${id}`, [{ op: 'replace', path, value }]), 200, 204);
      const read = await desk.get(`/Users/${id}`);
      resourceOf(read, 200);
      checkSays(read, shown);
    };

    return [
      { name: 'test the connection', play: () => checkDiscovery(desk) },
      {
        name: 'create two accounts',
        async play() {
          ids.ada = await create(desk, ada);
          ids.grace = await create(desk, grace);
        },
        leaves: { ada: 'active', grace: 'active' },
      },
      {
        name: 'set attributes that were never set',
        async play() {
          const name = { givenName: 'Ada', familyName: 'Byron' };
          await set(ids.ada, 'name', name, { name });
          await set(ids.ada, 'name.middleName', 'King', { name: { ...name, middleName: 'King' } });
        },
        leaves: { ada: 'active' },
      },
      {
        name: 'aggregate accounts',
        play: () => aggregate(desk, Object.values(ids)),
      },
      ...sailPointGroupSteps(desk, ids),
      {
        name: 'disable an account',
        play: () => set(ids.ada, 'active', false, { active: false }),
        leaves: { ada: 'deactivated', grace: 'active' },
      },
      {
        name: 'enable it again',
        play: () => set(ids.ada, 'active', true, { active: true }),
        leaves: { ada: 'active' },
      },
      {
        name: 'delete an account',
        play: async () => checkStatus(await desk.delete(`/Users/${ids.ada}`), 204),
        leaves: { ada: 'deactivated', grace: 'active' },
      },
    ];
  },
};

/** The account of that name, or a new one that says nothing but its name and address. */
async function create(desk: Desk, { userName, externalId }: Person): Promise<string> {
  const [found] = listOf(await desk.get(`/Users?${query({ filter: `userName eq "${userName}"` })}`));
  if (found) return resourceOf(await desk.patch(`/Users/${found.id}`, [TAKE_OVER]), 200).id;
  const emails = [{ value: userName, type: 'work', primary: true }];
  return resourceOf(await desk.post('/Users', { schemas: [CORE], userName, externalId, emails, active: true }), 201).id;
}

const TAKE_OVER = { op: 'replace', path: 'active', value: true };

async function aggregate(desk: Desk, ids: readonly string[]): Promise<void> {
  const accounts = new Set((await everyPage(desk, '/Users', PAGE)).map(({ id }) => id));
  const missing = ids.filter((id) => !accounts.has(id));
  if (missing.length > 0) throw new Error(`the aggregation did not bring ${missing.join(', ')}`);
}
