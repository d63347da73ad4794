import { expect } from 'chai';
import { expectStatus, type TestOrganization } from '../support/rollcall.ts';
import { startDescribed } from './description.ts';

type Described = Awaited<ReturnType<typeof startDescribed>>;

describe('explanations of the operator API', () => {
  let rollcall: Described;
  let organization: TestOrganization;
  let email = '';
  before(async () => {
    rollcall = await startDescribed({ google: { people: 3 } });
    organization = await rollcall.addOrganization();
    email = String(rollcall.google().control.person(0)?.primaryEmail);
    await organization.addActiveUser('Typed by Hand', email);
    await organization.connectGoogle();
    await organization.change({ google: { syncUsers: true } });
    await organization.sync();
  });
  after(() => rollcall.stop());

  const explain = (address: string) =>
    rollcall.api.get(`${organization.path}/explain?email=${encodeURIComponent(address)}`);

  it('says who decides what, what that hides, and what every source says', async () => {
    const { status, body } = await explain(email.toUpperCase());
    expect(status).to.equal(200);
    expect(body.user.email).to.equal(email);
    expect(body.status).to.deep.equal({ value: 'active', sentence: 'An administrator says the user is enabled.' });
    expect(body.attributes.name).to.deep.equal({
      value: 'Directory Admin',
      source: 'google',
      hidden: [{ source: 'manual', value: 'Typed by Hand' }],
    });
    expect(body.attributes.status).to.deep.equal({ value: 'active', source: 'manual', hidden: [] });
    expect(body.attributes.department.source).to.equal('google');
    expect(body.attributes).not.to.have.any.keys('displayName', 'enabled');
    expect(Object.keys(body.attributes).filter((name) => name.startsWith('urn:'))).to.deep.equal([]);
    expect(body.records.map(({ source }: { source: string }) => source)).to.have.members(['manual', 'google']);
    const google = body.records.find(({ source }: { source: string }) => source === 'google');
    expect(google).to.include({ activity: 'active', present: true, granted: false });
    expect(google).not.to.have.property('enabled');
    expect(google.attributes).to.have.property('department');
    expect(body.runs[0]).to.include({ source: 'google', state: 'finished', saw: true });
  });

  it('says the same by id', async () => {
    const { id } = await organization.userByEmail(email);
    const byId = await rollcall.api.get(`${organization.path}/users/${id}/explain`);
    expect(byId.body).to.deep.equal((await explain(email)).body);
    expect((await rollcall.api.get(`${organization.path}/users/nobody/explain`)).status).to.equal(404);
  });

  it('tells what lies under another status', async () => {
    const { id } = await organization.userByEmail(email);
    const scim = await organization.connectScim();
    const [{ id: scimId }] = (await scim.filter(`userName eq "${email}"`)).body.Resources;
    const answer = await scim.patch(`/Users/${scimId}`, [{ op: 'replace', path: 'active', value: false }]);
    expect(answer.status).to.equal(200);
    const { body } = await rollcall.api.get(`${organization.path}/users/${id}/explain`);
    expect(body.status.sentence).to.equal('SCIM says the user is disabled.');
    expect(body.attributes.status).to.deep.equal({
      value: 'deactivated',
      source: 'scim',
      hidden: [{ source: 'manual', value: 'active' }],
    });
    await organization.change({ scim: { enabled: false } });
  });

  it('calls the shown name `name`, whatever its parts are and whichever was said first', async () => {
    const { id } = await organization.addUser('Ada', 'ada@example.com');
    const edit = { attributes: { name: { givenName: 'Augusta' } } };
    expectStatus(await rollcall.api.patch(`${organization.path}/users/${id}`, edit), 200);
    const { body } = await rollcall.api.get(`${organization.path}/users/${id}/explain`);
    expect(body.attributes.name.value).to.equal('Ada');
    expect(body.user.attributes).to.deep.equal({ displayName: 'Ada', name: { givenName: 'Augusta' } });
  });

  it('says that nobody has an address, and why that may be', async () => {
    const { status, body } = await explain('nobody@example.com');
    expect(status).to.equal(200);
    expect(body).not.to.have.property('user');
    expect(body.status.value).to.equal('unknown');
    expect(body.status.sentence).to.match(/^No user has this address/);
    expect(body.attributes).to.deep.equal({});
  });

  it('needs one address', async () => {
    for (const query of [
      '',
      '?email=',
      '?email=ada',
      '?email=a%40b.example&email=c%40d.example',
      '?mail=a%40b.example',
    ])
      expect((await rollcall.api.get(`${organization.path}/explain${query}`)).status, query).to.equal(400);
    expectStatus(await rollcall.api.get(`${organization.path}/explain?email=a%40b.example`), 200);
  });
});
