import { expect } from 'chai';
import type { Body } from '../support/api-client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const HOUR_MS = 3_600_000;

describeBothWays('Absences and protected people', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let ahead = 0;

  beforeEach(async () => {
    ahead = 0;
    rollcall = await startRollcall({
      env: way.env(),
      google: { people: 60 },
      microsoft: { people: 60 },
      overrides: { clock: { now: () => Date.now() + ahead } },
    });
    organization = await rollcall.addOrganization('Example', ['sim.example']);
  });
  afterEach(() => rollcall.stop());

  const google = () => rollcall.google().control;
  const at = (source = 'google') => `${organization.path}/integrations/${source}`;
  const choose = async (removals: object, source = 'google') =>
    expectStatus(await rollcall.api.patch(at(source), { removals }), 200);
  const start = async (removals: object, source: 'google' | 'microsoft' = 'google') => {
    if (source === 'google') await organization.connectGoogle();
    else await organization.connectMicrosoft();
    await choose({ ...removals }, source);
    expectStatus(await rollcall.api.patch(at(source), { schedule: { paused: true } }), 200);
    await organization.change({ [source]: { syncUsers: true, autoEnableUsers: true } });
    await organization.sync(source);
  };
  const activePeople = async (): Promise<readonly Body[]> => {
    const { items } = expectStatus(await rollcall.api.get(`${organization.path}/users?status=active&limit=200`), 200);
    return items.filter(({ email }: Body) => email !== rollcall.google().subject);
  };
  const absent = async (source = 'google') => expectStatus(await rollcall.api.get(at(source)), 200).absent;
  const codes = ({ reasons }: Body) => reasons.map(({ code }: Body) => code);

  it('an absence takes effect once its grace is over, and not before', async () => {
    await start({ graceHours: 24 });
    const [gone, suspended] = await activePeople();
    google().mutate({ do: 'delete', who: gone.email }, { do: 'suspend', who: suspended.email });
    const first = await organization.sync();
    expect(codes(first)).to.include('waiting_grace');
    expect(first.counts.removed).to.equal(1);
    expect([(await organization.user(gone.id)).status, await absent()]).to.deep.equal(['active', 1]);
    expect((await organization.user(suspended.id)).status).to.equal('deactivated');
    ahead += 24 * HOUR_MS - 60_000;
    await organization.sync();
    expect((await organization.user(gone.id)).status).to.equal('active');
    ahead += 61_000;
    expect((await organization.sync()).counts.removed).to.equal(1);
    expect([(await organization.user(gone.id)).status, await absent()]).to.deep.equal(['deactivated', 0]);
  });

  it('who comes back in time was never touched', async () => {
    await start({ graceHours: 24 });
    const [gone] = await activePeople();
    const { version } = await organization.user(gone.id);
    google().mutate({ do: 'delete', who: gone.email });
    await organization.sync();
    expect(await absent()).to.equal(1);
    google().mutate({ do: 'restore', who: await keyOf(gone.id) });
    await organization.sync();
    ahead += 48 * HOUR_MS;
    await organization.sync();
    expect(await absent()).to.equal(0);
    expect(await organization.user(gone.id)).to.include({ status: 'active', version });
  });

  const keyOf = async (id: string) =>
    expectStatus(await rollcall.api.get(`${organization.path}/users/${id}/explain`), 200).records[0].externalId;

  it('of Microsoft is carried out although no delta tells of it again', async () => {
    await start({ graceHours: 2 }, 'microsoft');
    const [gone] = await activePeople();
    rollcall.microsoft().control.mutate({ do: 'delete', who: await keyOf(gone.id) });
    expect(codes(await organization.sync('microsoft'))).to.include('waiting_grace');
    expect(await organization.sync('microsoft')).to.include({ kind: 'delta' });
    expect((await organization.user(gone.id)).status).to.equal('active');
    ahead += 2 * HOUR_MS + 1_000;
    const run = await organization.sync('microsoft');
    expect(run).to.include({ kind: 'delta' });
    expect(run.counts).to.include({ removed: 1 });
    expect([(await organization.user(gone.id)).status, await absent('microsoft')]).to.deep.equal(['deactivated', 0]);
  });

  it('of somebody who is protected by then does not take effect, whatever kind the run is', async () => {
    await start({ graceHours: 2 }, 'microsoft');
    const [gone] = await activePeople();
    const key = await keyOf(gone.id);
    rollcall.microsoft().control.mutate({ do: 'delete', who: key });
    await organization.sync('microsoft');
    await choose({ protected: [key] }, 'microsoft');
    ahead += 2 * HOUR_MS + 1_000;
    const run = await organization.sync('microsoft');
    expect(run).to.include({ kind: 'delta' });
    expect(codes(run)).to.deep.equal(['protected']);
    expect([(await organization.user(gone.id)).status, await absent('microsoft')]).to.deep.equal(['active', 0]);
  });

  it('of somebody who has left by another way waits no longer', async () => {
    await start({ graceHours: 24 });
    const [gone] = await activePeople();
    google().mutate({ do: 'delete', who: gone.email });
    await organization.sync();
    expectStatus(await rollcall.api.post(`${organization.path}/users/${gone.id}/sync`), 200);
    expect([(await organization.user(gone.id)).status, await absent()]).to.deep.equal(['deactivated', 1]);
    await organization.sync();
    expect(await absent()).to.equal(0);
  });

  it('begins anew in another directory, and goes on with other credentials of the same', async () => {
    await start({ graceHours: 24 });
    const [gone] = await activePeople();
    google().mutate({ do: 'delete', who: gone.email });
    await organization.sync();
    await organization.change({ google: { syncUsers: false } });
    await organization.connectGoogle();
    expect(await absent()).to.equal(1);
    const { serviceAccount } = rollcall.google();
    expectStatus(await rollcall.api.put(at(), { serviceAccount, subject: 'admin@elsewhere.example' }), 200);
    expect(await absent()).to.equal(0);
  });

  it('is weighed when it is due: a mass of absences is held then', async () => {
    await start({ graceHours: 2 });
    const people = await activePeople();
    google().mutate(...people.slice(0, 20).map(({ email }) => ({ do: 'delete', who: email }) as const));
    expect((await organization.run()).state).to.equal('finished');
    expect(await absent()).to.equal(20);
    ahead += 2 * HOUR_MS + 1_000;
    expect((await organization.run()).state).to.equal('held');
    expect((await activePeople()).length).to.equal(people.length);
  });

  it('takes effect with the next run once there is no grace any more', async () => {
    await start({ graceHours: 720 });
    const [gone] = await activePeople();
    google().mutate({ do: 'delete', who: gone.email });
    await organization.sync();
    await choose({ graceHours: 0 });
    await organization.sync();
    expect([(await organization.user(gone.id)).status, await absent()]).to.deep.equal(['deactivated', 0]);
  });

  it('protected people are not taken away, by address or key, and everything else of theirs goes on', async () => {
    await organization.connectGoogle();
    await organization.change({ google: { syncUsers: true, autoEnableUsers: true } });
    await organization.sync();
    const [suspended, deleted, renamed, other] = await activePeople();
    await choose({ protected: [suspended.email.toUpperCase(), await keyOf(deleted.id), renamed.email] });
    google().mutate(
      { do: 'suspend', who: suspended.email },
      { do: 'delete', who: deleted.email },
      { do: 'rename', who: renamed.email, givenName: 'Ada', familyName: 'Byron' },
      { do: 'suspend', who: other.email },
    );
    const run = await organization.sync();
    expect(codes(run).filter((code: string) => code === 'protected')).to.have.length(2);
    for (const { id } of [suspended, deleted, renamed]) expect((await organization.user(id)).status).to.equal('active');
    expect((await organization.user(renamed.id)).name).to.equal('Ada Byron');
    expect((await organization.user(other.id)).status).to.equal('deactivated');
    expect((await organization.sync()).counts).to.include({ updated: 0, removed: 0 });
    await choose({ protected: [] });
    await organization.sync();
    for (const { id } of [suspended, deleted]) expect((await organization.user(id)).status).to.equal('deactivated');
  });
});
