import { checkStatus } from './checks.ts';
import type { Desk } from './desk.ts';
import { checkMembers, createGroup, deleteGroup, GROUP, groupName, modifyGroup } from './groups.ts';
import type { Step } from './player.ts';

/** Rippling creates a group, fills it with one long list, and repeats what it is not sure of. */
export function ripplingGroupSteps(desk: Desk, ids: { readonly ada: string; readonly grace: string }): readonly Step[] {
  const name = groupName(desk, 'Analysts');
  let id = '';
  return [
    {
      name: 'create a group, repeated once',
      async play() {
        id = await createGroup(desk, name);
        checkStatus(await desk.post('/Groups', { schemas: [GROUP], displayName: name }), 409);
      },
    },
    {
      name: 'fill the group, repeated once',
      async play() {
        const value = [ids.ada, ids.grace].map((member) => ({ value: member }));
        for (const op of ['add', 'add']) await modifyGroup(desk, id, { op, path: 'members', value });
        await checkMembers(desk, id, [ids.ada, ids.grace]);
      },
    },
    {
      name: 'take a member out',
      async play() {
        await modifyGroup(desk, id, { op: 'remove', path: `members[value eq "${ids.ada}"]` });
        await checkMembers(desk, id, [ids.grace]);
      },
    },
    { name: 'delete the group', play: () => deleteGroup(desk, id) },
  ];
}
