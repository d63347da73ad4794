import { expect } from 'chai';
import type { ScimResource } from '../../src/core/scim-resource.ts';
import type { ResourceSpace } from '../../src/ports/resource-store.ts';
import { aGroup, nextVersion, SPACE, writing } from '../fixtures/resources.ts';
import { eachWithStores, type OpenStores, refused } from './open-stores.ts';

const ELSEWHERE: readonly (readonly [string, ResourceSpace])[] = [
  ['organization', { ...SPACE, organizationId: 'organization-2' }],
  ['connection', { ...SPACE, connectionId: 'connection-2' }],
  ['type', { ...SPACE, type: 'Device' }],
];

/** What every home of groups and other resources promises about the resources themselves. */
export function resourceStoreContract(open: OpenStores): void {
  const test = eachWithStores(open);
  const save = (resource: ScimResource, claims: readonly string[] = []) =>
    test.stores.resources.save({ resource, claims });
  const get = (id: string, space = SPACE) => test.stores.resources.get(space, id);

  it('gives back what was saved, whatever names and texts are in it', async () => {
    const group = aGroup({
      externalId: 'Okta-1',
      attributes: {
        displayName: 'Zoë & Söhne',
        'urn:example:2.0:Group:cost.centre$': { 'a.b': [1, null, { $c: '' }], ['__proto__']: 'own' },
      },
      opaque: '{"urn:x":{"a.b":{"$c":[1,null]}}}',
    });
    await save(group);
    expect(await get(group.id)).to.deep.equal(group);
    const next = nextVersion(group, { attributes: { displayName: 'B' }, externalId: null, updatedAt: '2026-02-01' });
    const { opaque: _, ...bare } = next;
    await save(bare);
    expect(await get(group.id)).to.deep.equal(bare);
  });

  it('knows no resource that was never saved', async () => {
    expect(await get('nobody')).to.equal(null);
    expect(await test.stores.resources.getMany(SPACE, ['nobody'])).to.deep.equal(new Map());
    expect(await test.stores.resources.remove(SPACE, 'nobody')).to.equal(false);
    expect(await test.stores.resources.removed(SPACE, ['nobody'])).to.deep.equal(new Set());
  });

  it('finds many by id', async () => {
    const groups = [aGroup(), aGroup(), aGroup()];
    for (const group of groups) await save(group);
    const [first, second] = groups as [ScimResource, ScimResource];
    const found = await test.stores.resources.getMany(SPACE, [second.id, 'nobody', first.id, second.id]);
    expect(found).to.deep.equal(new Map([first, second].map((group) => [group.id, group])));
  });

  it('refuses a save that is not made from the stored version, and writes nothing', async () => {
    const group = aGroup();
    await refused(save(nextVersion(group)), 'stale');
    await save(group);
    for (const version of [1, 3]) await refused(save({ ...group, version, externalId: 'late' }), 'stale');
    expect(await get(group.id)).to.deep.equal(group);
  });

  it('lets exactly one of many concurrent saves win', async () => {
    const group = aGroup();
    await save(group);
    const saves = Array.from({ length: 20 }, (_, n) => save(nextVersion(group, { externalId: `${n}` })));
    const outcomes = await Promise.allSettled(saves);
    const winner = outcomes.findIndex(({ status }) => status === 'fulfilled');
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).to.have.property('code', 'stale');
    expect(await get(group.id)).to.deep.include({ version: 2, externalId: `${winner}` });
  });

  it('case-G02 refuses a claim that another one has, names the holder, and writes nothing', async () => {
    const [holder, rival] = [aGroup(), aGroup()];
    await save(holder, ['displayName:staff', 'externalId:1']);
    expect(await refused(save(rival, ['displayName:staff']), 'resource_name_taken')).to.deep.equal({
      resourceId: holder.id,
    });
    expect(await get(rival.id)).to.equal(null);
    await save(rival, ['displayName:others']);
    const change = nextVersion(rival, { externalId: 'x' });
    const details = await refused(save(change, ['displayName:others', 'externalId:1']), 'resource_name_taken');
    expect(details).to.deep.equal({ resourceId: holder.id });
    expect(await get(rival.id)).to.deep.equal(rival);
  });

  it('case-G18 frees a claim that is given up, and lets its holder keep it', async () => {
    const [holder, rival] = [aGroup(), aGroup()];
    await save(holder, ['displayName:staff']);
    await save(nextVersion(holder), ['displayName:staff']);
    await save(nextVersion(nextVersion(holder)), ['displayName:renamed']);
    await save(rival, ['displayName:staff']);
    await refused(save(nextVersion(rival), ['displayName:renamed']), 'resource_name_taken');
  });

  it('lets exactly one of many that claim one name win', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => save(aGroup(), ['displayName:one'])));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).to.have.property('code', 'resource_name_taken');
  });

  it('case-G22 removes a resource: its id is remembered and its claims are free', async () => {
    const group = aGroup();
    await save(group, ['displayName:staff']);
    expect(await test.stores.resources.remove(SPACE, group.id)).to.equal(true);
    expect(await get(group.id)).to.equal(null);
    expect(await test.stores.resources.getMany(SPACE, [group.id])).to.deep.equal(new Map());
    expect(await test.stores.resources.list({ ...SPACE, from: { offset: 0 }, limit: 9 })).to.deep.equal({
      resources: [],
      total: 0,
      next: null,
    });
    expect(await test.stores.resources.removed(SPACE, [group.id, 'nobody'])).to.deep.equal(new Set([group.id]));
    expect(await test.stores.resources.remove(SPACE, group.id)).to.equal(false);
    await save(aGroup(), ['displayName:staff']);
  });

  it('never gives the id of a removed resource again', async () => {
    const group = aGroup();
    await save(group);
    await test.stores.resources.remove(SPACE, group.id);
    await refused(save(group), 'stale');
    await refused(save(nextVersion(group)), 'stale');
    await refused(save(nextVersion(nextVersion(group))), 'stale');
    expect(await get(group.id)).to.equal(null);
  });

  it('removes only the version that was meant', async () => {
    const group = aGroup();
    await save(group);
    await save(nextVersion(group));
    await refused(test.stores.resources.remove(SPACE, group.id, 1), 'stale');
    expect(await get(group.id)).to.have.property('version', 2);
    expect(await test.stores.resources.remove(SPACE, group.id, 2)).to.equal(true);
  });

  it('lets either a save or a removal of one version win, whoever comes first', async () => {
    for (let n = 0; n < 5; n++) {
      const group = aGroup();
      await save(group);
      const [saved, removed] = await Promise.allSettled([
        save(nextVersion(group)),
        test.stores.resources.remove(SPACE, group.id, 1),
      ]);
      expect([saved.status, removed.status].filter((status) => status === 'fulfilled')).to.have.length(1);
      expect((await get(group.id)) !== null).to.equal(saved.status === 'fulfilled');
    }
  });

  for (const [what, space] of ELSEWHERE)
    it(`keeps resources of another ${what} apart`, async () => {
      const group = aGroup();
      const twin = { ...group, ...space, externalId: 'twin' };
      const claims = ['displayName:staff'];
      const { resources } = test.stores;
      await resources.save(writing(group, { add: [{ id: 'ada', kind: 'User' }] }, claims));
      await resources.save(writing(twin, { add: [{ id: 'ada', kind: 'User' }] }, claims));
      expect(await get(group.id)).to.deep.equal(group);
      expect(await get(group.id, space)).to.deep.equal(twin);
      expect(await resources.remove(space, group.id)).to.equal(true);
      expect(await get(group.id)).to.deep.equal(group);
      expect(await resources.removed(SPACE, [group.id])).to.deep.equal(new Set());
      expect(await resources.membersAmong(space, group.id, ['ada'])).to.deep.equal(new Map());
      expect(await resources.membersAmong(SPACE, group.id, ['ada'])).to.have.property('size', 1);
      expect((await resources.list({ ...space, from: { offset: 0 }, limit: 9 })).total).to.equal(0);
      expect((await resources.groupsOf(space, ['ada'])).size).to.equal(0);
      expect((await resources.groupsOf(SPACE, ['ada'])).get('ada')).to.have.length(1);
    });

  it('has nothing to repair when every writer lived', async () => {
    const group = aGroup();
    await test.stores.resources.save(writing(group, { add: [{ id: 'ada', kind: 'User' }] }));
    test.clock.advance(3_600_000);
    expect(await test.stores.resources.repair(10)).to.equal(0);
  });
}
