import { checkSays, resourceOf } from './checks.ts';
import type { Desk } from './desk.ts';
import { checkMembers, createGroup, deleteGroup, groupName, modifyGroup } from './groups.ts';
import type { Step } from './player.ts';

/** The second half of an activation: a test group with a test user in it, and both are deleted. */
export async function tryGroup(desk: Desk, userId: string): Promise<void> {
  const name = groupName(desk, 'Activation test');
  const id = await createGroup(desk, name);
  const read = await desk.get(`/Groups/${id}`);
  resourceOf(read, 200);
  checkSays(read, { displayName: name });
  await changeMembers(desk, id, userId);
  await deleteGroup(desk, id);
}

export function jumpCloudGroupSteps(desk: Desk, ids: { readonly ada: string }): readonly Step[] {
  const name = groupName(desk, 'Analysts');
  let id = '';
  return [
    {
      name: 'provision a group',
      async play() {
        id = await createGroup(desk, name);
        await changeMembers(desk, id, ids.ada);
      },
    },
    {
      name: 'rename the group',
      play: () => modifyGroup(desk, id, { op: 'replace', path: 'displayName', value: `${name} renamed` }),
    },
    { name: 'remove the group from the app', play: () => deleteGroup(desk, id) },
  ];
}

/** One in, and out again by a list of who is to go. */
async function changeMembers(desk: Desk, id: string, userId: string): Promise<void> {
  const value = [{ value: userId }];
  await modifyGroup(desk, id, { op: 'add', path: 'members', value });
  await checkMembers(desk, id, [userId]);
  await modifyGroup(desk, id, { op: 'remove', path: 'members', value });
  await checkMembers(desk, id, []);
}
