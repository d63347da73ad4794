import { expect } from 'chai';
import type { Body } from '../support/api-client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const GOOGLE = 'https://accounts.google.com';

describeBothWays('what a sign-in is answered', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  beforeEach(async () => {
    rollcall = await startRollcall({ env: way.env(), google: { people: 3 } });
    organization = await rollcall.addOrganization('Example', ['sim.example']);
  });
  afterEach(() => rollcall.stop());

  const signIn = async (attempt: object): Promise<Body> =>
    expectStatus(await rollcall.api.post(`${organization.path}/sign-ins`, attempt), 200);
  const users = () => `${organization.path}/users`;
  const act = async (id: string, action: string) =>
    expectStatus(await rollcall.api.post(`${users()}/${id}/${action}`), 200);
  const block = async (id: string) =>
    expectStatus(await rollcall.api.put(`${users()}/${id}/block`, { reason: 'a lost laptop' }), 200);
  const denied = async (attempt: object, code: string) => {
    const answer = await signIn(attempt);
    expect(answer).to.include({ allowed: false, code });
    expect(answer, 'nothing is opened').not.to.have.property('access');
    return answer;
  };

  /** Somebody whom the connected directory reports active, and whom nobody has enabled. */
  async function waiting() {
    await organization.connectGoogle();
    await organization.change({ google: { syncUsers: true } });
    await organization.sync();
    const { id: subject, primaryEmail: email } = rollcall.google().control.person(0) ?? {};
    const user = await organization.userByEmail(String(email));
    expect(user.status).to.equal('unprovisioned');
    return { user, attempt: { issuer: GOOGLE, subject, email } };
  }

  it('each reason to refuse has its code, and a block goes before all others', async () => {
    expect(await denied({ email: 'nobody@sim.example' }, 'unknown')).not.to.have.property('user');
    const { id, email } = await organization.addUser('Ada', 'ada@sim.example');
    const attempt = { email };
    const steps: readonly (readonly [action: string, code: string])[] = [
      ['', 'not_activated'],
      ['deactivate', 'deactivated'],
      ['terminate', 'terminated'],
      ['activate', 'allowed'],
    ];
    for (const [action, code] of steps) {
      if (action !== '') await act(id, action);
      if (code === 'allowed') expect(await signIn(attempt)).to.include({ allowed: true, code });
      else expect((await denied(attempt, code)).user.id).to.equal(id);
      await block(id);
      expect((await denied(attempt, 'blocked')).user.id).to.equal(id);
      expectStatus(await rollcall.api.delete(`${users()}/${id}/block`), 200);
    }
  });

  it('whoever may enter is told what they may do, with the roles of their level', async () => {
    const { id, email } = await organization.addActiveUser('Ada', 'ada@sim.example');
    const role = { role: 'recruiter', scope: { kind: 'organization', id: '*' } };
    await organization.name('pools', 'p1');
    const access = { level: 'elevated', roles: [role], pools: ['p1'] };
    expectStatus(await rollcall.api.put(`${users()}/${id}/access`, access), 200);
    expect((await signIn({ email })).access).to.deep.equal(access);
    await act(id, 'deactivate');
    await act(id, 'activate');
    expect((await signIn({ email })).access, 'dormant roles open nothing').to.deep.equal({
      level: 'limited',
      roles: [],
      pools: [],
    });
  });

  it('it enables who is unprovisioned and active in a live directory while SCIM is off', async () => {
    const { user, attempt } = await waiting();
    expect(await signIn(attempt)).to.include({ allowed: true, code: 'allowed' });
    expect(await organization.user(user.id)).to.include({ status: 'active' });
    const { items } = expectStatus(await rollcall.api.get(`${users()}/${user.id}/history`), 200);
    expect(items[0]).to.deep.include({ what: 'status', from: 'unprovisioned', to: 'active' });
    expect(items[0].actor).to.include({ kind: 'sign-in' });
  });

  for (const [what, before, code, status] of [
    ['SCIM is on', () => organization.connectScim(), 'scim_held', 'unprovisioned'],
    [
      'the directory is not synced any more',
      () => organization.change({ google: { syncUsers: false } }),
      'not_activated',
      'unprovisioned',
    ],
    ['an admin has deactivated them', (id: string) => act(id, 'deactivate'), 'deactivated', 'deactivated'],
    ['an admin has terminated them', (id: string) => act(id, 'terminate'), 'terminated', 'terminated'],
    ['an admin has blocked them', (id: string) => block(id), 'blocked', 'unprovisioned'],
  ] as const)
    it(`it enables nobody when ${what}`, async () => {
      const { user, attempt } = await waiting();
      await before(user.id);
      const was = await organization.user(user.id);
      await denied(attempt, code);
      await denied(attempt, code);
      expect(await organization.user(user.id), 'nothing is written').to.deep.equal(was);
      expect(was.status).to.equal(status);
    });

  it('it enables nobody whom the directory has suspended', async () => {
    const { user, attempt } = await waiting();
    rollcall.google().control.mutate({ do: 'suspend', who: 0 });
    await organization.sync();
    await denied(attempt, 'deactivated');
    expect((await organization.user(user.id)).status).to.equal('deactivated');
  });

  it('whoever SCIM has spoken of, or never sees, is not held by it', async () => {
    const agent = await organization.addUser('Agent', 'agent@agency.example', { kind: 'agency' });
    const { email } = await organization.addUser('Ada', 'ada@sim.example');
    const scim = await organization.connectScim();
    await denied({ email }, 'scim_held');
    await denied({ email: agent.email }, 'not_activated');
    const { Resources } = (await scim.get(`/Users?filter=${encodeURIComponent(`userName eq "${email}"`)}`)).body;
    const Operations = [{ op: 'replace', path: 'title', value: 'Countess' }];
    expect((await scim.patch(`/Users/${Resources[0].id}`, Operations)).status).to.be.oneOf([200, 204]);
    await denied({ email }, 'not_activated');
  });
});
