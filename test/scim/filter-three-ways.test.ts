import { expect } from 'chai';
import type { FilterNode } from '../../scim/filter/ast.ts';
import { narrow, USER_FIELDS } from '../../scim/filter/condition.ts';
import { parseFilter } from '../../scim/filter/parse.ts';
import { viewPredicate } from '../../scim/filter/predicate.ts';
import { settle } from '../../scim/filter/settle.ts';
import { builtInSchemas } from '../../scim/schema/served-schemas.ts';
import { scimView } from '../../src/core/scim-view.ts';
import type { User } from '../../src/core/user.ts';
import type { UserStore } from '../../src/ports/user-store.ts';
import { openEmbeddedStores } from '../../src/store/open.ts';
import { chanceOf } from '../contracts/random-people.ts';
import { aClock } from '../fixtures/clock.ts';
import { CONNECTION, ORGANIZATION } from '../fixtures/users.ts';
import { describeOnMongo } from '../servers/describe-on.ts';
import { eachWithUsers } from '../store/mongo/open-users.ts';
import { randomFilter, randomPerson } from './random-filters.ts';

const FILTERS = 5_000;
const PEOPLE = 200;
/** Questions asked of a store at once. */
const AT_ONCE = 8;

const seed = Number(process.env.FILTER_SEED ?? Date.now() % 1_000_000);
const { schema } = builtInSchemas().user;
const locate = (id: string) => `https://rollcall.example/Users/${id}`;

/** The same people and filters for every store: both agree with the predicate, and so with one another. */
function scene() {
  const chance = chanceOf(seed);
  const people = Array.from({ length: PEOPLE }, (_, n) => randomPerson(chance, n));
  const seen = people.filter(
    ({ kind, scim }) => kind === 'employee' && scim.id !== null && (scim.connectionId ?? CONNECTION) === CONNECTION,
  );
  const filters = Array.from({ length: FILTERS }, () => randomFilter(chance, people));
  return { people, seen, filters };
}

/** What the store is asked, as a list asks it. */
function narrowed(node: FilterNode) {
  const settled = settle(node, schema, 'User');
  return typeof settled === 'boolean'
    ? { condition: settled ? { and: [] } : { or: [] }, exact: true }
    : narrow(settled, USER_FIELDS);
}

const idsOf = (users: readonly User[]) => users.map(({ scim }) => scim.id);

async function compare(users: UserStore): Promise<void> {
  const { people, seen, filters } = scene();
  const outcomes = await users.saveMany(people.map((user) => ({ user, events: [] })));
  expect(outcomes.filter(({ saved }) => !saved)).to.deep.equal([]);
  expect(seen).to.have.length.above(PEOPLE / 2);
  const sizes: number[] = [];
  const check = async (filter: string) => {
    const node = parseFilter(filter, schema, 'compat');
    const holds = viewPredicate(node, locate);
    const wanted = seen.filter((user) => holds(scimView(user)));
    sizes.push(wanted.length);
    const { condition, exact } = narrowed(node);
    // Where the store cannot say anything, the predicate decides alone.
    if (!condition) return;
    const page = { organizationId: ORGANIZATION, connectionId: CONNECTION, from: { offset: 0 }, limit: PEOPLE };
    const { users: found, total } = await users.listForScim({ ...page, condition });
    const chosen = exact ? found : found.filter((user) => holds(scimView(user)));
    const say = `FILTER_SEED=${seed}: ${filter}`;
    expect(idsOf(chosen), say).to.deep.equal(idsOf(wanted));
    expect(total, say).to.equal(found.length);
  };
  for (let at = 0; at < filters.length; at += AT_ONCE) await Promise.all(filters.slice(at, at + AT_ONCE).map(check));
  const some = sizes.filter((size) => size > 0 && size < seen.length);
  expect(some, 'filters that select some and not all').to.have.length.above(FILTERS / 3);
}

describe(`5,000 random filters on 200 people (FILTER_SEED=${seed})`, () => {
  it('select on SQLite whom they accept as predicates', async () => {
    const stores = openEmbeddedStores({ dataDir: ':memory:', clock: aClock() });
    await compare(stores.users);
    await stores.close();
  }).timeout(120_000);

  describeOnMongo('on MongoDB', (mongo) => {
    const test = eachWithUsers(mongo);
    it('select whom they accept as predicates', () => compare(test.users)).timeout(300_000);
  });
});
