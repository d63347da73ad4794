import { check, checkStatus, resourceOf } from './checks.ts';
import type { Desk } from './desk.ts';
import { checkMembers, createGroup, deleteGroup, findGroup, GROUP, groupName, modifyGroup } from './groups.ts';
import type { Step } from './player.ts';

const AD_GROUP = 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group';

/** What is written differently in the two dialects of Entra ID. */
export interface EntraGroupDialect {
  add(userIds: readonly string[]): readonly object[];
  remove(userIds: readonly string[]): readonly object[];
  rename(displayName: string): readonly object[];
}

/** Groups as Entra provisions them: created without members, read without members, members written in batches. */
export function entraGroupSteps(
  desk: Desk,
  dialect: EntraGroupDialect,
  ids: { readonly ada: string; readonly grace: string },
): readonly Step[] {
  const name = groupName(desk, 'Analysts');
  let id = '';
  const modify = (operations: readonly object[]) => modifyGroup(desk, id, ...operations);
  return [
    {
      name: 'provision a group',
      async play() {
        id = await provision(desk, name);
        await modify(dialect.add([ids.ada, ids.grace]));
        await readWithoutMembers(desk, id);
        await checkMembers(desk, id, [ids.ada, ids.grace]);
      },
    },
    {
      name: 'take out a member, one who is out already too',
      async play() {
        await modify(dialect.remove([ids.ada]));
        await modify(dialect.remove([ids.ada]));
        await checkMembers(desk, id, [ids.grace]);
        await modify(dialect.add([ids.ada]));
      },
    },
    {
      name: 'rename the group',
      async play() {
        await modify(dialect.rename(`${name} renamed`));
        const found = await findGroup(desk, `${name} RENAMED`);
        if (found?.id !== id) throw new Error('the renamed group must be found by its new name, in any case');
        await checkMembers(desk, id, [ids.ada, ids.grace]);
      },
    },
    { name: 'delete the group', play: () => deleteGroup(desk, id) },
  ];
}

async function provision(desk: Desk, name: string): Promise<string> {
  const found = await findGroup(desk, name);
  if (found) return found.id;
  const facts = {
    schemas: [GROUP, AD_GROUP],
    externalId: `group-${desk.run}`,
    meta: { resourceType: 'Group' },
  };
  const id = await createGroup(desk, name, facts);
  checkStatus(await desk.post('/Groups', { ...facts, displayName: name.toUpperCase() }), 409);
  return id;
}

async function readWithoutMembers(desk: Desk, id: string): Promise<void> {
  const answer = await desk.get(`/Groups/${id}?excludedAttributes=members`);
  resourceOf(answer, 200);
  check(answer, answer.body.members === undefined, 'members were to be left out');
}
