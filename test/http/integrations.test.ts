import { expect } from 'chai';
import type { TestOrganization } from '../support/rollcall.ts';
import { startDescribed } from './description.ts';

type Described = Awaited<ReturnType<typeof startDescribed>>;

describe('Google Workspace in the operator API', () => {
  let rollcall: Described;
  let organization: TestOrganization;
  let path = '';
  before(async () => {
    rollcall = await startDescribed({ google: { people: 3 } });
  });
  after(() => rollcall.stop());
  beforeEach(async () => {
    organization = await rollcall.addOrganization();
    path = `${organization.path}/integrations/google`;
  });

  const connect = (serviceAccount: unknown, subject: unknown = rollcall.google().subject) =>
    rollcall.api.put(path, { serviceAccount, subject });

  it('is not there until it is connected', async () => {
    expect((await rollcall.api.get(path)).status).to.equal(404);
    const test = await rollcall.api.post(`${path}/test`);
    expect(test.status).to.equal(409);
    expect(test.body.code).to.equal('not_configured');
  });

  it('takes the key file as an object or as text, whatever else is in it, and never shows it', async () => {
    const { serviceAccount, subject } = rollcall.google();
    const whole = { ...serviceAccount, token_uri: 'http://127.0.0.1:1/evil', universe_domain: 'evil.example' };
    for (const [index, file] of [whole, JSON.stringify(whole, null, 2)].entries()) {
      const { status, body, text } = await connect(file);
      expect(status).to.equal(200);
      expect(body).to.include({
        source: 'google',
        account: serviceAccount.client_email,
        subject,
        version: index + 1,
      });
      expect(text).not.to.contain('PRIVATE KEY').and.not.to.contain('evil').and.not.to.contain('sealed');
      expect((await rollcall.api.get(path)).body).to.deep.equal(body);
    }
    const test = await rollcall.api.post(`${path}/test`);
    expect(test.body.ok, 'the forged addresses were not used').to.equal(true);
  });

  it('says in words what works', async () => {
    await organization.connectGoogle();
    const { status, body } = await rollcall.api.post(`${path}/test`, {});
    expect(status).to.equal(200);
    expect(body.ok).to.equal(true);
    expect(body.checks).to.have.length.greaterThan(2);
  });

  it('says in words what does not', async () => {
    await connect(rollcall.google().serviceAccount, 'stranger@sim.example');
    const { status, body } = await rollcall.api.post(`${path}/test`);
    expect(status).to.equal(200);
    expect(body.ok).to.equal(false);
    expect(body.checks.some((check: { ok: boolean }) => !check.ok)).to.equal(true);
  });

  it('learns the tenant from the first page, and says when the next run is due', async () => {
    await organization.connectGoogle();
    expect((await rollcall.api.get(path)).body).not.to.have.any.keys('tenant', 'nextDueAt');
    await organization.change({ google: { syncUsers: true } });
    await organization.sync();
    const { body } = await rollcall.api.get(path);
    expect(body.tenant).to.equal('C0rollcall');
    expect(Date.parse(body.nextDueAt)).to.be.greaterThan(Date.now() - 60_000);
  });

  const KEY_FILE = () => ({ ...rollcall.google().serviceAccount });
  const MISTAKES: readonly (readonly [string, () => unknown, string])[] = [
    ['a text that is no JSON', () => 'not JSON at all', 'serviceAccount'],
    ['JSON that is no object', () => '"text"', 'serviceAccount'],
    ['a number', () => 7, 'serviceAccount'],
    ['another kind of key file', () => ({ ...KEY_FILE(), type: 'authorized_user' }), 'serviceAccount.type'],
    ['no address', () => ({ ...KEY_FILE(), client_email: undefined }), 'serviceAccount.client_email'],
    [
      'a key cut short',
      () => ({ ...KEY_FILE(), private_key: KEY_FILE().private_key.slice(0, 400) }),
      'serviceAccount.private_key',
    ],
    ['a key that is none', () => ({ ...KEY_FILE(), private_key: 'file:///etc/passwd' }), 'serviceAccount.private_key'],
    ['a key id that is none', () => ({ ...KEY_FILE(), private_key_id: '../..' }), 'serviceAccount.private_key_id'],
    [
      'a forbidden name in the text',
      () => `{"type":"service_account","__proto__":{"a":1}}`,
      'serviceAccount.__proto__',
    ],
  ];
  for (const [what, file, at] of MISTAKES)
    it(`refuses ${what}, without quoting it`, async () => {
      const answer = await connect(file());
      expect(answer.status).to.equal(400);
      expect(answer.body.errors[0].path).to.equal(at);
      expect(answer.text).not.to.contain('PRIVATE').and.not.to.contain(KEY_FILE().private_key.slice(60, 90));
      expect((await rollcall.api.get(path)).status).to.equal(404);
    });

  it('needs to know whom to act as', async () => {
    const answer = await connect(rollcall.google().serviceAccount, 'nobody');
    expect(answer.status).to.equal(400);
    expect(answer.body.errors[0].path).to.equal('subject');
  });
});
