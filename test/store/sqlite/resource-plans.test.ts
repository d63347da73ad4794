import { expect } from 'chai';
import type { ResourceCondition, ResourceField, ResourceStore } from '../../../src/ports/resource-store.ts';
import { createCounters } from '../../../src/store/sqlite/counters.ts';
import { type Database, openDatabase } from '../../../src/store/sqlite/database.ts';
import { createInterning } from '../../../src/store/sqlite/interning.ts';
import { migrate } from '../../../src/store/sqlite/migrations.ts';
import { createResourceStore } from '../../../src/store/sqlite/resources.ts';
import type { Statement } from '../../../src/store/sqlite/statements.ts';
import { aClock } from '../../fixtures/clock.ts';
import { aGroup, membersOf, nextVersion, SPACE, writing } from '../../fixtures/resources.ts';

/** Condition → what must lead to the resources it selects, however many there are. */
const LEADS: readonly (readonly [ResourceField, 'eq' | 'sw' | 'gt', string, RegExp])[] = [
  ['id', 'eq', 'x', /resources_id/],
  ['externalId', 'eq', 'x', /resources_external_id/],
  ['displayName', 'eq', 'x', /resources_display_name/],
  ['displayName', 'sw', 'x', /resources_display_name/],
  ['created', 'gt', '2026-06-01T00:00:00.000Z', /resources_created/],
  ['lastModified', 'gt', '2026-06-01T00:00:00.000Z', /resources_updated/],
  ['member', 'eq', 'x', /memberships_member/],
];

/** Walks a table from one end to the other. */
const SCAN = /SCAN (r|m|x|u|d|f|c|g|resources|memberships|users|documents|resource_claims|removed_resources)\b/;

describe('groups on SQLite', () => {
  let database: Database;
  let resources: ResourceStore;
  let texts: string[] = [];
  /** Rows read and changed by statements so far. */
  let rows = 0;

  const counting = (statement: Statement): Statement => ({
    get(...values) {
      const row = statement.get(...values);
      rows += row ? 1 : 0;
      return row;
    },
    all(...values) {
      const found = statement.all(...values);
      rows += found.length;
      return found;
    },
    run(...values) {
      const written = statement.run(...values);
      rows += written.changes;
      return written;
    },
  });

  beforeEach(() => {
    const opened = openDatabase(':memory:');
    migrate(opened, aClock());
    texts = [];
    database = {
      ...opened,
      sql(text) {
        texts.push(text);
        return counting(opened.sql(text));
      },
    };
    resources = createResourceStore(database, createInterning(database), createCounters(database));
  });
  afterEach(() => database.close());

  const planOf = (text: string) =>
    database
      .sql(`EXPLAIN QUERY PLAN ${text}`)
      .all()
      .map(({ detail }) => detail)
      .join('\n');

  async function plansOf(work: () => Promise<unknown>): Promise<readonly string[]> {
    const known = texts.length;
    await work();
    return [...new Set(texts.slice(known))].map(planOf).filter((plan) => plan !== '');
  }

  it('are never found by walking a whole table', () => {
    const plans = texts.map(planOf).filter((plan) => plan !== '');
    expect(plans).to.have.length.above(15);
    for (const plan of plans) expect(plan).not.to.match(SCAN);
  });

  it('are paged without sorting', async () => {
    for (const from of [{ offset: 0 }, { after: '3' }]) {
      const [plan] = await plansOf(() => resources.list({ ...SPACE, from, limit: 100 }));
      expect(plan).to.match(/resources_space \(space=\? AND rowid>\?\)/);
      expect(plan).not.to.contain('TEMP B-TREE');
    }
  });

  for (const [field, op, value, lead] of LEADS)
    it(`are led to by an index for ${field} ${op}`, async () => {
      const condition: ResourceCondition = { field, op, value };
      const plans = await plansOf(() => resources.list({ ...SPACE, condition, from: { offset: 0 }, limit: 100 }));
      expect(plans).to.have.length(2);
      for (const plan of plans) {
        expect(plan).to.match(lead);
        expect(plan).not.to.match(SCAN);
      }
    });

  it('cost the same rows whatever the size of the group', async () => {
    const costs: number[][] = [];
    for (const size of [10, 10_000]) {
      const group = aGroup();
      await resources.save(writing(group, { add: membersOf(Array.from({ length: size }, (_, n) => `${size}-${n}`)) }));
      const second = nextVersion(group);
      const works = [
        () => resources.save(writing(second, { add: membersOf(['new']) })),
        () => resources.save(writing(nextVersion(second), { remove: ['new', `${size}-5`] })),
        () => resources.membersAmong(SPACE, group.id, [`${size}-1`, 'none']),
        () => resources.groupsOf(SPACE, [`${size}-1`]),
      ];
      const cost: number[] = [];
      for (const work of works) {
        rows = 0;
        await work();
        cost.push(rows);
      }
      costs.push(cost);
    }
    expect(costs[0]).to.deep.equal(costs[1]);
    for (const cost of costs.flat()) expect(cost).to.be.below(10);
  });
});
