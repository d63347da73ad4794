import type { Desk } from './desk.ts';
import { checkMembers, createGroup, deleteGroup, groupName, modifyGroup } from './groups.ts';
import { everyPage } from './pages.ts';
import type { Step } from './player.ts';

const PAGE = 50;

/** Groups are entitlements: aggregated in pages, granted and revoked one at a time. */
export function sailPointGroupSteps(desk: Desk, ids: { readonly ada: string }): readonly Step[] {
  let id = '';
  return [
    {
      name: 'create an entitlement and aggregate it',
      async play() {
        id = await createGroup(desk, groupName(desk, 'Analysts'));
        const groups = await everyPage(desk, '/Groups', PAGE);
        if (!groups.some((group) => group.id === id)) throw new Error(`the aggregation did not bring the group ${id}`);
      },
    },
    {
      name: 'grant and revoke it',
      async play() {
        await modifyGroup(desk, id, { op: 'add', path: 'members', value: [{ value: ids.ada }] });
        await checkMembers(desk, id, [ids.ada]);
        await modifyGroup(desk, id, { op: 'remove', path: `members[value eq "${ids.ada}"]` });
        await checkMembers(desk, id, []);
      },
    },
    { name: 'delete the entitlement', play: () => deleteGroup(desk, id) },
  ];
}
