import { expect } from 'chai';
import type { GraphUser } from '../simulators/graph/people.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const GOOGLE = 'https://accounts.google.com';
const isTaken = ({ accountEnabled, userType, mail }: GraphUser) => accountEnabled && userType !== 'Guest' && mail;
const ELSEWHERE = '00000000-0000-4000-8000-000000000001';

describeBothWays('Who may enter, asked at every sign-in', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;

  beforeEach(async () => {
    rollcall = await startRollcall({ env: way.env(), google: { people: 5 }, microsoft: { people: 20 } });
    organization = await rollcall.addOrganization('Example', ['sim.example']);
  });
  afterEach(() => rollcall.stop());

  const signIn = async (attempt: object) =>
    expectStatus(await rollcall.api.post(`${organization.path}/sign-ins`, attempt), 200);
  const codeOf = async (attempt: object) => (await signIn(attempt)).code;
  const issuerOf = (tenant: string) => `https://login.microsoftonline.com/${tenant}/v2.0`;
  const statusOf = async (email: string) => (await organization.userByEmail(email)).status;

  async function byMicrosoft() {
    await organization.connectMicrosoft();
    await organization.change({ microsoft: { syncUsers: true } });
    await organization.sync('microsoft');
    const { control, application } = rollcall.microsoft();
    const who = [...control.everybody()].find(isTaken);
    const email = String(who?.mail);
    expect(await statusOf(email)).to.equal('unprovisioned');
    return { email, subject: String(who?.id), tenantId: application.tenantId };
  }

  async function byGoogle() {
    await organization.connectGoogle();
    await organization.change({ google: { syncUsers: true } });
    await organization.sync('google');
    const { id, primaryEmail } = rollcall.google().control.person(0) ?? {};
    const email = String(primaryEmail);
    expect(await statusOf(email)).to.equal('unprovisioned');
    return { email, subject: String(id) };
  }

  it('lets in nobody of another tenant, whoever’s address they carry', async () => {
    const { email, subject, tenantId } = await byMicrosoft();
    for (const attempt of [
      { issuer: issuerOf(ELSEWHERE), subject },
      { issuer: issuerOf(ELSEWHERE), subject: 'stranger', tenantId: ELSEWHERE },
      { issuer: issuerOf(ELSEWHERE) },
      { issuer: issuerOf(tenantId), subject, tenantId: ELSEWHERE },
      { issuer: issuerOf(tenantId), subject: ELSEWHERE },
    ])
      expect(await signIn({ email, ...attempt }), JSON.stringify(attempt)).to.deep.equal({
        allowed: false,
        code: 'unknown',
      });
    expect(await statusOf(email)).to.equal('unprovisioned');
    expect(await codeOf({ email, subject, issuer: issuerOf(tenantId), tenantId })).to.equal('allowed');
    expect(await codeOf({ email, issuer: issuerOf(ELSEWHERE), subject })).to.equal('unknown');
  });

  it('enables nobody by an address alone', async () => {
    const { email, subject, tenantId } = await byMicrosoft();
    for (const attempt of [
      {},
      { subject },
      { subject, tenantId },
      { issuer: issuerOf(tenantId), tenantId },
      { issuer: `https://login.microsoftonline.com.evil.example/${tenantId}/v2.0`, subject },
      { issuer: 'https://example.okta.com', subject: '00u1' },
      // Google does not know them: a subject nobody has is no key.
      { issuer: GOOGLE, subject },
    ])
      expect(await signIn({ email, ...attempt }), JSON.stringify(attempt)).to.include({
        allowed: false,
        code: 'not_activated',
      });
    expect(await statusOf(email)).to.equal('unprovisioned');
  });

  it('knows the holder of an address under the key of the directory that vouches, and no other', async () => {
    const { email, subject } = await byGoogle();
    expect(await codeOf({ email, issuer: GOOGLE, subject: '999' })).to.equal('unknown');
    expect(await codeOf({ email, issuer: GOOGLE })).to.equal('not_activated');
    const answer = await signIn({ email: 'former@sim.example', issuer: GOOGLE, subject });
    expect(answer).to.include({ allowed: true, code: 'allowed' });
    expect(answer.user).to.include({ email, status: 'active' });
    expect(await codeOf({ email, issuer: GOOGLE, subject: '999' })).to.equal('unknown');
  });

  it('finds by address who was added by hand, and links nobody', async () => {
    await byGoogle();
    const { id } = await organization.addUser('Ada', 'ada@example.com');
    const attempt = { email: 'Ada@example.com', issuer: GOOGLE, subject: '42' };
    expect(await codeOf(attempt)).to.equal('not_activated');
    expectStatus(await rollcall.api.post(`${organization.path}/users/${id}/activate`), 200);
    const before = await organization.user(id);
    for (const issuer of [GOOGLE, 'https://example.okta.com', issuerOf(ELSEWHERE)])
      expect(await signIn({ ...attempt, issuer }), issuer).to.include({ allowed: true, code: 'allowed' });
    expect(await organization.user(id)).to.deep.equal(before);
    // Once Microsoft is connected, its other tenants are strangers.
    await organization.connectMicrosoft();
    expect(await codeOf({ ...attempt, issuer: issuerOf(ELSEWHERE) })).to.equal('unknown');
  });
});
