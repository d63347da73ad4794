import { expect } from 'chai';
import type { Comparison, Condition, UserField, UserOrderField } from '../../../src/ports/condition.ts';
import type { UserStore } from '../../../src/ports/user-store.ts';
import { createCounters } from '../../../src/store/sqlite/counters.ts';
import { type Database, openDatabase } from '../../../src/store/sqlite/database.ts';
import { createInterning } from '../../../src/store/sqlite/interning.ts';
import { migrate } from '../../../src/store/sqlite/migrations.ts';
import { createUserStore } from '../../../src/store/sqlite/users.ts';
import { aClock } from '../../fixtures/clock.ts';
import { CONNECTION, ORGANIZATION } from '../../fixtures/users.ts';

/** Condition → what must lead to the people it selects, whatever the size of the organization. */
const LEADS: readonly (readonly [UserField, Comparison, string | boolean, RegExp])[] = [
  ['id', 'eq', 'x', /users_id/],
  ['scimId', 'eq', 'x', /users_scim_id/],
  ['userName', 'eq', 'x', /users_user_name/],
  ['userName', 'sw', 'x', /users_user_name/],
  ['email', 'eq', 'x', /users_email/],
  ['emails', 'eq', 'x', /users_email[\s\S]*SEARCH e USING PRIMARY KEY/],
  ['emails', 'sw', 'x', /users_email[\s\S]*SEARCH e USING PRIMARY KEY/],
  ['externalId', 'eq', 'x', /SEARCH k USING PRIMARY KEY \(organization=\? AND source=\? AND external_id=\?/],
  ['displayName', 'eq', 'x', /users_display_name/],
  ['familyName', 'eq', 'x', /users_family_name/],
  ['givenName', 'sw', 'x', /users_given_name/],
  ['status', 'eq', 'active', /users_status/],
  ['department', 'eq', 'x', /users_department/],
  ['location', 'sw', 'x', /users_location/],
  ['level', 'eq', 'admin', /users_level/],
  ['roles', 'eq', 'x', /user_tags|SEARCH [xt] USING PRIMARY KEY \(organization=\? AND tag=\?/],
  ['hostId', 'eq', 'x', /SEARCH [xt] USING PRIMARY KEY \(organization=\? AND tag=\?/],
  ['kind', 'eq', 'agency', /users_agency/],
  ['updated', 'gt', '2026-01-01T00:00:00.000Z', /users_updated_day/],
  ['lastModified', 'gt', '2026-01-01T00:00:00.000Z', /users_seen_day/],
  ['created', 'gt', '2026-01-01T00:00:00.000Z', /users_created/],
  ['active', 'eq', false, /users_inactive/],
];

/** Sorting is allowed where an index has led to few people. */
const SORTED: ReadonlySet<string> = new Set([
  'userName sw',
  'emails eq',
  'location sw',
  'emails sw',
  'givenName sw',
  'updated gt',
  'lastModified gt',
  'created gt',
  'active eq',
]);

const ORDERS: readonly (readonly [UserOrderField, RegExp])[] = [
  ['scimId', /users_scim_id/],
  ['userName', /users_user_name/],
  ['displayName', /users_display_name/],
  ['familyName', /users_family_name/],
  ['givenName', /users_given_name/],
  ['name', /users_name/],
  ['created', /users_created/],
  ['updated', /users_updated_day/],
  ['lastModified', /users_seen_day/],
];

describe('reading people on SQLite', () => {
  let database: Database;
  let texts: string[] = [];
  let users: UserStore;
  beforeEach(() => {
    const opened = openDatabase(':memory:');
    migrate(opened, aClock());
    texts = [];
    database = {
      ...opened,
      sql(text) {
        texts.push(text);
        return opened.sql(text);
      },
    };
    users = createUserStore(database, createInterning(database), createCounters(database));
  });
  afterEach(() => database.close());

  const planOf = (text: string) =>
    database
      .sql(`EXPLAIN QUERY PLAN ${text}`)
      .all()
      .map(({ detail }) => detail)
      .join('\n');

  /** The plans of the statements that the work prepares. */
  async function plansOf(work: () => Promise<unknown>): Promise<readonly string[]> {
    const known = texts.length;
    await work();
    return [...new Set(texts.slice(known))].map(planOf).filter((plan) => plan !== '');
  }

  /** Walks a table of people from one end to the other. */
  const SCAN = /SCAN (u|d|k|e|users|documents|source_keys|user_emails|counters)\b/;

  it('never walks a whole table by key', () => {
    const plans = texts.map(planOf).filter((plan) => plan !== '');
    expect(plans).to.have.length.above(15);
    for (const plan of plans) expect(plan).not.to.match(SCAN);
  });

  it('pages without sorting', async () => {
    const query = { organizationId: ORGANIZATION, connectionId: CONNECTION, from: { offset: 0 }, limit: 100 };
    const plans = [
      ...(await plansOf(() => users.list(ORGANIZATION, null, null, 100))),
      ...(await plansOf(() => users.listForScim(query))),
      ...(await plansOf(() => users.listForScim({ ...query, accepts: () => true }))),
    ];
    expect(plans).to.have.length(4);
    for (const plan of plans) {
      expect(plan).not.to.match(SCAN);
      expect(plan).not.to.contain('TEMP B-TREE');
    }
  });

  for (const [field, index] of [
    ['name', /users_name/],
    ['updated', /users_updated_day/],
  ] as const)
    it(`lists everybody along an index in the order of ${field}`, async () => {
      for (const descending of [false, true])
        for (const plan of await plansOf(() => users.list(ORGANIZATION, null, null, 100, { field, descending }))) {
          expect(plan).to.match(index);
          expect(plan).not.to.match(SCAN);
        }
    });

  it('lists whoever has a tag along the tag, page by page without sorting', async () => {
    const tagged: Condition = { field: 'pools', op: 'eq', value: 'p1' };
    const active: Condition = { field: 'status', op: 'eq', value: 'active' };
    const plans = await plansOf(() => users.list(ORGANIZATION, { and: [active, tagged] }, '7', 100));
    expect(plans).to.have.length(1);
    expect(plans[0]).to.match(/SEARCH x USING PRIMARY KEY \(organization=\? AND tag=\? AND n>\?\)/);
    expect(plans[0]).not.to.match(/TEMP B-TREE/);
  });

  it('counts by status without looking at people, for everybody and for each kind', async () => {
    const kinds = ['employee', 'agency'].map((value): Condition => ({ field: 'kind', op: 'eq', value }));
    for (const condition of [null, ...kinds])
      expect(await plansOf(() => users.countByStatus(ORGANIZATION, condition))).to.deep.equal([]);
  });

  it('puts the few that a connection sees in order without passing over the others', async () => {
    const organization = createInterning(database).give(ORGANIZATION);
    createCounters(database).add(organization, 'status:active', 1_000);
    const query = { organizationId: ORGANIZATION, connectionId: CONNECTION, from: { offset: 0 }, limit: 100 };
    for (const [field] of ORDERS)
      for (const plan of await plansOf(() => users.listForScim({ ...query, order: { field, descending: true } })))
        expect(plan).to.match(/users_scope/);
  });

  for (const [field, index] of ORDERS)
    for (const descending of [false, true])
      it(`walks an index in the order of ${field}, ${descending ? 'descending' : 'ascending'}`, async () => {
        const query = { organizationId: ORGANIZATION, connectionId: CONNECTION, limit: 100 };
        const order = { field, descending };
        const plans = [
          ...(await plansOf(() => users.listForScim({ ...query, order, from: { offset: 0 } }))),
          ...(await plansOf(() => users.listForScim({ ...query, order, from: { after: '["x",7]' } }))),
        ];
        expect(plans).to.have.length.above(1);
        for (const plan of plans) expect(plan).to.match(/users_unnamed/.test(plan) ? /./ : index);
        for (const plan of plans) expect(plan).not.to.match(SCAN);
        if (!['updated', 'lastModified', 'userName'].includes(field))
          for (const plan of plans) expect(plan).not.to.contain('TEMP B-TREE');
      });

  for (const [field, op, value, lead] of LEADS)
    it(`is led by an index to ${field} ${op}`, async () => {
      const condition: Condition = { field, op, value };
      const plans = await plansOf(() => users.list(ORGANIZATION, condition, null, 100));
      expect(plans).to.have.length(1);
      expect(plans[0]).to.match(lead);
      expect(plans[0]).not.to.match(SCAN);
      if (!SORTED.has(`${field} ${op}`)) expect(plans[0]).not.to.contain('TEMP B-TREE');
    });

  for (const [field, op, value, lead] of LEADS.filter(([name]) => name !== 'kind'))
    it(`is led by an index to ${field} ${op} for SCIM`, async () => {
      const query = { organizationId: ORGANIZATION, connectionId: CONNECTION, from: { offset: 0 }, limit: 100 };
      const plans = await plansOf(() => users.listForScim({ ...query, condition: { field, op, value } }));
      expect(plans).to.have.length.above(0);
      for (const plan of plans) {
        expect(plan).to.match(lead);
        expect(plan).not.to.match(SCAN);
      }
    });
});
