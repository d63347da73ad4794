import { expect } from 'chai';
import { startRollcall, type TestRollcall, until } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const ORGANIZATIONS = 10;
const LIMITS = { perMinute: 600, burst: 3 };

describeBothWays('R38 ten organizations that sync at once', (way) => {
  let rollcall: TestRollcall;

  beforeEach(async () => {
    rollcall = await startRollcall({
      env: way.env(),
      microsoft: { people: 40, deltaPage: 10 },
      overrides: { directories: { microsoftLimits: LIMITS } },
    });
  });
  afterEach(() => rollcall.stop());

  const syncAll = async () => {
    const all = await Promise.all(
      Array.from({ length: ORGANIZATIONS }, (_, n) => rollcall.addOrganization(`Organization ${n}`, ['sim.example'])),
    );
    for (const organization of all) await organization.connectMicrosoft();
    const from = Date.now();
    await Promise.all(all.map((organization) => organization.change({ microsoft: { syncUsers: true } })));
    await until('all runs have finished', async () => {
      const runs = await Promise.all(
        all.map(async ({ path }) => (await rollcall.api.get(`${path}/runs`)).body.items[0]),
      );
      return runs.every((run) => run?.state === 'finished');
    });
    return Date.now() - from;
  };

  it('keep each to its own budget, and do not wait for one another', async () => {
    const ms = await syncAll();
    const { calls, earlyRetries } = rollcall.microsoft().control.stats();
    const each = calls['users.delta'] / ORGANIZATIONS;
    expect(each).to.be.at.least(4);
    // Of each organization's calls three go out at once, the rest 100 ms apart; all of them in a row would take ten times as long.
    const least = (each - LIMITS.burst) * (60_000 / LIMITS.perMinute);
    expect(ms).to.be.at.least(least - 1);
    expect(ms).to.be.lessThan(ORGANIZATIONS * each * (60_000 / LIMITS.perMinute));
    expect(earlyRetries).to.equal(0);
  });
});
