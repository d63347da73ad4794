import { expect } from 'chai';
import { expectStatus, type TestOrganization } from '../support/rollcall.ts';
import { startDescribed } from './description.ts';

type Described = Awaited<ReturnType<typeof startDescribed>>;

const AT = '2026-11-01T10:00:00+01:00';

describe('sign-ins of the operator API', () => {
  let rollcall: Described;
  let organization: TestOrganization;
  beforeEach(async () => {
    rollcall = await startDescribed({ google: { people: 3 } });
    organization = await rollcall.addOrganization();
  });
  afterEach(() => rollcall.stop());

  const signIn = (body: unknown) => rollcall.api.post(`${organization.path}/sign-ins`, body);

  it('lets active people in and nobody else, and says why', async () => {
    const { id } = await organization.addUser('Ada', 'ada@example.com');
    const attempt = { email: 'ADA@example.com', at: AT };
    const one = `${organization.path}/users/${id}`;
    const answers = [expectStatus(await signIn(attempt), 200)];
    for (const action of ['activate', 'deactivate', 'terminate']) {
      expectStatus(await rollcall.api.post(`${one}/${action}`), 200);
      answers.push(expectStatus(await signIn(attempt), 200));
    }
    expect(answers.map(({ allowed, code }) => [allowed, code])).to.deep.equal([
      [false, 'not_activated'],
      [true, 'allowed'],
      [false, 'deactivated'],
      [false, 'terminated'],
    ]);
    expect(answers.every(({ user }) => user.id === id)).to.equal(true);
    expect((await signIn({ email: 'nobody@example.com', at: AT })).body).to.deep.equal({
      allowed: false,
      code: 'unknown',
    });
  });

  it('enables whom the directory reports active, by the directory’s own key', async () => {
    await organization.connectGoogle();
    await organization.change({ google: { syncUsers: true } });
    await organization.sync();
    const { id: subject, primaryEmail } = rollcall.google().control.person(0) ?? {};
    const before = await organization.userByEmail(String(primaryEmail));
    expect(before.status).to.equal('unprovisioned');
    const attempt = { email: 'old@example.com', subject, issuer: 'https://accounts.google.com', at: AT };
    const { body } = await signIn(attempt);
    expect(body).to.deep.include({ allowed: true, code: 'allowed' });
    expect(body.user).to.include({ id: before.id, status: 'active' });
  });

  it('holds back whom SCIM has not provisioned', async () => {
    await organization.addUser('Ada', 'ada@example.com');
    await organization.connectScim();
    expect((await signIn({ email: 'ada@example.com', at: AT })).body).to.include({ allowed: false, code: 'scim_held' });
  });

  for (const [what, body, at] of [
    ['no address', { at: AT }, 'email'],
    ['a time that is none', { email: 'ada@example.com', at: 'yesterday' }, 'at'],
    ['an empty subject', { email: 'ada@example.com', subject: '', at: AT }, 'subject'],
    ['a password', { email: 'ada@example.com', at: AT, password: 'x' }, 'password'],
  ] as const)
    it(`refuses ${what}`, async () => {
      const answer = await signIn(body);
      expect(answer.status).to.equal(400);
      expect(answer.body.errors[0].path).to.equal(at);
    });
});
