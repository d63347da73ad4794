import { expect } from 'chai';
import type { Comparison, UserField, UserOrderField } from '../../../src/ports/condition.ts';
import type { UserStore } from '../../../src/ports/user-store.ts';
import { restoreParked } from '../../../src/store/mongo/parking.ts';
import type { UserCollection } from '../../../src/store/mongo/user-schema.ts';
import { usersOn } from '../../../src/store/mongo/users.ts';
import { aClock } from '../../fixtures/clock.ts';
import { aDirectoryRecord, anOwnedUser, CONNECTION, ORGANIZATION } from '../../fixtures/users.ts';
import { describeOnMongo } from '../../servers/describe-on.ts';
import { type Explanations, explained, indexesOf as explainedIndexes } from './explained.ts';
import { eachWithUsers, NO_RUNS } from './open-users.ts';

/** Condition → the index that must lead to the people it selects, whatever the size of the organization. */
const LEADS: readonly (readonly [UserField, Comparison, string, string])[] = [
  ['id', 'eq', 'x', '_id_'],
  ['scimId', 'eq', 'x', 'users_scim_id'],
  ['userName', 'eq', 'x', 'users_user_name'],
  ['userName', 'sw', 'x', 'users_user_name'],
  ['email', 'eq', 'x', 'users_email'],
  ['emails', 'eq', 'x', 'users_emails'],
  ['emails', 'sw', 'x', 'users_emails'],
  ['externalId', 'eq', 'x', 'users_external_id'],
  ['displayName', 'eq', 'x', 'users_by_display_name'],
  ['familyName', 'eq', 'x', 'users_by_family_name'],
  ['givenName', 'sw', 'x', 'users_by_given_name'],
  ['status', 'eq', 'terminated', 'users_status'],
  ['department', 'eq', 'sales', 'users_department'],
  ['location', 'sw', 'x', 'users_location'],
  ['level', 'eq', 'admin', 'users_admin'],
  ['roles', 'eq', 'x', 'users_tags'],
  ['hostId', 'eq', 'x', 'users_tags'],
  ['kind', 'eq', 'agency', 'users_agency'],
  ['updated', 'gt', '2026-06-01T00:00:00.000Z', 'users_by_updated'],
  ['lastModified', 'gt', '2026-06-01T00:00:00.000Z', 'users_by_seen'],
  ['created', 'gt', '2026-06-01T00:00:00.000Z', 'users_by_created'],
];

const ORDERS: readonly (readonly [UserOrderField, string])[] = [
  ['scimId', 'users_scim_id'],
  ['userName', 'users_by_user_name'],
  ['displayName', 'users_by_display_name'],
  ['familyName', 'users_by_family_name'],
  ['givenName', 'users_by_given_name'],
  ['name', 'users_by_name'],
  ['created', 'users_by_created'],
  ['updated', 'users_by_updated'],
  ['lastModified', 'users_by_seen'],
];

type Ask = (users: UserStore, collection: UserCollection) => Promise<unknown>;

/** Read → the index it must go along. */
const READS: readonly (readonly [string, Ask, string])[] = [
  ['get', (users) => users.get(ORGANIZATION, 'x'), '_id_'],
  ['getMany', (users) => users.getMany(ORGANIZATION, ['x', 'y']), '_id_'],
  ['findByScimId', (users) => users.findByScimId(ORGANIZATION, 'x'), 'users_scim_id'],
  [
    'knownScimIds',
    (users) => users.knownScimIds(ORGANIZATION, CONNECTION, ['x', 'y']),
    'users_scim_id users_former_scim_ids',
  ],
  ['findByEmail', (users) => users.findByEmail(ORGANIZATION, 'x'), 'users_email users_parked'],
  ['findByEmails', (users) => users.findByEmails(ORGANIZATION, ['x', 'y']), 'users_email users_parked'],
  [
    'findByUserName',
    (users) => users.findByUserName(ORGANIZATION, 'x'),
    'users_user_name users_parked users_former_user_name',
  ],
  [
    'findBySourceKeys',
    (users) => users.findBySourceKeys(ORGANIZATION, 'google', null, ['x', 'y']),
    'users_source_claims',
  ],
  [
    'list by name',
    (users) => users.list(ORGANIZATION, null, null, 10, { field: 'name', descending: true }),
    'users_by_name',
  ],
  [
    'list by pool',
    (users) => users.list(ORGANIZATION, { field: 'pools', op: 'eq', value: 'p' }, null, 10),
    'users_tags',
  ],
  ['list', (users) => users.list(ORGANIZATION, null, null, 10), '_id_'],
  [
    'listForScim',
    (users) =>
      users.listForScim({ organizationId: ORGANIZATION, connectionId: CONNECTION, from: { offset: 1_000 }, limit: 10 }),
    'users_scope users_scope',
  ],
  ['scanMissing', (users) => users.scanMissing(ORGANIZATION, 'google', 'run', null, 10), 'users_google'],
  ['countActive', (users) => users.countActive(ORGANIZATION, 'google'), 'users_google'],
  [
    'directoryNews',
    (users) => users.directoryNews(ORGANIZATION, 'google', [{ externalId: 'x', hash: 'y' }], true),
    'users_google',
  ],
  ['restoreParked', (_, collection) => restoreParked(collection, '2020-01-01T00:00:00.000Z', 10), 'users_parked'],
];

describeOnMongo('reading people on MongoDB', (mongo) => {
  const test = eachWithUsers(mongo);
  beforeEach(async () => {
    const people = Array.from({ length: 300 }, (_, n) =>
      anOwnedUser({ userName: `user-${n}` }, { status: n % 3 ? 'active' : 'terminated' }, { externalId: `o${n}` }),
    ).map((user, n) => ({ ...user, records: [...user.records, aDirectoryRecord('google', `g${n}`)] }));
    await test.users.saveMany(people.map((user) => ({ user, events: [] })));
  });

  /** The indexes that the reads go along, and nothing else they do. */
  async function indexesOf(ask: Ask): Promise<readonly string[]> {
    const explanations: Explanations = [];
    const watched = explained(test.collection, explanations);
    await ask(usersOn(watched, aClock(), NO_RUNS), watched);
    return explainedIndexes(explanations);
  }

  for (const [what, ask, index] of READS)
    it(`${what} goes along ${index}`, async () => {
      expect((await indexesOf(ask)).join(' ')).to.equal(index);
    });

  it('count goes along any index of the whole organization', async () => {
    const [index] = await indexesOf((users) => users.count(ORGANIZATION, null));
    expect(index).to.match(/^users_(status|by_\w+)$/);
  });

  for (const [field, index] of ORDERS)
    for (const descending of [false, true])
      it(`listForScim goes along ${index} in the order of ${field}, ${descending ? 'descending' : 'ascending'}`, async () => {
        const query = { organizationId: ORGANIZATION, connectionId: CONNECTION, limit: 10 };
        const order = { field, descending };
        for (const from of [{ after: null }, { after: '["x","y"]' }] as const)
          expect((await indexesOf((users) => users.listForScim({ ...query, from, order })))[0]).to.equal(index);
      });

  for (const [field, op, value, index] of LEADS)
    it(`${field} ${op} leads along ${index}`, async () => {
      const condition = { field, op, value };
      expect(await indexesOf((users) => users.count(ORGANIZATION, condition))).to.deep.equal([index]);
    });
});
