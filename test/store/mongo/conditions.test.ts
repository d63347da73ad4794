import { expect } from 'chai';
import type { User } from '../../../src/core/user.ts';
import type { Condition } from '../../../src/ports/condition.ts';
import { conditionQuery } from '../../../src/store/mongo/conditions.ts';
import { reference } from '../../contracts/condition-reference.ts';
import { conditionsContract } from '../../contracts/conditions.contract.ts';
import { chanceOf, everyLeaf, randomCondition, randomUser } from '../../contracts/random-people.ts';
import { ORGANIZATION } from '../../fixtures/users.ts';
import { describeOnMongo } from '../../servers/describe-on.ts';
import { oneDatabase, storesIn } from './open-stores.ts';
import { eachWithUsers } from './open-users.ts';

const CONDITIONS = 5_000;
const AT_ONCE = 8;
/** Of the contract, with three reads each; the 5,000 make up for those it leaves out. */
const ROUNDS = 500;

/** All that a query may be made of beside the names of our own fields. */
const OPERATORS = new Set(['$and', '$or', '$nor', '$eq', '$ne', '$gt', '$gte', '$lt', '$lte', '$in', '$regex']);
const FIELDS = new Set(
  `_id id scimId userNameKey externalId emails emailKey displayName familyName givenName status kind sources active created updated seen
  search department location level tags`.split(/\s+/),
);

const seed = Date.now() % 1_000_000;

describe('conditions as queries of MongoDB', () => {
  const chance = chanceOf(seed);
  const people = Array.from({ length: 50 }, (_, n) => randomUser(chance, n));

  it('consist of typed operators over known fields', () => {
    const conditions = [
      ...everyLeaf(chance, people),
      ...Array.from({ length: 500 }, () => randomCondition(chance, people)),
    ];
    for (const condition of conditions)
      for (const name of namesIn(conditionQuery(condition, ORGANIZATION)))
        expect(OPERATORS.has(name) || FIELDS.has(name), `${name} of ${JSON.stringify(condition)}`).to.equal(true);
  });

  it('take client text for nothing but text', () => {
    for (const value of ['$where', '{"$gt":""}', '.*', '^a|b$', '(', '[', '\\', 'a{9999}'])
      for (const op of ['sw', 'co'] as const) {
        const query = conditionQuery({ field: 'displayName', op, value }, ORGANIZATION) as {
          displayName: { $regex: string };
        };
        const pattern = new RegExp(query.displayName.$regex);
        expect(pattern.test(value), value).to.equal(true);
        expect(pattern.test(`x${value.slice(1)}`), value).to.equal(false);
      }
  });

  it('ask for one list where one field may equal many values', () => {
    const or = ['a', 'b', 'c'].map((value): Condition => ({ field: 'email', op: 'eq', value }));
    expect(conditionQuery({ or }, ORGANIZATION)).to.deep.equal({ emailKey: { $in: ['a', 'b', 'c'] } });
  });
});

describeOnMongo('conditions on MongoDB', (mongo) => {
  describe('by the contract', () => conditionsContract(storesIn(oneDatabase(mongo)), seed, ROUNDS));
  const test = eachWithUsers(mongo);

  it(`S04: ${CONDITIONS} random conditions on 200 people select whom the reference accepts`, async () => {
    const chance = chanceOf(seed);
    const made = Array.from({ length: 200 }, (_, n) => randomUser(chance, n));
    const outcomes = await test.users.saveMany(made.map((user) => ({ user, events: [] })));
    const people = made.filter((_, n) => outcomes[n]?.saved);
    expect(people).to.have.length.above(150);
    const accepts = people.map((user) => [user.id, reference(user)] as const);
    let partly = 0;

    async function check(condition: Condition): Promise<void> {
      const wanted = accepts.filter(([, holds]) => holds(condition)).map(([id]) => id);
      const query = { organization: ORGANIZATION, ...conditionQuery(condition, ORGANIZATION) };
      const options = { projection: { _id: 0, id: 1 }, sort: { _id: 1 }, batchSize: 500 } as const;
      const found = await test.collection.find(query, options).toArray();
      const say = `seed ${seed}: ${JSON.stringify(condition)}`;
      expect(
        found.map(({ id }: Pick<User, 'id'>) => id),
        say,
      ).to.deep.equal(wanted);
      if (wanted.length > 0 && wanted.length < people.length) partly++;
    }

    const conditions = Array.from({ length: CONDITIONS }, () => randomCondition(chance, people)).values();
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (const condition of conditions) await check(condition);
      }),
    );
    expect(partly).to.be.above(1_000);
  }).timeout(120_000);
});

function namesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(namesIn);
  return Object.entries(value).flatMap(([name, part]) => [name, ...namesIn(part)]);
}
