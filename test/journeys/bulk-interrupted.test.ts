import { expect } from 'chai';
import { USER } from '../../scim/schema/urns.ts';
import { PEOPLE_PER_PAGE } from '../../src/core/bulk.ts';
import { PEOPLE_AT_ONCE } from '../../src/services/apply-bulk-slice.ts';
import type { Body } from '../support/api-client.ts';
import { importsOf } from '../support/imports.ts';
import { createInterruptions } from '../support/interruptions.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall, until } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

/** Two transactions, the second of which is not full. */
const PEOPLE = PEOPLE_AT_ONCE + 4;
const SCIM_ON = { scim: { enabled: true } };
/** Looks at people after the write at which a process dies. */
const DEATHS = [
  ['', []],
  [', though who wrote them dies before they take anybody back', [1]],
  [', though one after the other dies over it', [2, 4]],
] as const;

describeBothWays('An action on many people that is being carried out', (way) => {
  const interruptions = createInterruptions();
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  before(async () => {
    const { around } = interruptions;
    rollcall = await startRollcall({ env: way.env(), google: { people: 3 }, overrides: { around } });
  });
  after(() => rollcall.stop());
  afterEach(() => interruptions.clear());
  beforeEach(async () => {
    organization = await rollcall.addOrganization();
  });

  const add = async (activateNew: boolean, many = PEOPLE): Promise<readonly string[]> => {
    const rows = Array.from({ length: many }, (_, n) => `Person ${n},p${n}@example.com`);
    await importsOf(rollcall, organization).run(['name,email', ...rows].join('\n'), { activateNew });
    return (await people()).map(({ id }) => id);
  };
  const people = async (): Promise<readonly Body[]> => {
    const all: Body[] = [];
    for (let cursor = ''; ; ) {
      const path = `${organization.path}/users?status=all&limit=200${cursor}`;
      const { items, next } = expectStatus(await rollcall.api.get(path), 200);
      all.push(...items);
      if (next === null) return all;
      cursor = `&cursor=${next}`;
    }
  };
  const look = async (action: string, ids: readonly string[], more: object = {}): Promise<Body> =>
    expectStatus(await rollcall.api.post(`${organization.path}/users/bulk`, { action, select: { ids }, ...more }), 201);
  const confirm = ({ id, digest, counts }: Body) =>
    rollcall.api.post(`${organization.path}/bulk/${id}/confirm`, { digest, confirmCount: counts.done });
  const reached = ({ id }: Body, state: string): Promise<Body> =>
    until(`it is ${state}`, async () => {
      const now = expectStatus(await rollcall.api.get(`${organization.path}/bulk/${id}`), 200);
      return now.state === state && now;
    });
  const carriedOut = async (bulk: Body): Promise<Body> => {
    expectStatus(await confirm(bulk), 202);
    return reached(bulk, 'done');
  };
  const settings = async (change: object) =>
    expectStatus(await rollcall.api.patch(`${organization.path}/settings`, change), 200);
  const telling = ({ status, access, formerPools, attributes }: Body) => ({ status, access, formerPools, attributes });
  const dies = (): never => {
    throw new Error('killed');
  };
  const statuses = async () => Object.groupBy(await people(), ({ status }) => status);

  it('overrides the rest when SCIM is switched on midway', async () => {
    const bulk = await look('activate', await add(false));
    interruptions.before('users.saveMany', 2, () => settings(SCIM_ON));
    const done = await carriedOut(bulk);
    expect(done.outcomes).to.deep.equal({ done: PEOPLE_AT_ONCE, overridden: PEOPLE - PEOPLE_AT_ONCE });
    const { active, unprovisioned } = await statuses();
    expect([active?.length, unprovisioned?.length]).to.deep.equal([PEOPLE_AT_ONCE, PEOPLE - PEOPLE_AT_ONCE]);
  });

  /** Switches SCIM on while people are being written; whoever wrote them dies at such calls afterwards. */
  const switchOnMidway = (looks: readonly number[]) =>
    interruptions.before('users.saveMany', 1, async () => {
      await settings(SCIM_ON);
      for (const nth of looks) interruptions.before('users.get', nth, dies);
    });

  for (const [nobody, looks] of DEATHS)
    it(`brings nobody to life whose writing was under way when SCIM was switched on${nobody}`, async () => {
      const bulk = await look('activate', await add(false));
      switchOnMidway(looks);
      const done = await carriedOut(bulk);
      expect(done.outcomes).to.deep.equal({ overridden: PEOPLE });
      expect((await statuses()).unprovisioned).to.have.length(PEOPLE);
      const results = expectStatus(await rollcall.api.get(`${organization.path}/bulk/${bulk.id}/results`), 200).items;
      expect(results[0].reason).to.include('SCIM manages the users of this organization');
    });

  for (const action of ['deactivate', 'terminate'])
    for (const [nobody, looks] of DEATHS)
      it(`takes nothing from whom SCIM keeps active when it is switched on while they are written: ${action}${nobody}`, async () => {
        const scim = await organization.connectScim();
        await organization.name('pools', 'p');
        const roles = [{ role: 'recruiter', scope: { kind: 'organization', id: '*' } }];
        for (const userName of ['ada@example.com', 'bob@example.com', 'cyd@example.com'])
          expect((await scim.post('/Users', { schemas: [USER], userName, active: true })).status).to.equal(201);
        await settings({ scim: { enabled: false } });
        const [ada, bob, cyd] = (await people()) as [Body, Body, Body];
        for (const [{ id }, access] of [
          [ada, { level: 'elevated', roles, pools: ['p'] }],
          [bob, { level: 'limited', pools: ['p'] }],
        ] as const)
          expectStatus(await rollcall.api.put(`${organization.path}/users/${id}/access`, access), 200);
        const before = (await people()).map(telling);
        const bulk = await look(action, [ada.id, bob.id, cyd.id]);
        switchOnMidway(looks);
        expect((await carriedOut(bulk)).outcomes).to.deep.equal({ overridden: 3 });
        expect((await people()).map(telling)).to.deep.equal(before);
        await settings({ scim: { enabled: false } });
        expect((await people()).map(telling), 'nothing said by hand is left').to.deep.equal(before);
      });

  for (const [nobody, looks] of DEATHS)
    it(`takes a word back to when it was said before: an older one lifts no later word of SCIM${nobody}`, async () => {
      const ids = await add(true, 3);
      const scim = await organization.connectScim();
      for (let n = 0; n < 3; n++)
        expect(
          (await scim.post('/Users', { schemas: [USER], userName: `p${n}@example.com`, active: false })).status,
        ).to.equal(201);
      await settings({ scim: { enabled: false } });
      const bulk = await look('activate', ids);
      expect(bulk.counts).to.deep.equal({ done: 3 });
      switchOnMidway(looks);
      expect((await carriedOut(bulk)).outcomes).to.deep.equal({ overridden: 3 });
      expect((await statuses()).deactivated).to.have.length(3);
      await settings({ scim: { enabled: false } });
      expect((await statuses()).deactivated, 'SCIM has the last word').to.have.length(3);
    });

  it('leaves what others made of somebody meanwhile when it is taken back', async () => {
    const [first = '', ...others] = await add(false);
    const bulk = await look('activate', [first, ...others.slice(0, 2)]);
    interruptions.before('users.saveMany', 1, () => settings(SCIM_ON));
    interruptions.before('users.get', 1, async () => {
      await settings({ scim: { enabled: false } });
      for (const action of ['deactivate', 'activate'])
        expectStatus(await rollcall.api.post(`${organization.path}/users/${first}/${action}`), 200);
      await settings(SCIM_ON);
    });
    await carriedOut(bulk);
    expect((await statuses()).active?.map(({ id }) => id)).to.deep.equal([first]);
  });

  describe('and is cancelled', () => {
    /** Two transactions are done or under way, more would follow. */
    const MANY = 2 * PEOPLE_AT_ONCE + 5;
    const cancel = ({ id }: Body) => rollcall.api.post(`${organization.path}/bulk/${id}/cancel`);
    const stopped = async (bulk: Body): Promise<Body> => {
      expectStatus(await confirm(bulk), 202);
      return reached(bulk, 'cancelled');
    };
    const told = async ({ id }: Body, query = ''): Promise<readonly Body[]> =>
      expectStatus(await rollcall.api.get(`${organization.path}/bulk/${id}/results?limit=200${query}`), 200).items;
    it('stops: who was changed stays so and is told, nobody else is', async () => {
      const ids = await add(true, MANY);
      const bulk = await look('deactivate', ids);
      const answers: Body[] = [];
      interruptions.before('users.saveMany', 2, async () => {
        for (let n = 0; n < 2; n++) answers.push(expectStatus(await cancel(bulk), 200).state);
      });
      const over = await stopped(bulk);
      expect(answers).to.deep.equal(['cancelling', 'cancelling']);
      const done = 2 * PEOPLE_AT_ONCE;
      expect(over.outcomes).to.deep.equal({ done, cancelled: MANY - done });
      expect(over.progress).to.deep.equal({ people: done, of: MANY });
      const { active, deactivated } = await statuses();
      expect([active?.length, deactivated?.length]).to.deep.equal([MANY - done, done]);
      const changed = new Set(deactivated?.map(({ id }) => id));
      const results = await told(bulk);
      expect(results.map(({ userId }) => userId)).to.deep.equal(ids);
      for (const { userId, verdict } of results) expect(verdict).to.equal(changed.has(userId) ? 'done' : 'cancelled');
      for (const verdict of ['done', 'cancelled'])
        expect(await told(bulk, `&verdict=${verdict}`)).to.deep.equal(results.filter((one) => one.verdict === verdict));
      expect(expectStatus(await cancel(bulk), 200)).to.deep.equal(over);
      expect((await confirm(bulk)).body.code).to.equal('bulk_state');
    });

    it('stops between two pages', async () => {
      const ids = await add(true, PEOPLE_PER_PAGE + 5);
      const bulk = await look('deactivate', ids);
      interruptions.before('bulks.addPage', 1, () => cancel(bulk));
      expect((await stopped(bulk)).outcomes).to.deep.equal({ done: PEOPLE_PER_PAGE, cancelled: 5 });
      expect((await told(bulk, '&verdict=cancelled')).map(({ userId }) => userId)).to.deep.equal(ids.slice(-5));
      expect((await statuses()).active).to.have.length(5);
    });

    it('counts whom a dead process had changed before it could tell', async () => {
      for (const [when, nth, done] of [
        ['users.saveMany', 2, PEOPLE_AT_ONCE],
        ['bulks.addPage', 1, MANY],
      ] as const) {
        organization = await rollcall.addOrganization();
        const bulk = await look('deactivate', await add(true, MANY));
        interruptions.before(when, nth, async () => {
          await cancel(bulk);
          dies();
        });
        const { outcomes } = await stopped(bulk);
        expect([outcomes.done, outcomes.cancelled ?? 0]).to.deep.equal([done, MANY - done]);
        expect((await statuses()).deactivated).to.have.length(done);
        expect(await told(bulk, '&verdict=done')).to.have.length(done);
      }
    });

    it('counts them once when a process dies before it could count', async () => {
      const bulk = await look('deactivate', await add(true, MANY));
      interruptions.before('users.saveMany', 2, async () => {
        await cancel(bulk);
        interruptions.before('bulks.save', 1, dies);
      });
      const { outcomes } = await stopped(bulk);
      expect(outcomes).to.deep.equal({ done: 2 * PEOPLE_AT_ONCE, cancelled: MANY - 2 * PEOPLE_AT_ONCE });
    });

    it('is stopped in the middle of those who are changed one by one', async () => {
      const bulk = await look('setLevel', await add(true, MANY), { level: 'elevated' });
      interruptions.before('users.save', 1, () => cancel(bulk));
      const { outcomes } = await stopped(bulk);
      expect(outcomes).to.deep.equal({ done: PEOPLE_AT_ONCE, cancelled: MANY - PEOPLE_AT_ONCE });
      const { items } = expectStatus(await rollcall.api.get(`${organization.path}/users?level=elevated`), 200);
      expect(items).to.have.length(PEOPLE_AT_ONCE);
    });
  });

  it('is written many people at a time', async () => {
    const bulk = await look('deactivate', await add(true));
    const calls: string[] = [];
    for (const name of ['users.save', 'users.saveMany'] as const)
      for (const nth of [1, 2, 3]) interruptions.before(name, nth, () => calls.push(name));
    expect((await carriedOut(bulk)).outcomes).to.deep.equal({ done: PEOPLE });
    interruptions.clear();
    expect(calls).to.deep.equal(['users.saveMany', 'users.saveMany']);
  });

  it('is carried out once, whoever confirms it at the same time or again', async () => {
    const bulk = await look('deactivate', await add(true));
    const states: number[] = [];
    const another = async () => states.push((await confirm(bulk)).status);
    interruptions.before('bulks.save', 1, another);
    const done = await carriedOut(bulk);
    await another();
    expect(states).to.deep.equal([202, 202]);
    expect(done.outcomes).to.deep.equal({ done: PEOPLE });
    expect((await people()).map(({ version }) => version)).to.deep.equal(Array(PEOPLE).fill(2));
  });

  it('meets another over the same people: each of them is changed by one of both', async () => {
    const ids = await add(true);
    const both = [await look('deactivate', ids), await look('deactivate', ids.toReversed())];
    const all = await Promise.all(both.map(carriedOut));
    const sum = (verdict: string) => all.reduce((total, { outcomes }) => total + (outcomes[verdict] ?? 0), 0);
    expect([sum('done'), sum('unchanged')]).to.deep.equal([PEOPLE, PEOPLE]);
    expect((await people()).map(({ version }) => version)).to.deep.equal(Array(PEOPLE).fill(2));
  });

  it('never takes the last admin, though two actions at once are about one of the last two each', async () => {
    const [ada = '', bob = ''] = await add(true);
    for (const id of [ada, bob])
      expectStatus(await rollcall.api.put(`${organization.path}/users/${id}/access`, { level: 'admin' }), 200);
    const [first, second] = [await look('deactivate', [ada]), await look('deactivate', [bob])];
    interruptions.before('users.save', 1, () => carriedOut(second));
    const outcomes = [(await carriedOut(first)).outcomes, (await carriedOut(second)).outcomes];
    expect(outcomes).to.have.deep.members([{ done: 1 }, { last_admin: 1 }]);
    const admins = (await people()).filter(({ access, status }) => access.level === 'admin' && status === 'active');
    expect(admins).to.have.length(1);
  });

  it('takes nothing from a directory that is synced meanwhile', async () => {
    await organization.connectGoogle();
    await organization.change({ google: { syncUsers: true, autoEnableUsers: true } });
    await organization.sync();
    await organization.name('pools', 'p');
    const ids = (await people()).filter(({ status }) => status === 'active').map(({ id }) => id);
    const body = { action: 'addPool', pool: 'p', select: { ids } };
    const bulk = expectStatus(await rollcall.api.post(`${organization.path}/users/bulk`, body), 201);
    const { control } = rollcall.google();
    const renamed = [...control.everybody()].findIndex(({ suspended, archived }) => !suspended && !archived);
    control.mutate({ do: 'rename', who: renamed, givenName: 'Renata', familyName: 'Renamed' });
    interruptions.before('users.saveMany', 1, () => organization.sync());
    expect((await carriedOut(bulk)).outcomes).to.deep.equal({ done: ids.length });
    const everybody = await people();
    expect(everybody.filter(({ name }) => name === 'Renata Renamed')).to.have.length(1);
    for (const { id, access } of everybody) expect(access.pools).to.deep.equal(ids.includes(id) ? ['p'] : []);
  });
});
