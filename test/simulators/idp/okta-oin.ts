import { checkStatus } from './checks.ts';
import type { Desk } from './desk.ts';
import {
  assign,
  checkActive,
  findUser,
  importUsers,
  OKTA_TRANSPORT,
  readable,
  replaceUser,
  testConnector,
} from './okta.ts';
import { oinGroupSteps } from './okta-groups.ts';
import type { Player } from './player.ts';

/** An app of Okta's catalogue: PUT for profiles, PATCH for status and password, and it never deletes anybody. */
export const OKTA_OIN: Player = {
  name: 'okta-oin',
  provider: 'Okta (catalogue app)',
  ...OKTA_TRANSPORT,
  steps(desk) {
    const ada = desk.person('Ada', 'Byron');
    const grace = desk.person('Grace', 'Hopper');
    const ids = { ada: '', grace: '' };
    const setStatus = async (id: string, active: boolean) =>
      checkActive(readable(await desk.patch(`/Users/${id}`, [{ op: 'replace', value: { active } }])), active);

    return [
      { name: 'test the connector', play: () => testConnector(desk) },
      { name: 'save “To App”', play: () => testConnector(desk) },
      {
        name: 'assign two people',
        async play() {
          ids.ada = await assign(desk, ada);
          ids.grace = await assign(desk, grace);
        },
        leaves: { ada: 'active', grace: 'active' },
      },
      {
        name: 'update a profile',
        play: async () => void (await replaceUser(desk, ids.ada, { title: 'Countess', nickName: 'Ada' })),
        leaves: { ada: 'active' },
      },
      { name: 'push a password', play: () => pushPassword(desk, ids.ada) },
      { name: 'unassign', play: () => setStatus(ids.ada, false), leaves: { ada: 'deactivated', grace: 'active' } },
      {
        name: 'assign again',
        async play() {
          const found = await findUser(desk, { ...ada, userName: ada.userName.toUpperCase() });
          if (found?.id !== ids.ada) throw new Error('the unassigned user is not found any more, or has another id');
          await setStatus(ids.ada, true);
        },
        leaves: { ada: 'active' },
      },
      ...oinGroupSteps(desk, ids),
      { name: 'import', play: () => importUsers(desk, Object.values(ids)) },
      {
        name: 'unassign everybody',
        play: async () => {
          for (const id of Object.values(ids)) await setStatus(id, false);
        },
        leaves: { ada: 'deactivated', grace: 'deactivated' },
      },
    ];
  },
};

async function pushPassword(desk: Desk, id: string): Promise<void> {
  const value = { password: `Qw7!${desk.run}` };
  checkStatus(readable(await desk.patch(`/Users/${id}`, [{ op: 'replace', value }])), 200, 204);
}
