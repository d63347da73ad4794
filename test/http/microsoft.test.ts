import { expect } from 'chai';
import { createSelfSigned } from '../simulators/graph/self-signed.ts';
import type { TestOrganization } from '../support/rollcall.ts';
import { startDescribed } from './description.ts';

type Described = Awaited<ReturnType<typeof startDescribed>>;

describe('Microsoft 365 in the operator API', () => {
  let rollcall: Described;
  let organization: TestOrganization;
  let path = '';
  before(async () => {
    rollcall = await startDescribed({ microsoft: { people: 3 } });
  });
  after(() => rollcall.stop());
  beforeEach(async () => {
    organization = await rollcall.addOrganization();
    path = `${organization.path}/integrations/microsoft`;
  });
  afterEach(() => rollcall.microsoft().control.reset());
  const application = () => rollcall.microsoft().application;

  it('is not there until it is connected', async () => {
    expect((await rollcall.api.get(path)).status).to.equal(404);
    for (const action of ['test', 'runs']) {
      const refused = await rollcall.api.post(`${path}/${action}`);
      expect([refused.status, refused.body.code]).to.deep.equal([409, 'not_configured']);
    }
  });

  it('is connected by secret or by certificate, and shows neither', async () => {
    const { tenantId, clientId, clientSecret, certificate } = application();
    for (const [index, proof] of [{ clientSecret }, { certificate }].entries()) {
      const connection = { tenantId: tenantId.toUpperCase(), clientId, ...proof };
      const { status, body, text } = await rollcall.api.put(path, connection);
      expect(status).to.equal(200);
      expect(body).to.include({ source: 'microsoft', account: clientId, tenant: tenantId, version: index + 1 });
      expect(body).not.to.have.property('subject');
      for (const secret of ['PRIVATE KEY', clientSecret, 'sealed']) expect(text).not.to.contain(secret);
      expect((await rollcall.api.get(path)).body).to.deep.equal(body);
      const test = await rollcall.api.post(`${path}/test`);
      expect(test.body.ok, JSON.stringify(test.body)).to.equal(true);
    }
  });

  it('says in words what does not work', async () => {
    rollcall.microsoft().control.consent([]);
    await organization.connectMicrosoft();
    const { status, body } = await rollcall.api.post(`${path}/test`);
    expect([status, body.ok]).to.deep.equal([200, false]);
    expect(body.checks[1].message).to.include('User.Read.All');
  });

  for (const [what, change, field] of [
    ['no proof at all', { clientSecret: undefined }, 'clientSecret'],
    ['two proofs', { certificate: createSelfSigned('x', Date.now()).pem }, 'clientSecret'],
    ['a tenant by name', { tenantId: 'contoso.onmicrosoft.com' }, 'tenantId'],
    ['a tenant that leads elsewhere', { tenantId: '../../evil' }, 'tenantId'],
    ['an application that is no id', { clientId: 'rollcall' }, 'clientId'],
    ['a secret with a line break', { clientSecret: 'secret\r\nx-evil: 1' }, 'clientSecret'],
    [
      'a certificate without its key',
      { clientSecret: undefined, certificate: '-----BEGIN CERTIFICATE-----' },
      'certificate',
    ],
    ['a login of its own', { loginUrl: 'http://127.0.0.1' }, 'loginUrl'],
  ] as const)
    it(`refuses ${what} and stores nothing`, async () => {
      const { tenantId, clientId, clientSecret } = application();
      const refused = await rollcall.api.put(path, { tenantId, clientId, clientSecret, ...change });
      expect([refused.status, refused.body.code]).to.deep.equal([400, 'invalid']);
      expect(refused.text).to.include(field).and.not.to.include(clientSecret);
      expect((await rollcall.api.get(path)).status).to.equal(404);
    });

  it('has its two switches in the settings', async () => {
    const { body } = await rollcall.api.get(`${organization.path}/settings`);
    expect(body.microsoft).to.deep.equal({ syncUsers: false, autoEnableUsers: false });
    const changed = await organization.change({ microsoft: { autoEnableUsers: true } });
    expect(changed.microsoft).to.deep.equal({ syncUsers: false, autoEnableUsers: true });
    expect(changed.google).to.deep.equal({ syncUsers: false, autoEnableUsers: false });
  });

  it('runs while it is switched on, and not otherwise', async () => {
    await organization.connectMicrosoft();
    const refused = await rollcall.api.post(`${path}/runs`);
    expect([refused.status, refused.body.code]).to.deep.equal([409, 'sync_disabled']);
    await organization.change({ microsoft: { syncUsers: true } });
    expect(await organization.sync('microsoft', { kind: 'full' })).to.include({ source: 'microsoft', kind: 'full' });
    expect(await organization.sync('microsoft')).to.include({ source: 'microsoft', kind: 'delta' });
    expect((await rollcall.api.post(`${path}/runs`, { kind: 'some' })).status).to.equal(400);
    expect((await rollcall.api.get(path)).body.nextDueAt).to.be.a('string');
  });

  it('explains a person by what it says of them', async () => {
    await organization.connectMicrosoft();
    await organization.change({ microsoft: { syncUsers: true, autoEnableUsers: true } });
    await organization.sync('microsoft');
    const [somebody] = [...rollcall.microsoft().control.everybody()].filter(
      ({ accountEnabled, userType, mail }) => accountEnabled === true && userType !== 'Guest' && mail !== null,
    );
    const query = new URLSearchParams({ email: String(somebody?.mail) });
    const { status, body } = await rollcall.api.get(`${organization.path}/explain?${query}`);
    expect(status).to.equal(200);
    expect(
      body.records.map(({ source, externalId }: { source: string; externalId: string }) => [source, externalId]),
    ).to.deep.equal([['microsoft', somebody?.id]]);
    expect(body.runs[0]).to.include({ source: 'microsoft' });
  });
});
