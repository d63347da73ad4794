import { expect } from 'chai';
import type { ResourceCondition, ResourceField, ResourceQuery } from '../../src/ports/resource-store.ts';
import { aClock } from '../fixtures/clock.ts';
import { aGroup, membersOf, SPACE, writing } from '../fixtures/resources.ts';
import { aUser, changed } from '../fixtures/users.ts';
import { createMemoryStores } from '../memory-stores.ts';
import { eachWithStores, type OpenStores, refused } from './open-stores.ts';
import { type Chance, chanceOf } from './random-people.ts';

/** What every home of resources promises about lists of them. */
export function resourceListsContract(open: OpenStores): void {
  const test = eachWithStores(open);
  const list = (query: Partial<ResourceQuery> = {}) =>
    test.stores.resources.list({ ...SPACE, from: { offset: 0 }, limit: 100, ...query });
  const idsOf = async (query: Partial<ResourceQuery>) => (await list(query)).resources.map(({ id }) => id);

  async function fill(count: number): Promise<readonly string[]> {
    const groups = Array.from({ length: count }, () => aGroup());
    for (const resource of groups) await test.stores.resources.save({ resource, claims: [] });
    return groups.map(({ id }) => id);
  }

  it('lists in the order of creation, with the exact total', async () => {
    const ids = await fill(7);
    expect(await idsOf({})).to.deep.equal(ids);
    expect(await idsOf({ from: { offset: 2 }, limit: 3 })).to.deep.equal(ids.slice(2, 5));
    for (const [offset, limit] of [
      [0, 0],
      [2, 3],
      [7, 5],
      [99, 5],
    ] as const)
      expect((await list({ from: { offset }, limit })).total).to.equal(7);
    await test.stores.resources.remove(SPACE, ids[0] ?? '');
    expect((await list({ limit: 0 })).total).to.equal(6);
  });

  it('pages by key while resources are added and removed', async () => {
    const ids = await fill(6);
    const first = await list({ from: { after: null }, limit: 2 });
    expect(first.resources.map(({ id }) => id)).to.deep.equal(ids.slice(0, 2));
    await test.stores.resources.remove(SPACE, ids[1] ?? '');
    await test.stores.resources.remove(SPACE, ids[2] ?? '');
    const more = await fill(1);
    const second = await list({ from: { after: first.next }, limit: 2 });
    expect(second.resources.map(({ id }) => id)).to.deep.equal(ids.slice(3, 5));
    const last = await list({ from: { after: second.next }, limit: 2 });
    expect(last.resources.map(({ id }) => id)).to.deep.equal([...ids.slice(5), ...more]);
    expect(last.next).to.equal(null);
  });

  it('gives a key exactly when more follow', async () => {
    await fill(4);
    expect((await list({ limit: 4 })).next).to.equal(null);
    expect((await list({ limit: 3 })).next).not.to.equal(null);
    expect((await list({ limit: 0 })).next).to.equal(null);
    expect((await list({ from: { offset: 3 }, limit: 1 })).next).to.equal(null);
  });

  it('refuses a key it did not give out', () => refused(list({ from: { after: '; --' } }), 'invalid'));

  it('selects what conditions describe, as a reader of each resource would', async () => {
    const memory = createMemoryStores(aClock());
    const people = Array.from({ length: 6 }, () => aUser());
    const gone = people[5];
    const chance = chanceOf(3);
    const groups = Array.from({ length: 40 }, (_, n) =>
      aGroup({
        externalId: n % 3 ? `Ext-${n % 10}` : null,
        attributes: n % 7 ? { displayName: ['Staff', 'STAFF Süd', 'Ops', ''][n % 4] ?? '' } : {},
        createdAt: `2026-0${1 + (n % 3)}-01T00:00:00.000Z`,
        updatedAt: `2026-0${1 + (n % 5)}-02T00:00:00.000Z`,
      }),
    );
    const memberships = groups.map(() => people.filter(() => chance.below(10) < 3).map(({ scim }) => scim.id ?? ''));
    for (const stores of [memory, test.stores]) {
      for (const user of people) await stores.users.save({ user, events: [] });
      for (const [n, group] of groups.entries())
        await stores.resources.save(writing(group, { add: membersOf(memberships[n] ?? []) }));
      const dead = { id: null, connectionId: null };
      if (gone) await stores.users.save({ user: changed(gone, { scim: dead }), events: [] });
    }
    const conditions = [...plainConditions(groups[3]?.id ?? '', people[0]?.scim.id ?? '', gone?.scim.id ?? '')];
    for (let n = 0; n < 60; n++) conditions.push(compound(conditions, chance));
    for (const condition of conditions) {
      const query = { ...SPACE, condition, from: { offset: 1 }, limit: 5 };
      const said = JSON.stringify(condition);
      const [expected, found] = [await memory.resources.list(query), await test.stores.resources.list(query)];
      expect(found.total, said).to.equal(expected.total);
      expect(found.resources, said).to.deep.equal(expected.resources);
      expect(found.next === null, said).to.equal(expected.next === null);
    }
  }).timeout(60_000);
}

function plainConditions(id: string, member: string, gone: string): readonly ResourceCondition[] {
  const values: Readonly<Record<ResourceField, readonly string[]>> = {
    id: [id, 'none'],
    externalId: ['Ext-1', 'ext-1', 'Ext-'],
    displayName: ['staff', 'STAFF SÜD', 'f', ''],
    created: ['2026-02-01T00:00:00.000Z'],
    lastModified: ['2026-03-02T00:00:00.000Z'],
    member: [member, gone, 'none', 'scim-'],
  };
  const operators = ['eq', 'ne', 'sw', 'co', 'gt', 'ge', 'lt', 'le', 'pr'] as const;
  return Object.entries(values).flatMap(([field, texts]) =>
    operators.flatMap((op) =>
      [...texts, null, true].map((value) => ({ field: field as ResourceField, op, value: op === 'pr' ? null : value })),
    ),
  );
}

function compound(known: readonly ResourceCondition[], chance: Chance): ResourceCondition {
  const any = () => known[chance.below(known.length)] as ResourceCondition;
  const parts = [any(), any()];
  return chance.pick<ResourceCondition>([{ and: parts }, { or: parts }, { not: any() }]);
}
