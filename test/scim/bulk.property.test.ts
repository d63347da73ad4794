import { expect } from 'chai';
import fc from 'fast-check';
import { startRollcall, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';
import { type Body, patchOp, type ScimClient } from './client.ts';
import { aPerson, E, expectBody, expectList } from './expectations.ts';
import { type BulkOperation, sendOneByOne } from './one-by-one.ts';

/** How many people are there before, and how many names they and the newcomers have to share. */
const SEEDED = 3;
const NAMES = 10;
const CREATIONS = 6;

const RUNS = { embedded: 150, scaled: 15 };

interface Drawn {
  readonly kind: 'create' | 'patch' | 'put' | 'delete';
  readonly name: number;
  /** Below `SEEDED` somebody seeded, else a creation, which may be none of the bulk. */
  readonly target: number;
  readonly manager: number | null;
  readonly active: boolean;
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  kind: fc.constantFrom('create', 'create', 'create', 'patch', 'put', 'delete'),
  name: fc.nat(NAMES - 1),
  target: fc.nat(SEEDED + CREATIONS),
  manager: fc.option(fc.nat(SEEDED + CREATIONS)),
  active: fc.boolean(),
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
        expect(await everybody(bulk.scim)).to.deep.equal(await everybody(single.scim));
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
  const referred = (index: number) => seeded[index] ?? `bulkId:n${index - SEEDED}`;
  let created = 0;
  return draws.map(({ kind, name, target, manager, active }): BulkOperation => {
    const person = aPerson({
      userName: nameOf(name),
      active,
      ...(manager === null ? {} : { [E]: { manager: { value: referred(manager) } } }),
    });
    const path = `/Users/${referred(target)}`;
    if (kind === 'create') return { method: 'POST', path: '/Users', bulkId: `n${created++}`, data: person };
    if (kind === 'delete') return { method: 'DELETE', path };
    if (kind === 'put') return { method: 'PUT', path, data: person };
    const value = manager === null ? { active } : { [E]: { manager: { value: referred(manager) } } };
    return { method: 'PATCH', path, data: patchOp([{ op: 'replace', value }]) };
  });
}

/** Everybody by name, with numbers in the place of ids. */
async function everybody(scim: ScimClient): Promise<readonly object[]> {
  const people = expectList(await scim.get('/Users')).sort((left, right) => (left.userName < right.userName ? -1 : 1));
  const numbers = new Map(people.map(({ id }, index) => [id, index]));
  return people.map(({ userName, active, meta, ...rest }) => ({
    userName,
    active,
    version: meta.version,
    manager: numbers.get(rest[E]?.manager.value) ?? typeof rest[E]?.manager.value,
  }));
}
