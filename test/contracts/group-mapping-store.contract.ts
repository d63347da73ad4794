import { expect } from 'chai';
import { groupKey } from '../../src/core/group-mapping.ts';
import { aGroupMapping } from '../fixtures/group-mappings.ts';
import { CONNECTION, ORGANIZATION } from '../fixtures/users.ts';
import { eachWithStores, type OpenStores, refused } from './open-stores.ts';

const ROLE = { role: 'role.with $dots', scope: { kind: 'job', id: '$7.' } } as const;
const scimGroup = (id: string) => ({ source: 'scim', connectionId: CONNECTION, id }) as const;

/** What every GroupMappingStore promises. */
export function groupMappingStoreContract(open: OpenStores): void {
  const test = eachWithStores(open);
  const mappings = () => test.stores.groupMappings;

  it('keeps a mapping as it is given', async () => {
    const mapping = aGroupMapping({ id: 'Über/$1', level: 'elevated', roles: [ROLE] });
    expect(await mappings().get(ORGANIZATION, mapping.id)).to.equal(null);
    await mappings().save(mapping);
    expect(await mappings().get(ORGANIZATION, mapping.id)).to.deep.equal(mapping);
  });

  it('saves by compare-and-swap', async () => {
    const first = aGroupMapping();
    const second = { ...first, version: 2, roles: [] };
    await refused(mappings().save(second), 'stale');
    await mappings().save(first);
    await refused(mappings().save(first), 'stale');
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => mappings().save(second)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
    expect(await mappings().get(ORGANIZATION, first.id)).to.deep.equal(second);
  });

  it('forgets a mapping only while it is of the version named', async () => {
    const first = aGroupMapping();
    await mappings().save(first);
    await mappings().save({ ...first, version: 2 });
    expect(await mappings().remove(ORGANIZATION, first.id, 1)).to.equal(false);
    expect(await mappings().get(ORGANIZATION, first.id)).not.to.equal(null);
    expect(await mappings().remove(ORGANIZATION, first.id, 2)).to.equal(true);
    expect(await mappings().get(ORGANIZATION, first.id)).to.equal(null);
    expect(await mappings().remove(ORGANIZATION, first.id, 2), 'again').to.equal(true);
  });

  it('finds the mappings of groups, those of one group all, and of no other', async () => {
    const [one, twin, two] = [
      aGroupMapping({ id: 'b', group: scimGroup('g1') }),
      aGroupMapping({ id: 'a', group: scimGroup('g1') }),
      aGroupMapping({ id: 'c', group: scimGroup('g2') }),
    ];
    const elsewhere = aGroupMapping({ id: 'd', group: { ...scimGroup('g1'), connectionId: 'connection-2' } });
    const google = aGroupMapping({ id: 'e', group: { source: 'google', connectionId: null, id: 'Sales@Example.com' } });
    for (const mapping of [one, twin, two, elsewhere, google]) await mappings().save(mapping);
    const of = (...groups: Parameters<typeof groupKey>) => mappings().ofGroups(ORGANIZATION, groups.map(groupKey));
    expect(await of(scimGroup('g1'))).to.deep.equal([twin, one]);
    const several = [scimGroup('g2'), scimGroup('g1'), scimGroup('g1'), scimGroup('g9')].map(groupKey);
    expect(await mappings().ofGroups(ORGANIZATION, several)).to.deep.equal([twin, one, two]);
    expect(await of({ ...google.group, id: 'sales@example.com' }), 'directories fold').to.deep.equal([google]);
    expect(await mappings().ofGroups(ORGANIZATION, [])).to.deep.equal([]);
  });

  it('finds a mapping under its new group, and not under the one before', async () => {
    const first = aGroupMapping({ group: scimGroup('g1') });
    const moved = { ...first, version: 2, group: scimGroup('g2') };
    await mappings().save(first);
    await mappings().save(moved);
    expect(await mappings().ofGroups(ORGANIZATION, [groupKey(first.group)])).to.deep.equal([]);
    expect(await mappings().ofGroups(ORGANIZATION, [groupKey(moved.group)])).to.deep.equal([moved]);
  });

  it('lists page by page in the order of ids, and counts', async () => {
    const all = ['a', 'b', 'c', 'd', 'e'].map((id) => aGroupMapping({ id }));
    for (const mapping of all.toReversed()) await mappings().save(mapping);
    const seen: unknown[] = [];
    for (let cursor: string | null = null; ; ) {
      const page = await mappings().list(ORGANIZATION, cursor, 2);
      expect(page.items.length).to.be.at.most(2);
      seen.push(...page.items);
      if (page.next === null) break;
      cursor = page.next;
    }
    expect(seen).to.deep.equal(all);
    expect(await mappings().count(ORGANIZATION)).to.equal(5);
  });
}
