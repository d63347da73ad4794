import { expect } from 'chai';
import type { Body } from '../support/api-client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

describeBothWays('One person run through the sync', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;

  beforeEach(async () => {
    rollcall = await startRollcall({ env: way.env(), google: { people: 20 }, microsoft: { people: 20 } });
    organization = await rollcall.addOrganization('Example', ['sim.example']);
    rollcall.google().control.mutate({ do: 'unsuspend', who: 3 }, { do: 'unarchive', who: 3 });
    await organization.connectGoogle();
  });
  afterEach(() => rollcall.stop());

  const person = () => rollcall.google().control.person(3);
  const on = () => organization.change({ google: { syncUsers: true, autoEnableUsers: true } });
  const sync = (id: string, body?: object) => rollcall.api.post(`${organization.path}/users/${id}/sync`, body);
  const traceOf = async (id: string): Promise<Body> => expectStatus(await sync(id), 200).items[0];
  const somebody = async () => {
    await on();
    await organization.sync();
    return organization.userByEmail(String(person()?.primaryEmail));
  };

  it('tells each step, writes once, and asks for nobody else', async () => {
    const { id } = await somebody();
    rollcall.google().control.mutate({ do: 'rename', who: 3, givenName: 'Ada', familyName: 'Byron' });
    const before = rollcall.google().control.stats().calls;
    const trace = await traceOf(id);
    expect(trace.read).to.deep.include({ found: true });
    expect(trace.read.person).to.include({ externalId: person()?.id, activity: 'active' });
    expect(trace.mapped.displayName).to.equal('Ada Byron');
    expect(trace.matched).to.deep.equal({ verdict: 'own' });
    expect(trace.resolved.to).to.include({ displayName: 'Ada Byron' });
    expect(trace.written).to.include({ changed: true, version: (await organization.user(id)).version });
    expect((await traceOf(id)).written).to.deep.equal({ ...trace.written, changed: false, message: 'nothing changed' });
    const after = rollcall.google().control.stats().calls;
    expect(after['users.get'] - before['users.get']).to.equal(2);
    expect(after['users.list']).to.equal(before['users.list']);
    expect((await organization.sync()).counts).to.include({ updated: 0 });
  });

  it('takes a suspended person away at once, and one who is gone on the word of the directory', async () => {
    const { id } = await somebody();
    rollcall.google().control.mutate({ do: 'suspend', who: 3 });
    expect((await traceOf(id)).resolved.to).to.include({ status: 'deactivated' });
    rollcall.google().control.mutate({ do: 'unsuspend', who: 3 });
    expect((await traceOf(id)).resolved.to).to.include({ status: 'active' });
    rollcall.google().control.mutate({ do: 'delete', who: 3 });
    const trace = await traceOf(id);
    expect(trace.read.found).to.equal(false);
    expect(trace.matched).to.deep.equal({ verdict: 'gone' });
    expect((await organization.user(id)).status).to.equal('deactivated');
  });

  it('leaves protected people, and says so', async () => {
    const { id, email } = await somebody();
    const edit = { removals: { protected: [email] } };
    expectStatus(await rollcall.api.patch(`${organization.path}/integrations/google`, edit), 200);
    rollcall.google().control.mutate({ do: 'suspend', who: 3 });
    expect((await traceOf(id)).written.message).to.match(/protected/);
    expect((await organization.user(id)).status).to.equal('active');
  });

  it('links whoever was added by hand, and tells of the conflict where that must wait', async () => {
    const email = String(person()?.primaryEmail);
    const { id } = await organization.addUser('Typed', email);
    await organization.change({ linkExistingUsers: 'ask', google: { syncUsers: true } });
    await organization.sync();
    const waiting = await traceOf(id);
    expect(waiting.matched).to.deep.include({ verdict: 'conflict' });
    expect(waiting.written).to.include({ changed: false });
    await organization.change({ linkExistingUsers: 'auto' });
    expect((await traceOf(id)).matched).to.deep.equal({ verdict: 'link' });
  });

  it('observes while SCIM is on, and has no effect', async () => {
    const { id, email } = await somebody();
    const scim = await organization.connectScim();
    await scim.post('/Users', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName: email,
      emails: [{ value: email, primary: true }],
      displayName: 'By SCIM',
      active: true,
    });
    rollcall.google().control.mutate({ do: 'suspend', who: 3 });
    const trace = await traceOf(id);
    expect(trace.resolved.to).not.to.have.property('status');
    expect(trace.resolved.why).to.match(/^SCIM says the user is enabled/);
    expect((await organization.user(id)).status).to.equal('active');
  });

  it('refuses with the reason', async () => {
    const { id } = await organization.addUser('Ada', 'ada@sim.example');
    const codeOf = ({ status, body }: Body) => `${status} ${body.code}`;
    expect(codeOf(await sync(id))).to.equal('409 sync_disabled');
    expect(codeOf(await sync(id, { source: 'microsoft' }))).to.equal('409 not_configured');
    expect(codeOf(await sync('nobody'))).to.equal('404 not_found');
    await on();
    await organization.sync();
    rollcall
      .google()
      .control.fault({ times: 'always', fault: { kind: 'error', status: 403, reason: 'insufficientPermissions' } });
    const refused = await sync(id);
    expect(codeOf(refused)).to.equal('502 directory_unreachable');
    expect(refused.body.detail).to.match(/The permission to read users is missing/);
  });
});
