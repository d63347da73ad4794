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
    const { control } = rollcall.microsoft();
    const { calls, earlyRetries } = control.stats();
    const each = calls['users.delta'] / ORGANIZATIONS;
    expect(each).to.be.at.least(4);
    // Of each organization's calls three go out at once, the rest 100 ms apart.
    const apartMs = 60_000 / LIMITS.perMinute;
    const least = (each - LIMITS.burst) * apartMs;
    expect(ms).to.be.at.least(least - 1);
    // From one budget for all, no calls beyond the burst would ever follow each other faster than that.
    const at = control.requests().flatMap((line) => (line.operation === 'users.delta' ? [Date.parse(line.at)] : []));
    const beyond = 3;
    const spans = at.slice(LIMITS.burst + beyond).map((last, first) => last - (at[first] ?? 0));
    expect(Math.min(...spans)).to.be.lessThan(beyond * apartMs);
    expect(earlyRetries).to.equal(0);
  });
});
