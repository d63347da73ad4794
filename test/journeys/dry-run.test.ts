import { expect } from 'chai';
import { DIRECTORIES, type DirectoryName } from '../../src/core/user.ts';
import { everythingReadable } from '../contracts/everything-readable.ts';
import type { Body } from '../support/api-client.ts';
import { setEverybody } from '../support/held-plan.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall, until } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const PEOPLE = 40;

describeBothWays('A dry run', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;

  beforeEach(async () => {
    rollcall = await startRollcall({ env: way.env(), google: { people: PEOPLE }, microsoft: { people: PEOPLE } });
    organization = await rollcall.addOrganization('Example', ['sim.example']);
    await organization.connectGoogle();
    await organization.connectMicrosoft();
  });
  afterEach(() => rollcall.stop());

  const dryRun = async (source: DirectoryName, proposal: object = {}) => {
    const path = `${organization.path}/integrations/${source}/dry-runs`;
    const { id, dry } = expectStatus(await rollcall.api.post(path, proposal), 202);
    expect(dry).to.equal(true);
    return until('the dry run has ended', async () => {
      const run = expectStatus(await rollcall.api.get(`${organization.path}/runs/${id}`), 200);
      return run.finishedAt ? run : null;
    });
  };
  const planOf = async ({ id }: Body) =>
    expectStatus(await rollcall.api.get(`${organization.path}/runs/${id}/plan?limit=200`), 200);
  /** All that can be read of the store but runs. */
  const everything = async () => {
    await organization.events();
    const seen = await everythingReadable(rollcall.rollcall.deps.stores);
    return [...seen].filter(([name]) => !/runs|latest|^0/.test(name));
  };

  for (const source of DIRECTORIES) {
    it(`of ${source} shows whom a first sync would bring, before it is switched on, and writes nothing`, async () => {
      const before = await everything();
      const run = await dryRun(source);
      expect(run.state).to.equal('finished');
      expect(run.plan).not.to.have.property('number');
      const plan = await planOf(run);
      expect(plan.counts.create).to.equal(plan.total).and.to.be.greaterThan(20);
      expect(plan.items).to.have.length(plan.total);
      for (const line of plan.items) {
        expect(line).to.include({ change: 'create' });
        expect(line.user).not.to.have.property('id');
        expect(line.to).to.include.keys('email', 'displayName');
      }
      expect(await everything()).to.deep.equal(before);
    });

    it(`of ${source} does exactly what the run after it does`, async () => {
      await organization.change({ [source]: { autoEnableUsers: true } });
      const { total } = (await dryRun(source)).plan;
      await organization.change({ [source]: { syncUsers: true } });
      const first = await organization.sync(source, { kind: 'full' });
      const { items } = (await rollcall.api.get(`${organization.path}/runs`)).body;
      const created = items.map((run: Body) => run.counts.created).reduce((sum: number, each: number) => sum + each, 0);
      expect(created).to.equal(total);
      expect(first.state).to.equal('finished');
      expect((await dryRun(source)).plan.total).to.equal(0);
    });

    it(`of ${source} tells what the guard would hold, holds nothing, and gives no number`, async () => {
      await organization.change({ [source]: { syncUsers: true, autoEnableUsers: true } });
      await organization.sync(source);
      setEverybody(rollcall, source, false);
      const before = await everything();
      const run = await dryRun(source);
      expect(run.state).to.equal('finished');
      expect(run.reasons.map(({ code }: Body) => code)).to.include('too_many_removals');
      expect((await planOf(run)).counts.inactive).to.be.greaterThan(20);
      expect(await everything()).to.deep.equal(before);
      const plan = await rollcall.api.get(`${organization.path}/integrations/${source}/plan`);
      expect(plan.status).to.equal(404);
    });
  }

  it('tells of a link that would wait, and opens no conflict', async () => {
    await organization.addUser('Typed', String(rollcall.google().control.person(3)?.primaryEmail));
    rollcall.google().control.mutate({ do: 'unsuspend', who: 3 }, { do: 'unarchive', who: 3 });
    await organization.change({ linkExistingUsers: 'ask' });
    const run = await dryRun('google');
    expect(run.reasons.map(({ code }: Body) => code)).to.include('link');
    expect((await rollcall.api.get(`${organization.path}/conflicts?state=all`)).body.total).to.equal(0);
  });

  it('tries another scope', async () => {
    const run = await dryRun('google', { scope: { include: { domains: ['emea.sim.example'] } } });
    const { items } = await planOf(run);
    expect(items.length).to.be.greaterThan(0);
    for (const { user } of items) expect(user.email).to.match(/@emea\.sim\.example$/);
    expect(run.reasons.map(({ code }: Body) => code)).to.include('out_of_scope');
  });

  it('does not move the baseline of a delta', async () => {
    await organization.change({ microsoft: { syncUsers: true } });
    await organization.sync('microsoft');
    rollcall.microsoft().control.mutate({
      do: 'add',
      fields: { mail: 'new.comer@sim.example', accountEnabled: true, userType: 'Member' },
    });
    await dryRun('microsoft');
    const run = await organization.sync('microsoft');
    expect(run).to.include({ kind: 'delta' });
    expect(run.counts).to.include({ created: 1 });
  });

  it('waits for nobody: while a run is under way it is refused', async () => {
    rollcall
      .google()
      .control.fault({ match: { operation: 'users.list' }, fault: { kind: 'slow-first-byte', ms: 1_500 } });
    const path = `${organization.path}/integrations/google/dry-runs`;
    expectStatus(await rollcall.api.post(path), 202);
    const { status, body } = await rollcall.api.post(path);
    expect(`${status} ${body.code}`).to.equal('409 run_in_progress');
  });
});
