import { checkSays, checkStatus, listOf, resourceOf } from './checks.ts';
import { type Desk, query } from './desk.ts';
import { checkMembers, createGroup, deleteGroup, GROUP, groupName, modifyGroup } from './groups.ts';
import { readable } from './okta.ts';
import { everyPage } from './pages.ts';
import type { Step } from './player.ts';

interface Ids {
  readonly ada: string;
  readonly grace: string;
}

const IMPORT_PAGE = 100;

/** Group push of a catalogue app: PATCH for members and names; every one repeats the id and the name. */
export function oinGroupSteps(desk: Desk, ids: Ids): readonly Step[] {
  const name = groupName(desk, 'Analysts');
  let id = '';
  const push = async (...operations: readonly object[]) => {
    await modifyGroup(desk, id, ...operations);
    await modifyGroup(desk, id, { op: 'replace', value: { id, displayName: name } });
  };
  return [
    {
      name: 'push a group',
      async play() {
        id = await linkOrCreate(desk, name);
        await push({ op: 'add', path: 'members', value: [{ value: ids.ada }, { value: ids.grace }] });
        await checkMembers(desk, id, [ids.ada, ids.grace]);
      },
    },
    {
      name: 'take a member out, twice',
      async play() {
        const leaves = { op: 'remove', path: `members[value eq "${ids.ada}"]` };
        await push(leaves);
        await push(leaves);
        await checkMembers(desk, id, [ids.grace]);
      },
    },
    {
      name: '“Push now”',
      async play() {
        await push({ op: 'replace', path: 'members', value: [] });
        await checkMembers(desk, id, []);
        await push({ op: 'replace', path: 'members', value: [{ value: ids.grace }, { value: ids.ada }] });
        await checkMembers(desk, id, [ids.ada, ids.grace]);
      },
    },
    { name: 'rename the group', play: () => rename(desk, id, `${name} renamed`) },
    { name: 'import groups', play: () => importGroups(desk, id) },
    { name: 'unlink the group and delete it', play: () => deleteGroup(desk, id) },
  ];
}

/** Group push of a wizard app: it reads a group and PUTs the whole of it. */
export function wizardGroupSteps(desk: Desk, ids: Ids): readonly Step[] {
  const name = groupName(desk, 'Analysts');
  let id = '';
  const replace = async (displayName: string, members: readonly string[]) => {
    const { displayName: _, members: __, ...rest } = resourceOf(readable(await desk.get(`/Groups/${id}`)), 200);
    const body = { ...rest, displayName, members: members.map((value) => ({ value, display: 'as Okta knows them' })) };
    const answer = readable(await desk.put(`/Groups/${id}`, body));
    checkStatus(answer, 200, 204);
    if (answer.status === 200) checkSays(answer, { displayName });
    await checkMembers(desk, id, members);
  };
  return [
    {
      name: 'push a group',
      async play() {
        id = await linkOrCreate(desk, name);
        await replace(name, [ids.ada, ids.grace]);
      },
    },
    { name: 'take a member out', play: () => replace(name, [ids.grace]) },
    { name: 'rename the group', play: () => replace(`${name} renamed`, [ids.grace]) },
    { name: 'import groups', play: () => importGroups(desk, id) },
    { name: 'unlink the group and delete it', play: () => deleteGroup(desk, id) },
  ];
}

async function linkOrCreate(desk: Desk, name: string): Promise<string> {
  const filter = `displayName eq "${name}"`;
  const [found] = listOf(readable(await desk.get(`/Groups?${query({ filter, startIndex: 1, count: 100 })}`)));
  return found?.id ?? createGroup(desk, name, { members: [] });
}

async function rename(desk: Desk, id: string, displayName: string): Promise<void> {
  await modifyGroup(desk, id, { op: 'replace', value: { id, displayName } });
  const answer = await desk.get(`/Groups/${id}`);
  resourceOf(answer, 200);
  checkSays(answer, { schemas: [GROUP], displayName });
}

async function importGroups(desk: Desk, id: string): Promise<void> {
  const groups = await everyPage(desk, '/Groups', IMPORT_PAGE);
  if (!groups.some((group) => group.id === id)) throw new Error(`the import did not bring the group ${id}`);
}
