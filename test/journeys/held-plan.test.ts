import { expect } from 'chai';
import { DIRECTORIES, type DirectoryName } from '../../src/core/user.ts';
import type { Body } from '../support/api-client.ts';
import { heldPlan, setEverybody } from '../support/held-plan.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall, until } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const PEOPLE = 40;
const DAY_MS = 86_400_000;

describeBothWays('A plan that waits for somebody', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let ahead = 0;

  beforeEach(async () => {
    ahead = 0;
    rollcall = await startRollcall({
      env: way.env(),
      google: { people: PEOPLE },
      microsoft: { people: PEOPLE },
      overrides: { clock: { now: () => Date.now() + ahead } },
    });
    organization = await rollcall.addOrganization('Example', ['sim.example']);
  });
  afterEach(() => rollcall.stop());

  const start = async (source: DirectoryName) => {
    if (source === 'google') await organization.connectGoogle();
    else await organization.connectMicrosoft();
    await organization.change({ [source]: { syncUsers: true, autoEnableUsers: true } });
    await organization.sync(source);
  };
  const at = (source: DirectoryName) => `${organization.path}/integrations/${source}`;
  const active = async () =>
    expectStatus(await rollcall.api.get(`${organization.path}/users?status=active&limit=1`), 200).total as number;
  const planOf = async (source: DirectoryName) => expectStatus(await rollcall.api.get(`${at(source)}/plan`), 200);
  /** What became of a plan is noted right after the run has ended. */
  const becomes = (source: DirectoryName, state: string) =>
    until(`the plan is ${state}`, async () => ((await planOf(source)).state === state ? true : null));
  const decide = (source: DirectoryName, verdict: string, body: object) =>
    rollcall.api.post(`${at(source)}/plan/${verdict}`, body);
  const ended = (id: string) =>
    until('the run has ended', async () => {
      const run = expectStatus(await rollcall.api.get(`${organization.path}/runs/${id}`), 200);
      return run.finishedAt ? run : null;
    });
  const codeOf = ({ status, body }: { status: number; body: Body }) => `${status} ${body.code}`;

  for (const source of DIRECTORIES) {
    it(`R20 of ${source} holds everybody's departure, shows who and why, and takes nobody away`, async () => {
      await start(source);
      const before = await active();
      const plan = await heldPlan(rollcall, organization, source);
      expect(await active()).to.equal(before);
      const total = before - (source === 'google' ? 1 : 0);
      expect(plan).to.include({ number: 1, state: 'waiting', total });
      expect(expectStatus(await rollcall.api.get(at(source)), 200)).to.include({ state: 'held' });
      const page = expectStatus(await rollcall.api.get(`${organization.path}/runs/${plan.runId}/plan?limit=7`), 200);
      expect(page).to.include({ number: 1, digest: plan.digest, total });
      expect(page.counts).to.deep.equal({ inactive: total });
      expect(page.items).to.have.length(7);
      for (const line of page.items) {
        expect(line).to.deep.include({ change: 'update', harms: ['inactive'] });
        expect([line.from.status, line.to.status]).to.deep.equal(['active', 'deactivated']);
        expect(line.why).to.match(/says the user is disabled/);
        expect(line.user).to.include.keys('id', 'name', 'email');
      }
      const alerts = (await organization.events()).filter(({ type }) => type === 'alert.plan_held');
      expect(alerts).to.have.length(1);
    });

    it(`of ${source} is carried out once approved, by a run that finishes`, async () => {
      await start(source);
      const { digest, runId } = await heldPlan(rollcall, organization, source);
      const { plan, run } = expectStatus(await decide(source, 'approve', { digest }), 200);
      expect(plan).to.deep.include({ state: 'approved', removals: true, decidedBy: { kind: 'operator', id: null } });
      expect(run.id).not.to.equal(runId);
      expect((await ended(run.id)).state).to.equal('finished');
      expect(await active()).to.equal(source === 'google' ? 1 : 0);
      await becomes(source, 'applied');
      expect(codeOf(await decide(source, 'approve', { digest }))).to.equal('409 plan_decided');
      if (source === 'microsoft') expect((await organization.sync(source)).kind).to.equal('delta');
    });

    it(`R25 of ${source} asks anew when the directory has changed since it was approved`, async () => {
      await start(source);
      const before = await active();
      const { digest } = await heldPlan(rollcall, organization, source);
      const first = await anybody();
      if (source === 'google') rollcall.google().control.mutate({ do: 'unsuspend', who: first.email });
      else rollcall.microsoft().control.mutate({ do: 'enable', who: await keyOf(first.id) });
      const { run } = expectStatus(await decide(source, 'approve', { digest }), 200);
      expect((await ended(run.id)).state).to.equal('held');
      expect(await active()).to.equal(before);
      const plan = await planOf(source);
      expect(plan).to.include({ number: 2, state: 'waiting', total: before - (source === 'google' ? 2 : 1) });
      expect(codeOf(await decide(source, 'approve', { digest }))).to.equal('409 plan_changed');
    });
  }

  /** Somebody who is not the admin that the sync itself needs. */
  const anybody = async () => {
    const { items } = expectStatus(await rollcall.api.get(`${organization.path}/users?status=active`), 200);
    return items.find(({ email }: Body) => email !== rollcall.google().subject);
  };
  const keyOf = async (id: string) =>
    expectStatus(await rollcall.api.get(`${organization.path}/users/${id}/explain`), 200).records[0].externalId;

  it('keeps its number and its time from run to run, and another proposal gets the next number', async () => {
    await start('google');
    const plan = await heldPlan(rollcall, organization, 'google');
    ahead += 3_600_000;
    await organization.run('google');
    const again = await planOf('google');
    expect(again).to.deep.include({ number: 1, digest: plan.digest, expiresAt: plan.expiresAt });
    expect(again.runId).not.to.equal(plan.runId);
    const somebody = await anybody();
    rollcall.google().control.mutate({ do: 'unsuspend', who: somebody.email });
    await organization.run('google');
    expect(await planOf('google')).to.include({ number: 2, state: 'waiting' });
  });

  it('R25 expires 24 hours after it was made, not a moment before, and the next run asks anew', async () => {
    await start('google');
    const { digest } = await heldPlan(rollcall, organization, 'google');
    await organization.change({ google: { syncUsers: false } });
    ahead += DAY_MS - 60_000;
    expect((await planOf('google')).state).to.equal('waiting');
    ahead += 60_000;
    expect((await planOf('google')).state).to.equal('expired');
    await organization.change({ google: { syncUsers: true } });
    await until('the run is held', async () => ((await planOf('google')).number === 2 ? true : null));
    expect(await planOf('google')).to.include({ state: 'waiting', digest });
  });

  it('is not approved late', async () => {
    await start('google');
    const { digest, expiresAt } = await heldPlan(rollcall, organization, 'google');
    await rollcall.api.patch(at('google'), { schedule: { paused: true } });
    ahead = Date.parse(expiresAt) - Date.now();
    expect(codeOf(await decide('google', 'approve', { digest }))).to.equal('409 plan_expired');
  });

  it('approved without removals lets the rest through, and asks about the removals again', async () => {
    await start('google');
    await rollcall.api.patch(at('google'), { removals: { hold: 'everything' } });
    setEverybody(rollcall, 'google', false);
    rollcall.google().control.mutate({
      do: 'add',
      fields: { primaryEmail: 'new.comer@sim.example', suspended: false, archived: false },
    });
    const before = await active();
    expect((await organization.run('google')).state).to.equal('held');
    expect(await active()).to.equal(before);
    const { digest } = await planOf('google');
    const { run } = expectStatus(await decide('google', 'approve', { digest, removals: false }), 200);
    const done = await ended(run.id);
    expect(done.state).to.equal('finished');
    expect(done.reasons.map(({ code }: Body) => code)).to.include('removals_left_out');
    expect(await active()).to.equal(before + 1);
    expect((await organization.userByEmail('new.comer@sim.example')).status).to.equal('active');
    expect((await organization.run('google')).state).to.equal('held');
    expect(await planOf('google')).to.include({ number: 2, state: 'waiting' });
  });

  it('rejected leaves everybody, and only whoever starts a run by hand is asked again', async () => {
    await start('google');
    const before = await active();
    const { digest } = await heldPlan(rollcall, organization, 'google');
    expect(expectStatus(await decide('google', 'reject', { digest }), 200).plan.state).to.equal('rejected');
    ahead += 3_600_000 * 2;
    await until('a scheduled run is held', async () => {
      const { items } = (await rollcall.api.get(`${organization.path}/runs`)).body;
      return items[0].trigger === 'schedule' && items[0].state === 'held';
    });
    expect(await planOf('google')).to.include({ number: 1, state: 'rejected' });
    await organization.run('google');
    expect(await planOf('google')).to.include({ number: 2, state: 'waiting' });
    expect(await active()).to.equal(before);
  });

  it('is void once the directory proposes nothing of the kind any more', async () => {
    await start('google');
    const { digest } = await heldPlan(rollcall, organization, 'google');
    setEverybody(rollcall, 'google', true);
    await organization.sync('google');
    await becomes('google', 'void');
    expect(codeOf(await decide('google', 'approve', { digest }))).to.equal('404 not_found');
    expect(expectStatus(await rollcall.api.get(at('google')), 200).state).to.equal('ok');
  });

  it('approved while the directory is away stays approved until it comes back', async () => {
    await start('google');
    const { digest } = await heldPlan(rollcall, organization, 'google');
    rollcall.google().control.fault({
      match: { operation: 'users.list' },
      times: 'always',
      fault: { kind: 'error', status: 403, reason: 'forbidden' },
    });
    const { run } = expectStatus(await decide('google', 'approve', { digest }), 200);
    expect((await ended(run.id)).state).to.equal('failed');
    expect((await planOf('google')).state).to.equal('approved');
    rollcall.google().control.clearFaults();
    expect((await organization.run('google')).state).to.equal('finished');
    await becomes('google', 'applied');
    expect(await active()).to.equal(1);
  });

  it('is downloaded whole as CSV that no spreadsheet takes for formulas', async () => {
    await start('google');
    const somebody = await anybody();
    rollcall
      .google()
      .control.mutate({ do: 'rename', who: somebody.email, givenName: '=HYPERLINK("x")', familyName: 'A,"B"' });
    await organization.sync('google');
    const { runId, total } = await heldPlan(rollcall, organization, 'google');
    const { text, headers } = await rollcall.api.get(`${organization.path}/runs/${runId}/plan.csv`);
    expect(headers['content-type']).to.equal('text/csv; charset=utf-8');
    const lines = text.trimEnd().split('\r\n');
    expect(lines).to.have.length(total + 1);
    expect(lines[0]).to.equal('externalId,userId,name,email,change,harms,from,to,effects,why');
    expect(text).to.contain(`"'=HYPERLINK(""x"") A,""B"""`);
  });

  it('SCIM that spoke meanwhile does not void it, and shows in its lines', async () => {
    await start('google');
    const { runId } = await heldPlan(rollcall, organization, 'google');
    const somebody = await anybody();
    const scim = await organization.connectScim();
    await scim.post('/Users', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName: somebody.email,
      emails: [{ value: somebody.email, primary: true }],
      active: true,
    });
    const { items } = expectStatus(await rollcall.api.get(`${organization.path}/runs/${runId}/plan?limit=200`), 200);
    const line = items.find(({ user }: Body) => user.email === somebody.email);
    expect(line.to).not.to.have.property('status');
    expect((await planOf('google')).state).to.equal('waiting');
  });
});
