import { expect } from 'chai';
import type { ResourceField, ResourceStore } from '../../../src/ports/resource-store.ts';
import { resourceCollections } from '../../../src/store/mongo/resource-schema.ts';
import { resourcesOn } from '../../../src/store/mongo/resources.ts';
import { USERS, type UserRow } from '../../../src/store/mongo/user-schema.ts';
import { aClock } from '../../fixtures/clock.ts';
import { aGroup, membersOf, SPACE, writing } from '../../fixtures/resources.ts';
import { aUser } from '../../fixtures/users.ts';
import { describeOnMongo } from '../../servers/describe-on.ts';
import { type Explanations, explained, indexesOf } from './explained.ts';
import { oneDatabase, storesIn } from './open-stores.ts';

const LIST = { ...SPACE, from: { offset: 0 }, limit: 10 } as const;

/** Read → the index of each of its questions, in turn. */
const READS: readonly (readonly [string, (resources: ResourceStore) => Promise<unknown>, readonly string[]])[] = [
  ['get', (resources) => resources.get(SPACE, 'x'), ['_id_']],
  ['getMany', (resources) => resources.getMany(SPACE, ['x', 'y']), ['_id_']],
  ['removed', (resources) => resources.removed(SPACE, ['x', 'y']), ['_id_']],
  [
    'members',
    (resources) => resources.members(SPACE, ['group']),
    ['_id_', 'memberships_group', '_id_', 'users_scim_id'],
  ],
  ['membersAmong', (resources) => resources.membersAmong(SPACE, 'group', ['x', 'y']), ['_id_', '_id_', '_id_']],
  ['repair', (resources) => resources.repair(10), ['resources_pending']],
];

/** Condition → the index that must lead to what it selects. */
const LEADS: readonly (readonly [ResourceField, 'eq' | 'sw' | 'gt', string, string])[] = [
  ['id', 'eq', 'x', 'resources_space'],
  ['externalId', 'eq', 'x', 'resources_external_id'],
  ['displayName', 'eq', 'x', 'resources_display_name'],
  ['displayName', 'sw', 'x', 'resources_display_name'],
  ['created', 'gt', '2026-06-01T00:00:00.000Z', 'resources_created'],
  ['lastModified', 'gt', '2026-06-01T00:00:00.000Z', 'resources_updated'],
];

describeOnMongo('reading groups on MongoDB', (mongo) => {
  const suite = oneDatabase(mongo);
  const open = storesIn(suite);

  let members: readonly string[] = [];

  before(async function () {
    this.timeout(60_000);
    const { users, resources } = await open(aClock());
    const people = Array.from({ length: 300 }, () => aUser());
    await users.saveMany(people.map((user) => ({ user, events: [] })));
    members = people.map(({ scim }) => scim.id ?? '');
    for (let n = 0; n < 100; n++)
      await resources.save({
        resource: aGroup({ externalId: `e${n}`, attributes: { displayName: `g${n}` } }),
        claims: [],
      });
    await resources.save(writing(aGroup({ id: 'group' }), { add: membersOf(members) }, ['displayName:group']));
  });

  async function plansOf(ask: (resources: ResourceStore) => Promise<unknown>): Promise<readonly string[]> {
    const explanations: Explanations = [];
    const { resources, memberships } = resourceCollections(suite.database);
    const collections = {
      resources: explained(resources, explanations),
      memberships: explained(memberships, explanations),
    };
    const users = explained(suite.database.collection<UserRow>(USERS), explanations);
    await ask(resourcesOn(collections, users, aClock()));
    return indexesOf(explanations);
  }

  for (const [what, ask, indexes] of READS)
    it(`${what} goes along ${indexes.join(', ')}`, async () => {
      expect(await plansOf(ask)).to.deep.equal(indexes);
    });

  it('list goes along resources_space, and counts in any index of the whole space', async () => {
    for (const from of [{ offset: 0 }, { after: 'after.group' }]) {
      const [page, total] = await plansOf((resources) => resources.list({ ...LIST, from }));
      expect(page).to.equal('resources_space');
      expect(total).to.match(/^resources_(space|created|updated)$/);
    }
  });

  it('groupsOf goes along the members, then by id', async () => {
    const [first, ...rest] = await plansOf((resources) => resources.groupsOf(SPACE, members.slice(0, 2)));
    expect(first).to.equal('memberships_member');
    expect(rest.at(-1)).to.equal('memberships_member');
    expect(rest.slice(0, -1)).to.have.members(['_id_', 'resources_pending']);
  });

  for (const [field, op, value, index] of LEADS)
    it(`${field} ${op} leads along ${index}`, async () => {
      const query = { ...LIST, condition: { field, op, value } };
      for (const lead of await plansOf((resources) => resources.list(query))) expect(lead).to.equal(index);
    });

  it('member eq leads along the members of a person', async () => {
    const condition = { field: 'member', op: 'eq', value: 'x' } as const;
    const plans = await plansOf((resources) => resources.list({ ...LIST, condition }));
    for (const lead of plans)
      expect(lead).to.match(/^(memberships_member|users_scim_id|_id_|resources_(pending|space))$/);
  });
});
