import { expect } from 'chai';
import type { Body } from '../support/api-client.ts';
import { expectStatus, type TestOrganization, until } from '../support/rollcall.ts';
import { startDescribed } from './description.ts';

type Described = Awaited<ReturnType<typeof startDescribed>>;

describe('conflicts of the operator API', () => {
  let rollcall: Described;
  let organization: TestOrganization;
  let path = '';
  let person = { id: '', email: '' };
  beforeEach(async () => {
    rollcall = await startDescribed({ google: { people: 20 } });
    organization = await rollcall.addOrganization();
    path = `${organization.path}/conflicts`;
    const { id, primaryEmail } = rollcall.google().control.person(1) ?? {};
    person = { id: String(id), email: String(primaryEmail) };
  });
  afterEach(() => rollcall.stop());

  const list = async (query = ''): Promise<readonly Body[]> =>
    expectStatus(await rollcall.api.get(`${path}${query}`), 200).items;

  /** Somebody here has the address of somebody there, and linking asks first. */
  async function openLink(): Promise<Body> {
    const user = await organization.addActiveUser('Typed by Hand', person.email);
    await organization.connectGoogle();
    await organization.change({ linkExistingUsers: 'ask', google: { syncUsers: true } });
    const run = await organization.sync();
    expect(run.counts).to.include({ held: 1, failed: 0 });
    return user;
  }

  it('shows who waits to be linked, and links once accepted', async () => {
    const user = await openLink();
    const [conflict, ...others] = await list();
    expect(others).to.deep.equal([]);
    expect(conflict).to.include({
      kind: 'link',
      state: 'open',
      source: 'google',
      externalId: person.id,
      userId: user.id,
      email: person.email,
    });
    expect(conflict).not.to.have.any.keys('key', 'organizationId', 'connectionId', 'otherUserId');

    const accepted = await rollcall.api.post(`${path}/${conflict.id}/accept`);
    expect(accepted.status).to.equal(200);
    expect(accepted.body.state).to.be.oneOf(['accepted', 'resolved']);
    await until('the link is made', async () => (await organization.user(user.id)).owners.name === 'google');
    const [settled] = await until('the conflict is settled', async () => {
      const resolved = await list('?state=resolved');
      return resolved.length > 0 && resolved;
    });
    expect(settled.id).to.equal(conflict.id);
    expect(await list('?state=open')).to.deep.equal([]);
  });

  it('leaves things as they are once dismissed, and does not ask again', async () => {
    const user = await openLink();
    const [conflict] = await list('?state=open');
    const dismissed = await rollcall.api.post(`${path}/${conflict.id}/dismiss`, {});
    expect(dismissed.body.state).to.equal('dismissed');
    await organization.sync();
    expect((await list('?state=all')).map(({ state }) => state)).to.deep.equal(['dismissed']);
    expect(await list()).to.deep.equal([]);
    expect((await organization.user(user.id)).owners.name).to.equal('manual');
  });

  it('lets an admin who dismissed a link think again', async () => {
    const user = await openLink();
    const [conflict] = await list();
    expectStatus(await rollcall.api.post(`${path}/${conflict.id}/dismiss`), 200);
    expectStatus(await rollcall.api.post(`${path}/${conflict.id}/accept`), 200);
    await until('the link is made', async () => (await organization.user(user.id)).owners.name === 'google');
  });

  it('settles each once', async () => {
    await openLink();
    const [conflict] = await list();
    expectStatus(await rollcall.api.post(`${path}/${conflict.id}/accept`), 200);
    for (const decision of ['accept', 'dismiss']) {
      const { status, body } = await rollcall.api.post(`${path}/${conflict.id}/${decision}`);
      expect({ status, code: body.code }).to.deep.equal({ status: 409, code: 'not_acceptable' });
    }
  });

  it('lets a held address move once accepted', async () => {
    const user = await organization.addActiveUser('Typed by Hand', person.email);
    await organization.connectGoogle();
    await organization.change({ google: { syncUsers: true } });
    await organization.sync();
    rollcall.google().control.mutate({ do: 'change-email', who: 1, to: 'moved@emea.sim.example' });
    await organization.sync();
    expect((await organization.user(user.id)).email).to.equal(person.email);
    const [conflict] = await list('?state=open');
    expect(conflict).to.include({ kind: 'email_held', email: 'moved@emea.sim.example', userId: user.id });
    const accepted = expectStatus(await rollcall.api.post(`${path}/${conflict.id}/accept`), 200);
    expect(accepted.state).to.equal('resolved');
    expect((await organization.user(user.id)).email).to.equal('moved@emea.sim.example');
  });

  it('cannot wave through that key and address point at two people', async () => {
    await organization.connectGoogle();
    await organization.change({ google: { syncUsers: true } });
    await organization.sync();
    const holder = await organization.addUser('Holder', 'wanted@example.com');
    rollcall.google().control.mutate({ do: 'change-email', who: 1, to: 'wanted@example.com' });
    await organization.sync();
    const [conflict] = await list('?state=open');
    expect(conflict).to.include({ kind: 'identity', email: 'wanted@example.com' });
    const { status, body } = await rollcall.api.post(`${path}/${conflict.id}/accept`);
    expect({ status, code: body.code }).to.deep.equal({ status: 409, code: 'not_acceptable' });
    expect((await organization.user(holder.id)).email).to.equal('wanted@example.com');
    expect((await list('?state=open')).map(({ id }) => id)).to.deep.equal([conflict.id]);
  });

  it('pages, and refuses what it does not know', async () => {
    for (const who of [0, 1, 2])
      await organization.addUser(`Twin ${who}`, String(rollcall.google().control.person(who)?.primaryEmail));
    await organization.connectGoogle();
    await organization.change({ linkExistingUsers: 'ask', google: { syncUsers: true } });
    await organization.run();
    const all = await list();
    expect(all).to.have.length(3);
    const first = expectStatus(await rollcall.api.get(`${path}?limit=2`), 200);
    const second = expectStatus(await rollcall.api.get(`${path}?limit=2&cursor=${first.next}`), 200);
    expect([...first.items, ...second.items]).to.deep.equal(all);
    expect(second.next).to.equal(null);
    for (const query of ['?state=closed', '?state=open&state=dismissed', '?kind=link', '?limit=-1'])
      expect((await rollcall.api.get(`${path}${query}`)).status, query).to.equal(400);
    expect((await rollcall.api.post(`${path}/nothing/accept`)).status).to.equal(404);
    expect((await rollcall.api.post(`${path}/${all[0].id}/accept`, { force: true })).status).to.equal(400);
  });
});
