import { expect } from 'chai';
import { startRollcall, type TestOrganization, type TestRollcall, until } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const PEOPLE = 1_400;

describeBothWays('Settings that change in the middle of a run', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;

  beforeEach(async () => {
    rollcall = await startRollcall({ env: way.env(), google: { people: PEOPLE } });
    organization = await rollcall.addOrganization('Example', ['sim.example']);
    await organization.connectGoogle();
    rollcall
      .google()
      .control.fault({ match: { operation: 'users.list', page: 2 }, fault: { kind: 'slow-first-byte', ms: 1_000 } });
    await organization.change({ google: { syncUsers: true, autoEnableUsers: true } });
    await until('the first page is in', async () => (await firstRun()).counts.pages === 1);
  });
  afterEach(() => rollcall.stop());

  const firstRun = async () => (await rollcall.api.get(`${organization.path}/runs`)).body.items.at(-1);
  const total = async (query: string) =>
    (await rollcall.api.get(`${organization.path}/users?${query}&limit=1`)).body.total as number;
  const ended = () =>
    until('the run has ended', async () => {
      const run = await firstRun();
      return run.finishedAt ? run : null;
    });

  it('enables nobody from the moment SCIM is on, though the run was queued before', async () => {
    await organization.change({ scim: { enabled: true } });
    const active = await total('status=active');
    const run = await ended();
    expect(run.state).to.equal('finished');
    expect(active).to.be.above(0).and.below(500);
    expect(await total('status=active')).to.equal(active);
    expect(await total('status=unprovisioned')).to.equal(run.counts.created - active);
  });

  it('ends the run without removals when the sync is switched off, and starts another when it is switched on', async () => {
    await organization.change({ google: { syncUsers: false } });
    const run = await ended();
    expect(run).to.include({ state: 'superseded' });
    expect(run.counts).to.include({ pages: 1, removed: 0 });
    await organization.change({ google: { syncUsers: true } });
    await until('another run has finished', async () => {
      const [latest] = (await rollcall.api.get(`${organization.path}/runs`)).body.items;
      return latest.id !== run.id && latest.state === 'finished';
    });
  });

  it('ends the run when other credentials are handed over, and starts another', async () => {
    await organization.connectGoogle();
    expect(await ended()).to.include({ state: 'superseded' });
    await until('another run has finished', async () => {
      const [latest] = (await rollcall.api.get(`${organization.path}/runs`)).body.items;
      return latest.state === 'finished';
    });
  });
});
