import { expect } from 'chai';
import { ORGANIZATION } from '../fixtures/users.ts';
import { eachWithStores, type OpenStores } from './open-stores.ts';

const GROUP = { organizationId: ORGANIZATION, source: 'google', group: 'sales@example.com' } as const;
const OTHER = { ...GROUP, group: 'Über/$' } as const;

/** What every DirectoryGroupStore promises. */
export function directoryGroupStoreContract(open: OpenStores): void {
  const test = eachWithStores(open);
  const groups = () => test.stores.directoryGroups;
  const groupsOf = async (...ids: readonly string[]) =>
    Object.fromEntries(await groups().groupsOf(ORGANIZATION, 'google', ids));
  const read = async (runId: string, ids: readonly string[], group: typeof GROUP | typeof OTHER = GROUP) => {
    await groups().addMembers({ ...group, runId }, ids);
    await groups().complete({ ...group, runId });
  };

  it('shows nobody in a group before it was read wholly, then everybody who was added, once', async () => {
    await groups().addMembers({ ...GROUP, runId: 'run-1' }, ['g1', 'g2']);
    await groups().addMembers({ ...GROUP, runId: 'run-1' }, ['g2', 'g3']);
    await groups().addMembers({ ...GROUP, runId: 'run-1' }, []);
    expect(await groupsOf('g1')).to.deep.equal({});
    expect(await groups().members(GROUP, null, 10)).to.equal(null);
    await groups().complete({ ...GROUP, runId: 'run-1' });
    await read('run-1', ['g1'], OTHER);
    expect(await groupsOf('g1', 'g2', 'g9')).to.deep.equal({ g1: [GROUP.group, OTHER.group], g2: [GROUP.group] });
    expect(await groupsOf()).to.deep.equal({});
    expect(await groups().members(GROUP, null, 2)).to.deep.equal(['g1', 'g2']);
    expect(await groups().members(GROUP, 'g2', 2)).to.deep.equal(['g3']);
  });

  it('goes on showing who was there until a later run has read the group wholly', async () => {
    await read('run-1', ['g1', 'g2']);
    await groups().addMembers({ ...GROUP, runId: 'run-2' }, ['g2', 'g3']);
    expect(await groups().members(GROUP, null, 10)).to.deep.equal(['g1', 'g2']);
    await groups().complete({ ...GROUP, runId: 'run-2' });
    expect(await groups().members(GROUP, null, 10)).to.deep.equal(['g2', 'g3']);
    await groups().complete({ ...GROUP, runId: 'run-2' });
    expect(await groupsOf('g1', 'g3')).to.deep.equal({ g3: [GROUP.group] });
    await read('run-3', []);
    expect(await groups().members(GROUP, null, 10), 'an empty group is known').to.deep.equal([]);
  });

  it('lets a run that wakes late change nothing, and take nothing from a later one', async () => {
    await read('run-1', ['g1']);
    await groups().addMembers({ ...GROUP, runId: 'run-3' }, ['g3']);
    await read('run-2', ['g2']);
    await groups().complete({ ...GROUP, runId: 'run-3' });
    expect(await groups().members(GROUP, null, 10)).to.deep.equal(['g3']);
    await read('run-2', ['g2', 'g4']);
    expect(await groups().members(GROUP, null, 10)).to.deep.equal(['g3']);
    expect(await groupsOf('g2', 'g4')).to.deep.equal({});
  });

  it('lists the groups it has read wholly, in the order of their keys, by how they begin', async () => {
    const named = (group: string) => ({ ...GROUP, group });
    for (const group of ['sales@b', 'sales@a', 'staff', 'Über/$'])
      await groups().complete({ ...named(group), runId: 'run-1' });
    await groups().addMembers({ ...named('half'), runId: 'run-1' }, ['g1']);
    await groups().complete({ ...named('other'), source: 'microsoft', runId: 'run-1' });
    const list = (beginning: string, after: string | null, limit: number) =>
      groups().list(ORGANIZATION, 'google', beginning, after, limit);
    expect(await list('', null, 10)).to.deep.equal(['sales@a', 'sales@b', 'staff', 'Über/$']);
    expect(await list('', 'sales@b', 1)).to.deep.equal(['staff']);
    expect(await list('sales', null, 1)).to.deep.equal(['sales@a']);
    expect(await list('sales', 'sales@a', 10)).to.deep.equal(['sales@b']);
    expect(await list('s_', null, 10)).to.deep.equal([]);
  });

  it('forgets one group, or all of a directory', async () => {
    const microsoft = { ...GROUP, source: 'microsoft' } as const;
    for (const group of [GROUP, OTHER]) await read('run-1', ['g1'], group);
    await groups().addMembers({ ...microsoft, runId: 'run-1' }, ['m1']);
    await groups().complete({ ...microsoft, runId: 'run-1' });
    await groups().forget(ORGANIZATION, 'google', GROUP.group);
    expect(await groupsOf('g1')).to.deep.equal({ g1: [OTHER.group] });
    expect(await groups().members(GROUP, null, 10)).to.equal(null);
    await groups().forget(ORGANIZATION, 'google', null);
    expect(await groupsOf('g1')).to.deep.equal({});
    expect(await groups().members(microsoft, null, 10)).to.deep.equal(['m1']);
  });
}
