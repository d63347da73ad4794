import { expect } from 'chai';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall, until } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

describeBothWays('Journey C: an admin switches "Sync Google Workspace users?"', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;

  beforeEach(async () => {
    rollcall = await startRollcall({ env: way.env(), google: { people: 60 } });
    organization = await rollcall.addOrganization('Example', ['sim.example']);
    await organization.connectGoogle();
  });
  afterEach(() => rollcall.stop());

  const runs = async () => (await rollcall.api.get(`${organization.path}/runs`)).body.items;
  const total = async (query: string) => (await rollcall.api.get(`${organization.path}/users?${query}`)).body.total;
  const firstRun = () =>
    until('the first run has ended', async () => {
      const [run] = await runs();
      return run && run.state !== 'queued' && run.state !== 'running' ? run : null;
    });

  it('starts the first run by itself, and brings people as unprovisioned', async () => {
    await organization.change({ google: { syncUsers: true } });
    const run = await firstRun();
    expect(run).to.include({ state: 'finished', trigger: 'settings' });
    expect(await total('status=unprovisioned')).to.equal(run.counts.created);
    expect(await total('status=active')).to.equal(0);
  });

  it('previews who would be enabled, without writing, and enables exactly those, without asking Google', async () => {
    await organization.change({ google: { syncUsers: true } });
    const { counts } = await firstRun();
    const asked = rollcall.google().control.requests().length;
    const patch = { google: { autoEnableUsers: true } };
    const preview = expectStatus(await rollcall.api.patch(`${organization.path}/settings?preview=true`, patch), 200);
    expect(preview.changes).to.deep.equal({
      total: counts.created,
      byStatus: { 'unprovisioned → active': counts.created },
    });
    expect(await total('status=active')).to.equal(0);
    const settings = await organization.change(patch);
    expect(settings.sweep.state).to.equal('idle');
    expect(await total('status=active')).to.equal(counts.created);
    expect(rollcall.google().control.requests().length).to.equal(asked);
  });

  it('leaves people as they are when switched off, refuses a run, and takes up again when switched on', async () => {
    await organization.change({ google: { syncUsers: true, autoEnableUsers: true } });
    await firstRun();
    const active = await total('status=active');
    await organization.change({ google: { syncUsers: false } });
    expect(await total('status=active')).to.equal(active);
    const refused = await rollcall.api.post(`${organization.path}/integrations/google/runs`);
    expect([refused.status, refused.body.code]).to.deep.equal([409, 'sync_disabled']);
    await organization.change({ google: { syncUsers: true } });
    await until('another run has ended', async () => (await runs()).length === 2 && (await firstRun()));
    expect(await total('status=active')).to.equal(active);
  });

  it('needs the digest of the preview when so many would leave', async () => {
    await organization.change({ google: { syncUsers: true, autoEnableUsers: true } });
    await firstRun();
    const scim = await organization.connectScim();
    const { body } = await scim.get('/Users?count=30');
    for (const { id, userName } of body.Resources)
      if (!userName.startsWith('admin@'))
        await scim.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value: false }]);
    await organization.change({ scim: { enabled: false } });
    const off = await total('status=active');
    const refused = await rollcall.api.patch(`${organization.path}/settings`, { scim: { enabled: true } });
    expect([refused.status, refused.body.code]).to.deep.equal([409, 'confirmation_required']);
    expect(await total('status=active')).to.equal(off);
    await organization.change({ scim: { enabled: true }, confirm: refused.body.preview.digest });
    expect(await total('status=active')).to.be.below(off);
  });
});
