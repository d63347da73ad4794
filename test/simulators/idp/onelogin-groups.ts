import { listOf } from './checks.ts';
import type { Desk } from './desk.ts';
import { checkMembers, createGroup, deleteGroup, groupName, modifyGroup } from './groups.ts';
import type { Step } from './player.ts';

/** “Refresh entitlements” reads the groups; rules then put people in and out. */
export function oneLoginGroupSteps(desk: Desk, ids: { readonly ada: string; readonly grace: string }): readonly Step[] {
  const name = groupName(desk, 'Analysts');
  let id = '';
  const refresh = async () => listOf(await desk.get('/Groups')).map(({ displayName }) => displayName);
  return [
    {
      name: 'create a group and refresh the entitlements',
      async play() {
        await refresh();
        id = await createGroup(desk, name);
        if (!(await refresh()).includes(name)) throw new Error(`the group “${name}” must be among the entitlements`);
      },
    },
    {
      name: 'put people into the group and take one out',
      async play() {
        for (const value of [ids.ada, ids.grace])
          await modifyGroup(desk, id, { op: 'add', path: 'members', value: [{ value }] });
        await checkMembers(desk, id, [ids.ada, ids.grace]);
        await modifyGroup(desk, id, { op: 'remove', path: `members[value eq "${ids.ada}"]` });
        await checkMembers(desk, id, [ids.grace]);
      },
    },
    { name: 'delete the group', play: () => deleteGroup(desk, id) },
  ];
}
