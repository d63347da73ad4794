import { expect } from 'chai';
import type { Body } from '../support/api-client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';
import type { ScimClient } from './client.ts';
import { aPerson, expectBody, expectEmpty, expectError } from './expectations.ts';

const MINUTES_10 = 600_000;
const DISABLE = [{ op: 'replace', path: 'active', value: false }];
const ENABLE = [{ op: 'replace', path: 'active', value: true }];

describeBothWays('reliability §9 many deactivations over SCIM', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let scim: ScimClient;
  let connection = '';
  let people: readonly string[] = [];
  let now = 0;
  beforeEach(async () => {
    now = Date.parse('2026-10-01T12:00:00.000Z');
    rollcall = await startRollcall({ env: way.env(), overrides: { clock: { now: () => now } } });
    organization = await rollcall.addOrganization();
    scim = await organization.connectScim();
    const [first] = expectStatus(await rollcall.api.get(`${organization.path}/scim-connections`), 200).items;
    connection = `${organization.path}/scim-connections/${first.id}`;
    const made = await Promise.all(Array.from({ length: 25 }, () => scim.post('/Users', aPerson())));
    people = made.map((answer) => expectBody(answer, 201).id);
  });
  afterEach(() => rollcall.stop());

  const disable = (id: string | undefined) => scim.patch(`/Users/${id}`, DISABLE);
  const disableMany = async (from: number, to: number) => {
    for (const answer of await Promise.all(people.slice(from, to).map(disable))) expectBody(answer, 200);
  };
  const alerts = async (): Promise<readonly Body[]> =>
    (await organization.events()).filter(({ type }) => type === 'alert.scim_deactivations');
  const shown = async () => expectStatus(await rollcall.api.get(connection), 200).alarm;
  const halt = () => organization.change({ scim: { haltMassDeactivations: true } });

  it('tell of it once, in the feed and in the log, when the twenty-first goes within ten minutes', async () => {
    await disableMany(0, 20);
    expect([await alerts(), await shown()]).to.deep.equal([[], undefined]);
    now += 1_000;
    await disableMany(20, 21);
    now += 1_000;
    await disableMany(21, 25);
    const [alert, ...more] = await alerts();
    expect(more).to.deep.equal([]);
    expect(alert).to.deep.include({
      at: '2026-10-01T12:00:01.000Z',
      changes: { deactivations: [20, 21] },
      by: { kind: 'connection', id: connection.split('/').at(-1) },
    });
    expect(await shown()).to.deep.equal({
      at: '2026-10-01T12:00:01.000Z',
      until: '2026-10-01T12:10:01.000Z',
      deactivations: 21,
      limit: 20,
    });
    expect(rollcall.log().match(/a SCIM connection deactivates many people/g)).to.have.length(1);
  });

  it('hold nobody up unless the organization wants that', async () => {
    await disableMany(0, 25);
    expect(await alerts()).to.have.length(1);
  });

  it('are answered 429 then, with the seconds until they may go on, and nothing else is', async () => {
    await halt();
    await disableMany(0, 21);
    now += 100_000;
    const last = people[24];
    for (const answer of [
      await disable(last),
      await scim.put(`/Users/${last}`, aPerson({ active: false })),
      await scim.delete(`/Users/${last}`),
    ]) {
      expectError(answer, 429);
      expect(answer.headers['retry-after']).to.equal('500');
    }
    const user = await rollcall.rollcall.deps.stores.users.findByScimId(organization.id, last ?? '');
    expect(user).to.deep.include({ status: 'active', version: 1 });
    expectBody(await scim.patch(`/Users/${last}`, [{ op: 'replace', path: 'title', value: 'T' }]), 200);
    expectBody(await scim.patch(`/Users/${people[0]}`, ENABLE), 200);
    expectBody(await scim.post('/Users', aPerson({ active: false })), 201);
    expectBody(await scim.get(`/Users/${last}`), 200);
  });

  it('go on when the ten minutes have passed, to the millisecond', async () => {
    await halt();
    await disableMany(0, 21);
    now += MINUTES_10 - 1;
    expectError(await disable(people[24]), 429);
    now += 1;
    expectBody(await disable(people[24]), 200);
    expect(await shown()).to.equal(undefined);
  });

  it('go on when an administrator has looked, and are counted anew', async () => {
    await halt();
    await disableMany(0, 21);
    expectError(await disable(people[21]), 429);
    expectStatus(await rollcall.api.delete(`${connection}/alarm`), 204);
    expect(await shown()).to.equal(undefined);
    await disableMany(21, 24);
    expectEmpty(await scim.delete(`/Users/${people[24]}`), 204);
    expect(await alerts()).to.have.length(1);
    expectStatus(await rollcall.api.delete(`${connection}/alarm`), 204);
    expect((await rollcall.api.delete(`${connection.replace(/[^/]+$/, 'nothing')}/alarm`)).status).to.equal(404);
  });

  it('count for each connection by itself, and only what is really a deactivation', async () => {
    await disableMany(0, 20);
    await disableMany(0, 20);
    expectBody(await scim.post('/Users', aPerson({ active: false })), 201);
    const connections = `${organization.path}/scim-connections`;
    const other = expectStatus(await rollcall.api.post(connections, { name: 'Okta' }), 201);
    const { stores } = rollcall.rollcall.deps;
    const counted = async (id: string) => (await stores.watches.get(organization.id, id))?.counts ?? [];
    expect(await counted(other.id)).to.deep.equal([]);
    const [[, count] = []] = await counted(connection.split('/').at(-1) ?? '');
    expect(count).to.equal(20);
    expect(await alerts()).to.deep.equal([]);
  });
});
