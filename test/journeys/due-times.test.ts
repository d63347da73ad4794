import { expect } from 'chai';
import type { DirectoryName } from '../../src/core/user.ts';
import { startDueRuns } from '../../src/services/start-due-runs.ts';
import type { Body } from '../support/api-client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall, until } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const HOUR_MS = 3_600_000;

describeBothWays('When a sync is due', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let ahead = 0;

  beforeEach(async () => {
    ahead = 0;
    rollcall = await startRollcall({
      env: way.env(),
      google: { people: 5 },
      microsoft: { people: 5 },
      overrides: { clock: { now: () => Date.now() + ahead } },
    });
    organization = await rollcall.addOrganization('Example', ['sim.example']);
  });
  afterEach(() => rollcall.stop());

  const now = () => Date.now() + ahead;
  const pass = (ms: number) => {
    ahead += ms;
    rollcall.google().control.advance(ms);
  };
  const pathOf = (source: DirectoryName) => `${organization.path}/integrations/${source}`;
  const stateOf = async (source: DirectoryName = 'google') => expectStatus(await rollcall.api.get(pathOf(source)), 200);
  const choose = async (schedule: object, source: DirectoryName = 'google') =>
    expectStatus(await rollcall.api.patch(pathOf(source), { schedule }), 200);
  const runs = async (): Promise<readonly Body[]> =>
    expectStatus(await rollcall.api.get(`${organization.path}/runs`), 200).items;
  const allEnded = (count: number) =>
    until(`${count} runs have ended`, async () => {
      const items = await runs();
      return items.length >= count && items.every(({ finishedAt }) => finishedAt) ? items : null;
    });
  /** What a tick does that looks at this very moment. */
  const tick = () => startDueRuns(rollcall.rollcall.deps);
  /** Waits until the end of the last run is noted. */
  const noted = (what: string, isSo: (state: Body) => boolean) =>
    until(what, async () => {
      const state = await stateOf();
      return isSo(state) ? state : null;
    });
  const dueAgain = () => noted('the next run is in time to come', ({ nextDueAt }) => Date.parse(nextDueAt) > now());
  const quarantined = () =>
    noted('it is put off', ({ trouble, nextDueAt }) => trouble && trouble.nextAttemptAt === nextDueAt);

  async function connected(source: DirectoryName = 'google'): Promise<void> {
    await (source === 'google' ? organization.connectGoogle() : organization.connectMicrosoft());
    await organization.change({ [source]: { syncUsers: true } });
    await allEnded(1);
    await until('its end is noted', async () => (await stateOf(source)).lastOkAt);
  }

  async function broken(): Promise<void> {
    rollcall.google().control.delegate([]);
    rollcall.google().control.revokeTokens();
    expect((await organization.run()).state).to.equal('failed');
  }

  /** Quiet hours from so many hours on from now, in UTC. */
  const quiet = (from: number, to: number) => {
    const text = (hours: number) => new Date(now() + hours * HOUR_MS).toISOString().slice(11, 16);
    return { from: text(from), to: text(to), timeZone: 'UTC' };
  };

  it('another schedule does not shorten a quarantine', async () => {
    await connected();
    await broken();
    const { nextDueAt } = await quarantined();
    expect(Date.parse(nextDueAt) - now()).to.be.within(0.9 * HOUR_MS, HOUR_MS);
    await choose({ fullEveryMinutes: 15 });
    expect(await stateOf()).to.include({ nextDueAt });
  });

  it('nor does a pause that ends', async () => {
    await connected();
    await broken();
    const { nextDueAt } = await quarantined();
    await choose({ paused: true });
    expect(await stateOf()).not.to.have.property('nextDueAt');
    await choose({ paused: false });
    expect(await stateOf()).to.include({ nextDueAt });
  });

  it('a run by hand that fails, or heals, starts no paused schedule', async () => {
    await connected();
    await choose({ paused: true });
    await broken();
    const failed = await noted('the failure is noted', ({ trouble }) => trouble);
    await until('nobody notes any more', async () =>
      rollcall.rollcall.deps.queue.counts().then((c) => c.running === 0),
    );
    expect(failed.state).to.equal('quarantined');
    expect(await stateOf()).not.to.have.property('nextDueAt');
    pass(3 * HOUR_MS);
    await tick();
    expect(await runs()).to.have.length(2);
    rollcall.google().control.delegate(SCOPES);
    expect((await organization.run()).state).to.equal('finished');
    await noted('it is healed', ({ trouble }) => !trouble);
    expect(await stateOf())
      .to.include({ state: 'paused' })
      .and.not.to.have.property('nextDueAt');
  });

  it('an attempt after a failure waits for the end of quiet hours, and says so', async () => {
    await connected();
    await choose({ quietHours: quiet(0.5, 4) });
    await broken();
    const { nextDueAt, trouble } = await noted(
      'it waits',
      (state) => state.trouble && Date.parse(state.nextDueAt) > now() + 2 * HOUR_MS,
    );
    expect(Date.parse(nextDueAt) - now()).to.be.within(3.9 * HOUR_MS, 4.3 * HOUR_MS);
    expect(trouble.nextAttemptAt).to.equal(nextDueAt);
    pass(1.5 * HOUR_MS);
    await tick();
    expect(await runs()).to.have.length(2);
  });

  it('a due time that passes during a run that fails does not skip the quarantine', async () => {
    await connected();
    rollcall.google().control.fault({ times: 'always', fault: { kind: 'slow-first-byte', ms: 1_500 } });
    rollcall.google().control.revokeTokens();
    rollcall.google().control.delegate([]);
    expectStatus(await rollcall.api.post(`${pathOf('google')}/runs`), 202);
    await until('it is under way', async () => (await runs())[0]?.startedAt);
    pass(1.1 * HOUR_MS);
    await until('it has failed', async () => (await runs())[0]?.state === 'failed');
    const { nextDueAt } = await quarantined();
    expect(Date.parse(nextDueAt) - now()).to.be.within(0.9 * HOUR_MS, HOUR_MS);
    await tick();
    expect(await runs()).to.have.length(2);
  });

  it('an ordinary due time in quarantine starts no run', async () => {
    await connected();
    await broken();
    const { nextDueAt } = await quarantined();
    const past = new Date(now() - 1_000).toISOString();
    await rollcall.rollcall.deps.stores.integrations.claimDue(organization.id, 'google', nextDueAt, past);
    await tick();
    await noted('the quarantine is in place again', (state) => state.nextDueAt === nextDueAt);
    expect(await runs()).to.have.length(2);
  });

  it('a run missed while nobody ran waits for the end of quiet hours, and comes once', async () => {
    await connected();
    await choose({ quietHours: quiet(2, 6) });
    pass(3 * HOUR_MS);
    await tick();
    const { nextDueAt } = await dueAgain();
    expect(Date.parse(nextDueAt) - now()).to.be.within(2.9 * HOUR_MS, 3.3 * HOUR_MS);
    expect(await runs()).to.have.length(1);
    pass(3.4 * HOUR_MS);
    await allEnded(2);
    await dueAgain();
    await tick();
    expect(await runs()).to.have.length(2);
  });

  it('none is while it is paused, and one is again when the pause ends', async () => {
    await connected();
    await choose({ paused: true });
    expect(await stateOf()).to.include({ state: 'paused' });
    pass(30 * HOUR_MS);
    await tick();
    expect(await runs()).to.have.length(1);
    const { nextDueAt } = await choose({ paused: false });
    expect(Date.parse(nextDueAt) - now()).to.be.within(0, HOUR_MS);
    pass(HOUR_MS);
    expect((await allEnded(2))[0]).to.include({ trigger: 'schedule', state: 'finished' });
  });

  it('a run by hand comes at once while paused and in quiet hours, and one more after the one under way', async () => {
    await connected();
    await choose({ paused: true, quietHours: quiet(-1, 3) });
    expect((await organization.sync()).trigger).to.equal('operator');
    rollcall.google().control.fault({ times: 'always', fault: { kind: 'slow-first-byte', ms: 1_000 } });
    const first = expectStatus(await rollcall.api.post(`${pathOf('google')}/runs`), 202);
    const again = expectStatus(await rollcall.api.post(`${pathOf('google')}/runs`), 202);
    expect(again.id).to.equal(first.id);
    rollcall.google().control.clearFaults();
    const [last] = await allEnded(4);
    expect(last).to.include({ trigger: 'operator', state: 'finished' });
    await noted('no more is due', ({ nextDueAt }) => nextDueAt === undefined);
    await tick();
    expect(await runs()).to.have.length(4);
  });

  it('one that lists everybody, asked for during another, lists everybody', async () => {
    await connected('microsoft');
    await choose({ paused: true }, 'microsoft');
    rollcall.microsoft().control.fault({ times: 'always', fault: { kind: 'slow-first-byte', ms: 1_000 } });
    const first = expectStatus(await rollcall.api.post(`${pathOf('microsoft')}/runs`), 202);
    for (const kind of ['full', 'delta'])
      expect((await rollcall.api.post(`${pathOf('microsoft')}/runs`, { kind })).body.id).to.equal(first.id);
    rollcall.microsoft().control.clearFaults();
    expect((await allEnded(3)).map(({ kind }) => kind)).to.deep.equal(['full', 'delta', 'full']);
  });

  it('changes are asked for in between, and everybody is listed when that is due', async () => {
    await connected('microsoft');
    await choose({ fullEveryMinutes: 120, deltaEveryMinutes: 30 }, 'microsoft');
    const kinds: string[] = [];
    for (let count = 2; count <= 6; count++) {
      pass(HOUR_MS / 2);
      const [last] = await allEnded(count);
      kinds.push(last?.kind);
      await until('the next is due', async () => Date.parse((await stateOf('microsoft')).nextDueAt) > now());
    }
    expect(kinds.slice(0, 3)).to.deep.equal(['delta', 'delta', 'delta']);
    expect(kinds.slice(3)).to.include('full');
  });
});

const SCOPES = [
  'https://www.googleapis.com/auth/admin.directory.user.readonly',
  'https://www.googleapis.com/auth/admin.directory.customer.readonly',
];
