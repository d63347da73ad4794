import { expect } from 'chai';
import { DIRECTORIES, type DirectoryName } from '../../src/core/user.ts';
import type { Body } from '../support/api-client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall, until } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const HOUR_MS = 3_600_000;
const HANGING_MS = 25_000;

describeBothWays('R24 a sync that fails', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let ahead = 0;

  beforeEach(async () => {
    ahead = 0;
    rollcall = await startRollcall({
      env: way.env(),
      google: { people: 20 },
      microsoft: { people: 20 },
      overrides: { clock: { now: () => Date.now() + ahead } },
    });
    organization = await rollcall.addOrganization('Example', ['sim.example']);
  });
  afterEach(() => rollcall.stop());

  /** For Rollcall and for Google, which looks at the time of a request for a token. */
  const pass = (ms: number) => {
    ahead += ms;
    rollcall.google().control.advance(ms);
  };
  const stateOf = async (source: DirectoryName) =>
    expectStatus(await rollcall.api.get(`${organization.path}/integrations/${source}`), 200);
  const connect = async (source: DirectoryName) =>
    source === 'google' ? organization.connectGoogle() : organization.connectMicrosoft();
  const breakIt = (source: DirectoryName) => {
    if (source === 'google') {
      rollcall.google().control.delegate([]);
      rollcall.google().control.revokeTokens();
    } else {
      rollcall.microsoft().control.consent([]);
      rollcall.microsoft().control.revokeTokens();
    }
  };
  const mend = (source: DirectoryName) => {
    if (source === 'google') rollcall.google().control.delegate(SCOPES);
    else {
      rollcall.microsoft().control.consent(['User.Read.All']);
      rollcall.microsoft().control.revokeTokens();
    }
  };
  const alerts = async () =>
    (await organization.events()).filter(({ type }) => type.startsWith('alert.')).map(({ type }) => type);
  const newest = async () => (await rollcall.api.get(`${organization.path}/runs?limit=1`)).body.items[0];
  const nextRun = async (before: Body) =>
    until('another run has ended', async () => {
      const run = await newest();
      return run.id !== before.id && run.finishedAt ? run : null;
    });

  for (const source of DIRECTORIES)
    it(`of ${source} is told at once, put off for longer and longer, and heals by itself`, async () => {
      await connect(source);
      await organization.change({ [source]: { syncUsers: true } });
      await organization.sync(source);
      breakIt(source);
      let run = await organization.run(source, { kind: 'full' });
      expect(run.state).to.equal('failed');
      const first = await until('it is in quarantine', async () => {
        const seen = await stateOf(source);
        return seen.state === 'quarantined' ? seen : null;
      });
      expect(first.trouble).to.include({ cause: 'config', failures: 1 });
      expect(first.trouble.message).to.equal(run.reasons[0].message);
      expect(await alerts()).to.deep.equal(['alert.sync_quarantined']);
      for (const hours of [1, 2, 4]) {
        const { trouble, nextDueAt } = await until(`the wait is ${hours} hours`, async () => {
          const seen = await stateOf(source);
          const wait = Date.parse(seen.trouble.nextAttemptAt) - Date.parse(run.finishedAt);
          return Math.abs(wait - hours * HOUR_MS) < 10_000 && seen.nextDueAt === seen.trouble.nextAttemptAt
            ? seen
            : null;
        });
        expect(nextDueAt).to.equal(trouble.nextAttemptAt);
        pass(hours * HOUR_MS + 2_000);
        run = await nextRun(run);
        expect(run).to.include({ state: 'failed', trigger: 'schedule' });
      }
      mend(source);
      await until('the eight hours are noted', async () => (await stateOf(source)).trouble.failures === 4);
      pass(8 * HOUR_MS + 2_000);
      expect((await nextRun(run)).state).to.equal('finished');
      await until('it is healed', async () => (await stateOf(source)).state === 'ok');
      expect(await stateOf(source)).not.to.have.property('trouble');
      expect(await alerts()).to.deep.equal(['alert.sync_quarantined', 'alert.sync_recovered']);
    });

  it('for four weeks is switched off, until somebody asks', async () => {
    await connect('google');
    await organization.change({ google: { syncUsers: true } });
    await organization.sync('google');
    breakIt('google');
    const run = await organization.run('google');
    await until('it is in quarantine', async () => (await stateOf('google')).state === 'quarantined');
    pass(28 * 24 * HOUR_MS);
    await nextRun(run);
    const off = await until('it is off', async () => {
      const seen = await stateOf('google');
      return seen.state === 'off' && !seen.nextDueAt ? seen : null;
    });
    expect(off).not.to.have.property('nextDueAt');
    expect(off.trouble).not.to.have.property('nextAttemptAt');
    expect(await alerts()).to.include('alert.sync_off');
    mend('google');
    expect((await organization.run('google')).state).to.equal('finished');
    const healed = await until('it is healed', async () => {
      const seen = await stateOf('google');
      return seen.state === 'ok' && seen.nextDueAt ? seen : null;
    });
    expect(Date.parse(healed.nextDueAt) - Date.now() - ahead).to.be.within(0, HOUR_MS);
  });

  it('never delays another organization, be it that its directory hangs', async () => {
    const others = await Promise.all(Array.from({ length: 12 }, (_, n) => rollcall.addOrganization(`Hanging ${n}`)));
    rollcall.microsoft().control.fault({ times: 'always', fault: { kind: 'slow-first-byte', ms: HANGING_MS } });
    for (const other of others) {
      await other.connectMicrosoft();
      await other.change({ microsoft: { syncUsers: true } });
    }
    await connect('google');
    await until('all of them hang', async () => rollcall.microsoft().control.stats().calls.token >= others.length);
    const from = Date.now();
    await organization.change({ google: { syncUsers: true } });
    await until('the run has finished', async () => (await newest())?.state === 'finished');
    const ms = Date.now() - from;
    expect(ms).to.be.lessThan(HANGING_MS / 2);
    rollcall.microsoft().control.clearFaults();
  });
});

const SCOPES = [
  'https://www.googleapis.com/auth/admin.directory.user.readonly',
  'https://www.googleapis.com/auth/admin.directory.customer.readonly',
];
