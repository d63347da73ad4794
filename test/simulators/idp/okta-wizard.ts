import { assign, findUser, importUsers, OKTA_TRANSPORT, replaceUser, testConnector } from './okta.ts';
import { wizardGroupSteps } from './okta-groups.ts';
import type { Player } from './player.ts';

/** An app made with Okta's integration wizard: it reads a user and PUTs the whole of it for everything, status too. */
export const OKTA_WIZARD: Player = {
  name: 'okta-wizard',
  provider: 'Okta (app integration wizard)',
  ...OKTA_TRANSPORT,
  steps(desk) {
    const ada = desk.person('Ada', 'Byron');
    const grace = desk.person('Grace', 'Hopper');
    const ids = { ada: '', grace: '' };
    const change = async (id: string, changes: object) => void (await replaceUser(desk, id, changes));

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
      { name: 'update a profile', play: () => change(ids.ada, { title: 'Countess' }), leaves: { ada: 'active' } },
      {
        name: 'unassign',
        play: () => change(ids.ada, { active: false }),
        leaves: { ada: 'deactivated', grace: 'active' },
      },
      {
        name: 'assign again',
        async play() {
          const found = await findUser(desk, ada);
          if (found?.id !== ids.ada) throw new Error('the unassigned user is not found any more, or has another id');
          await change(ids.ada, { active: true });
        },
        leaves: { ada: 'active' },
      },
      ...wizardGroupSteps(desk, ids),
      { name: 'import', play: () => importUsers(desk, Object.values(ids)) },
      {
        name: 'unassign everybody',
        play: async () => {
          for (const id of Object.values(ids)) await change(id, { active: false });
        },
        leaves: { ada: 'deactivated', grace: 'deactivated' },
      },
    ];
  },
};
