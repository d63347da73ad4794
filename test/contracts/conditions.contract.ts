import { expect } from 'chai';
import type { User } from '../../src/core/user.ts';
import type { Condition } from '../../src/ports/condition.ts';
import { aUser, CONNECTION, ORGANIZATION } from '../fixtures/users.ts';
import { reference } from './condition-reference.ts';
import { eachWithStores, type OpenStores } from './open-stores.ts';
import { chanceOf, everyLeaf, randomCondition, randomUser } from './random-people.ts';

/** What every UserStore promises about conditions: they select whom the reference accepts; `rounds` random ones are tried. */
export function conditionsContract(open: OpenStores, seed = Date.now() % 1_000_000, rounds = 2_000): void {
  const test = eachWithStores(open);
  const chance = chanceOf(seed);
  const people = distinct(Array.from({ length: 200 }, (_, n) => randomUser(chance, n)));
  const accepts = new Map(people.map((user) => [user, reference(user)]));

  beforeEach(async () => {
    const outcomes = await test.stores.users.saveMany(people.map((user) => ({ user, events: [] })));
    expect(outcomes.filter(({ saved }) => !saved)).to.deep.equal([]);
  });

  async function check(condition: Condition): Promise<number> {
    const { users } = test.stores;
    const say = `seed ${seed}: ${JSON.stringify(condition)}`;
    const wanted = people.filter((user) => accepts.get(user)?.(condition));
    const { items } = await users.list(ORGANIZATION, condition, null, people.length);
    expect(ids(items), say).to.deep.equal(ids(wanted));
    expect(await users.count(ORGANIZATION, condition), say).to.equal(wanted.length);
    const seen = wanted.filter(isSeen);
    const query = { organizationId: ORGANIZATION, connectionId: CONNECTION, condition, from: { offset: 0 }, limit: 5 };
    const page = await users.listForScim(query);
    expect({ ids: ids(page.users), total: page.total }, say).to.deep.equal({
      ids: ids(seen).slice(0, 5),
      total: seen.length,
    });
    return wanted.length;
  }

  it('hold for every field and comparison', async () => {
    const sizes = [];
    for (const condition of everyLeaf(chance, people)) sizes.push(await check(condition));
    expect(sizes.filter((size) => size > 0 && size < people.length)).to.have.length.above(150);
  }).timeout(60_000);

  it('hold however they are put together', async () => {
    const sizes = [];
    for (let n = 0; n < rounds; n++) sizes.push(await check(randomCondition(chance, people)));
    expect(sizes.filter((size) => size > 0 && size < people.length)).to.have.length.above(rounds * 0.15);
  }).timeout(120_000);

  it('hold when they repeat and contradict themselves', async () => {
    for (const condition of REPEATING) await check(condition);
  }).timeout(60_000);

  it('may have thousands of parts', async () => {
    const or = Array.from({ length: 2_000 }, (_, n): Condition => ({ field: 'id', op: 'eq', value: `nobody-${n}` }));
    expect(await check({ or: [...or, { field: 'id', op: 'eq', value: people[7]?.id ?? '' }] })).to.equal(1);
  }).timeout(30_000);
}

/** Any of three that ask whether people are active, two of them once or twice over; and the same of their kind. */
const REPEATING: readonly Condition[] = (
  [
    ['active', true, false],
    ['kind', 'agency', 'employee'],
  ] as const
).flatMap(([field, ...values]) => {
  const said = values.map((value): Condition => ({ field, op: 'eq', value }));
  const parts = [...said, ...said.flatMap((left) => said.map((right): Condition => ({ and: [left, right] })))];
  return parts.flatMap((one) => parts.flatMap((two) => said.map((three) => ({ or: [one, { or: [two, three] }] }))));
});

const ids = (users: readonly User[]) => users.map(({ id }) => id);

const isSeen = ({ kind, scim }: User) =>
  kind === 'employee' && scim.id !== null && (scim.connectionId ?? CONNECTION) === CONNECTION;

/** Addresses and userNames that fold together must not clash: whoever does loses theirs. */
function distinct(users: readonly User[]): readonly User[] {
  const taken = new Set<string>();
  return users.map((user) => {
    const key = user.email?.normalize('NFC').toLowerCase() ?? '';
    const fresh = !taken.has(key);
    taken.add(key);
    return fresh ? user : aUser({ ...user, email: null });
  });
}
