import { expect } from 'chai';
import type { Body } from '../support/api-client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const REASON = 'a lost laptop';
const ISSUER = 'https://accounts.google.com';

describeBothWays('A blocked person', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;

  beforeEach(async () => {
    rollcall = await startRollcall({ env: way.env(), google: { people: 5 } });
    organization = await rollcall.addOrganization('Example', ['sim.example']);
  });
  afterEach(() => rollcall.stop());

  const blockOf = (id: string) => `${organization.path}/users/${id}/block`;
  const block = async (id: string, reason = REASON): Promise<Body> =>
    expectStatus(await rollcall.api.put(blockOf(id), { reason }), 200);
  const unblock = async (id: string): Promise<Body> => expectStatus(await rollcall.api.delete(blockOf(id)), 200);
  const signIn = async (attempt: object): Promise<Body> =>
    expectStatus(await rollcall.api.post(`${organization.path}/sign-ins`, attempt), 200);

  it('is denied at once with the code blocked, and let in again once the block is lifted', async () => {
    const { id, email } = await organization.addActiveUser('Ada', 'ada@sim.example');
    expect((await signIn({ email })).allowed).to.equal(true);
    await block(id);
    const denied = await signIn({ email });
    expect(denied).to.include({ allowed: false, code: 'blocked' });
    expect(denied).not.to.have.property('access');
    await unblock(id);
    expect((await signIn({ email })).allowed).to.equal(true);
  });

  it('keeps status, access and level, and says who blocked them, when and why', async () => {
    const { id, version: _, updatedAt: __, ...before } = await organization.addActiveUser('Ada', 'ada@sim.example');
    const { block: given, version, updatedAt, ...after } = await block(id);
    expect(after).to.deep.equal({ id, ...before });
    expect(given).to.deep.include({ reason: REASON, by: { kind: 'operator', id: null } });
    expect(given.at >= before.createdAt && given.at <= updatedAt, given.at).to.equal(true);
    expect((await organization.user(id)).block).to.deep.equal(given);
    expect(version).to.equal((await organization.user(id)).version);
    expect(await unblock(id)).not.to.have.property('block');
  });

  it('stays blocked whatever any source says', async () => {
    const scim = await organization.connectScim();
    const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User'];
    const made = await scim.post('/Users', { schemas, userName: 'ada@sim.example', active: true });
    const { id, email } = await organization.userByEmail('ada@sim.example');
    await block(id);
    for (const active of [false, true]) {
      const Operations = [{ op: 'replace', path: 'active', value: active }];
      expect((await scim.patch(`/Users/${made.body.id}`, Operations)).status).to.equal(200);
      expect((await signIn({ email })).code).to.equal('blocked');
    }
    expect((await organization.user(id)).status).to.equal('active');
  });

  it('is to SCIM what they were', async () => {
    const scim = await organization.connectScim();
    const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User'];
    const made = await scim.post('/Users', { schemas, userName: 'ada@sim.example', title: 'Countess' });
    const { id } = await organization.userByEmail('ada@sim.example');
    const shown = async () => (await scim.get(`/Users/${made.body.id}`)).body;
    const before = await shown();
    expect(before.active).to.equal(true);
    await block(id);
    expect(await shown()).to.deep.equal(before);
    const filter = encodeURIComponent('active eq true');
    expect((await scim.get(`/Users?filter=${filter}`)).body.totalResults).to.equal(1);
    const Operations = [{ op: 'replace', path: 'active', value: false }];
    expect((await scim.patch(`/Users/${made.body.id}`, Operations)).status).to.be.oneOf([200, 204]);
    expect(await organization.user(id))
      .to.deep.include({ status: 'deactivated' })
      .and.have.property('block');
  });

  it('is enabled by no sign-in, and by the next one once the block is lifted', async () => {
    await organization.connectGoogle();
    await organization.change({ google: { syncUsers: true } });
    await organization.sync();
    const { id: subject, primaryEmail } = rollcall.google().control.person(0) ?? {};
    const { id, status } = await organization.userByEmail(String(primaryEmail));
    expect(status).to.equal('unprovisioned');
    await block(id);
    const attempt = { email: primaryEmail, subject, issuer: ISSUER };
    expect((await signIn(attempt)).code).to.equal('blocked');
    expect((await organization.user(id)).status).to.equal('unprovisioned');
    await unblock(id);
    expect(await signIn(attempt)).to.deep.include({ allowed: true, code: 'allowed' });
  });

  it('is told of in the feed, with the end of their sessions', async () => {
    const { id } = await organization.addActiveUser('Ada', 'ada@sim.example');
    const { block: given } = await block(id);
    await unblock(id);
    const [blocked, unblocked] = (await organization.events()).slice(-2);
    expect(blocked).to.deep.include({ type: 'user.blocked', userId: id, effects: ['sessions_end'] });
    expect(blocked.changes).to.deep.equal({ block: [null, given] });
    expect(unblocked).to.deep.include({ type: 'user.unblocked', effects: [] });
    expect(unblocked.changes).to.deep.equal({ block: [given, null] });
  });

  it('finds the block, the lift and who did it in the history', async () => {
    const { id } = await organization.addActiveUser('Ada', 'ada@sim.example');
    const headers = { 'rollcall-actor': 'user-17' };
    expectStatus(await rollcall.api.put(blockOf(id), { reason: REASON }, headers), 200);
    await unblock(id);
    const { items } = expectStatus(await rollcall.api.get(`${organization.path}/users/${id}/history`), 200);
    const [lifted, blocked] = items;
    expect(blocked).to.deep.include({ what: 'block', from: null, to: REASON, effective: true, reason: REASON });
    expect(blocked.actor).to.deep.equal({ kind: 'operator', id: null, onBehalfOf: 'user-17' });
    expect(lifted).to.deep.include({ what: 'block', from: REASON, to: null });
  });

  it('is written once: the same block again, and a lift of none, change nothing', async () => {
    const { id } = await organization.addActiveUser('Ada', 'ada@sim.example');
    const { version } = await organization.user(id);
    expect((await unblock(id)).version).to.equal(version);
    const first = await block(id);
    expect(await block(id)).to.deep.equal(first);
    expect((await block(id, 'another reason')).block.reason).to.equal('another reason');
  });

  it('has a reason of 1 to 500 characters', async () => {
    const { id } = await organization.addActiveUser('Ada', 'ada@sim.example');
    for (const body of [undefined, {}, { reason: ' ' }, { reason: 'x'.repeat(501) }, { reason: null }])
      expect((await rollcall.api.put(blockOf(id), body)).status, JSON.stringify(body)).to.equal(400);
    expect(await organization.user(id)).not.to.have.property('block');
    expect((await block(id, 'x'.repeat(500))).block.reason).to.have.length(500);
  });

  it('is changed by nobody who read another version', async () => {
    const { id, version } = await organization.addActiveUser('Ada', 'ada@sim.example');
    const old = { 'if-match': `"${version - 1}"` };
    for (const refused of [
      await rollcall.api.put(blockOf(id), { reason: REASON }, old),
      await rollcall.api.delete(blockOf(id), old),
    ])
      expect(refused.status).to.equal(412);
    expect(await organization.user(id)).not.to.have.property('block');
  });
});
