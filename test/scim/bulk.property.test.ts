import { expect } from 'chai';
import fc from 'fast-check';
import { startRollcall, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';
import { type Body, patchOp, type ScimClient } from './client.ts';
import { aGroup, aPerson, E, expectBody, expectList } from './expectations.ts';
import { type BulkOperation, sendOneByOne } from './one-by-one.ts';

/** How many people are there before, and how many names they and the newcomers have to share. */
const SEEDED = 3;
const NAMES = 10;
const CREATIONS = 6;

const RUNS = { embedded: 150, scaled: 15 };

/** Groups that a bulk may create. */
const GROUPS = 3;

interface Drawn {
  readonly kind: 'create' | 'patch' | 'put' | 'delete' | 'group' | 'join';
  readonly name: number;
  /** Below `SEEDED` somebody seeded, else a creation, which may be none of the bulk. */
  readonly target: number;
  readonly manager: number | null;
  readonly active: boolean;
  /** As `target`; beyond all people the groups. */
  readonly members: readonly number[];
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  kind: fc.constantFrom('create', 'create', 'create', 'patch', 'put', 'delete', 'group', 'join'),
  name: fc.nat(NAMES - 1),
  target: fc.nat(SEEDED + CREATIONS),
  manager: fc.option(fc.nat(SEEDED + CREATIONS)),
  active: fc.boolean(),
  members: fc.uniqueArray(fc.nat(SEEDED + CREATIONS + GROUPS), { maxLength: 4 }),
});

describeBothWays('SCIM bulk', (way) => {
  let rollcall: TestRollcall;
  before(async () => {
    rollcall = await startRollcall({ env: way.env() });
  });
  after(() => rollcall.stop());

  it('fact-57 does what the same requests do that are sent one by one', async function () {
    this.timeout(120_000);
    await fc.assert(
      fc.asyncProperty(fc.array(drawn, { maxLength: 14 }), async (draws) => {
        const [bulk, single] = [await openTenant(), await openTenant()];
        const statuses = await sendOneByOne(single.scim, operationsOf(draws, single.ids));
        const answer = await bulk.scim.post('/Bulk', { Operations: operationsOf(draws, bulk.ids) });
        const outcomes: Body[] = expectBody(answer, 200).Operations;
        expect(outcomes.map(({ status }) => Number(status))).to.deep.equal(statuses);
        expect(await everything(bulk.scim)).to.deep.equal(await everything(single.scim));
      }),
      { numRuns: RUNS[way.name] },
    );
  });

  async function openTenant() {
    const scim = await (await rollcall.addOrganization()).connectScim();
    const ids: string[] = [];
    for (let index = 0; index < SEEDED; index++)
      ids.push(expectBody(await scim.post('/Users', aPerson({ userName: nameOf(index) })), 201).id);
    return { scim, ids };
  }
});

const nameOf = (index: number) => `name-${index}@example.com`;

function operationsOf(draws: readonly Drawn[], seeded: readonly string[]): readonly BulkOperation[] {
  const beyond = (index: number) => index - SEEDED - CREATIONS;
  const referred = (index: number) =>
    seeded[index] ?? (beyond(index) < 0 ? `bulkId:n${index - SEEDED}` : `bulkId:g${beyond(index)}`);
  let created = 0;
  let grouped = 0;
  return draws.map(({ kind, name, target, manager, active, members: drawnMembers }): BulkOperation => {
    const manages = manager === null ? {} : { [E]: { manager: { value: referred(manager) } } };
    const person = aPerson({ userName: nameOf(name), active, ...manages });
    const members = drawnMembers.map((index) => ({ value: referred(index) }));
    const path = `/Users/${referred(target)}`;
    const add = patchOp([{ op: 'add', path: 'members', value: members }]);
    const value = manager === null ? { active } : manages;
    const made: Readonly<Record<Drawn['kind'], () => BulkOperation>> = {
      create: () => ({ method: 'POST', path: '/Users', bulkId: `n${created++}`, data: person }),
      delete: () => ({ method: 'DELETE', path }),
      put: () => ({ method: 'PUT', path, data: person }),
      patch: () => ({ method: 'PATCH', path, data: patchOp([{ op: 'replace', value }]) }),
      group: () => ({
        method: 'POST',
        path: '/Groups',
        bulkId: `g${grouped++}`,
        data: aGroup({ displayName: `Group ${name}`, members }),
      }),
      join: () => ({ method: 'PATCH', path: `/Groups/bulkId:g${target % GROUPS}`, data: add }),
    };
    return made[kind]();
  });
}

/** Everybody and every group by name, with numbers in the place of ids. */
async function everything(scim: ScimClient): Promise<readonly object[]> {
  const byName = (left: Body, right: Body) => (nameIn(left) < nameIn(right) ? -1 : 1);
  const all = [...expectList(await scim.get('/Users')), ...expectList(await scim.get('/Groups'))].sort(byName);
  const numbers = new Map(all.map(({ id }, index) => [id, index]));
  const numbersOf = (values: readonly Body[] = []) => values.map(({ value }) => numbers.get(value) ?? -1).sort();
  return all.map(({ active, meta, members, groups, ...rest }) => ({
    name: nameIn(rest),
    active,
    version: meta.version.replace(/\..*/, '"'),
    members: numbersOf(members),
    groups: numbersOf(groups),
    manager: numbers.get(rest[E]?.manager.value) ?? typeof rest[E]?.manager.value,
  }));
}

const nameIn = (resource: Body): string => resource.userName ?? resource.displayName;
