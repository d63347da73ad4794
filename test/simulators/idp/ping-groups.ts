import type { Json } from './client.ts';
import type { Desk } from './desk.ts';
import { checkMembers, createGroup, deleteGroup, groupName, modifyGroup } from './groups.ts';
import { everyPage } from './pages.ts';
import type { Step } from './player.ts';

const PAGE = 100;

/** Groups are matched by reading all of them and comparing names on the side of Ping. */
export function pingGroupSteps(desk: Desk, ids: { readonly ada: string; readonly grace: string }): readonly Step[] {
  const name = groupName(desk, 'Analysts');
  let id = '';
  return [
    {
      name: 'compare all groups, and provision one',
      async play() {
        id = (await findByComparing(desk, name))?.id ?? (await createGroup(desk, name));
        if ((await findByComparing(desk, name))?.id !== id) throw new Error(`the group “${name}” must be on a page`);
      },
    },
    {
      name: 'merge members',
      async play() {
        await modifyGroup(desk, id, { op: 'add', path: 'members', value: [{ value: ids.ada }] });
        await modifyGroup(desk, id, { op: 'add', path: 'members', value: [{ value: ids.ada }, { value: ids.grace }] });
        await checkMembers(desk, id, [ids.ada, ids.grace]);
      },
    },
    {
      name: 'overwrite members, as PingOne may be set to',
      async play() {
        await modifyGroup(desk, id, { op: 'replace', path: 'members', value: [{ value: ids.grace }] });
        await checkMembers(desk, id, [ids.grace]);
      },
    },
    { name: 'delete the group', play: () => deleteGroup(desk, id) },
  ];
}

async function findByComparing(desk: Desk, displayName: string): Promise<Json | undefined> {
  const groups = await everyPage(desk, '/Groups', PAGE, { excludedAttributes: 'members' });
  return groups.find((group) => group.displayName === displayName);
}
