import { expect } from 'chai';
import type { Body } from '../support/api-client.ts';
import { expectStatus, type TestOrganization } from '../support/rollcall.ts';
import { startDescribed } from './description.ts';

type Described = Awaited<ReturnType<typeof startDescribed>>;

describe('users of the operator API', () => {
  let rollcall: Described;
  let organization: TestOrganization;
  let path = '';
  beforeEach(async () => {
    rollcall = await startDescribed({ google: { people: 3 } });
    organization = await rollcall.addOrganization();
    path = `${organization.path}/users`;
  });
  afterEach(() => rollcall.stop());

  const patch = (id: string, body: unknown, headers = {}) => rollcall.api.patch(`${path}/${id}`, body, headers);

  it('adds one by hand, unprovisioned', async () => {
    const { status, body, headers } = await rollcall.api.post(path, {
      name: ' Ada Lovelace ',
      email: 'Ada@Example.com',
    });
    expect(status).to.equal(201);
    expect(body).to.deep.include({
      kind: 'employee',
      status: 'unprovisioned',
      name: 'Ada Lovelace',
      email: 'Ada@Example.com',
      attributes: { displayName: 'Ada Lovelace' },
      owners: { name: 'manual', email: 'manual' },
      access: { level: 'limited', roles: [], dormantRoles: [], pools: [], effectiveLevel: 'limited', grants: [] },
      version: 1,
    });
    expect(headers.etag).to.equal('"1"');
    expect(body.scimId).to.be.a('string').and.not.equal(body.id);
    expect(await organization.user(body.id)).to.deep.equal(body);
  });

  it('refuses an address that is in use, and says by whom', async () => {
    const { id } = await organization.addUser('Ada', 'ada@example.com');
    const { status, body } = await rollcall.api.post(path, { name: 'Other', email: 'ADA@example.COM' });
    expect(status).to.equal(409);
    expect(body).to.deep.include({
      code: 'email_taken',
      detail: 'this email is already used by another user',
      user: { id, name: 'Ada', status: 'unprovisioned', kind: 'employee' },
      next: 'activate',
    });
  });

  it('adds agency people too, whom SCIM never sees', async () => {
    const scim = await organization.connectScim();
    const employee = await rollcall.api.post(path, { name: 'Eve', email: 'eve@example.com' });
    expect(employee.status).to.equal(409);
    expect(employee.body).to.deep.include({ code: 'overridden', source: 'scim', attributes: ['status'] });
    const agency = await organization.addUser('Recruiter', 'r@agency.example', { kind: 'agency' });
    expect(agency).to.include({ kind: 'agency', status: 'unprovisioned' }).and.not.have.property('scimId');
    const activated = await rollcall.api.post(`${path}/${agency.id}/activate`);
    expect(activated.body.status).to.equal('active');
    expect((await scim.get('/Users')).body.totalResults).to.equal(0);
  });

  for (const [what, body, at] of [
    ['no name', { email: 'a@example.com' }, 'name'],
    ['no address', { name: 'Ada' }, 'email'],
    ['an address without @', { name: 'Ada', email: 'ada' }, 'email'],
    ['an address with two', { name: 'Ada', email: 'a@b@example.com' }, 'email'],
    ['an address with a blank', { name: 'Ada', email: 'a da@example.com' }, 'email'],
    ['a status', { name: 'Ada', email: 'a@example.com', status: 'active' }, 'status'],
    ['an id', { name: 'Ada', email: 'a@example.com', id: '1' }, 'id'],
    ['a kind nobody knows', { name: 'Ada', email: 'a@example.com', kind: 'robot' }, 'kind'],
  ] as const)
    it(`does not add anybody with ${what}`, async () => {
      const answer = await rollcall.api.post(path, body);
      expect(answer.status).to.equal(400);
      expect(answer.body.errors[0].path).to.equal(at);
      expect((await rollcall.api.get(`${path}?status=all`)).body.total).to.equal(0);
    });

  it('edits attributes beside the name or inside `attributes`, and clears with null', async () => {
    const { id } = await organization.addUser('Ada', 'ada@example.com');
    const first = expectStatus(
      await patch(id, {
        name: 'Ada Lovelace',
        email: 'ada.lovelace@example.com',
        title: 'Analyst',
        department: 'Engines',
        attributes: { name: { givenName: 'Ada' }, costCenter: 'C7', phoneNumbers: [{ value: '+44 1', type: 'work' }] },
      }),
      200,
    );
    expect(first).to.deep.include({ name: 'Ada Lovelace', email: 'ada.lovelace@example.com', version: 2 });
    expect(first.attributes).to.deep.equal({
      displayName: 'Ada Lovelace',
      title: 'Analyst',
      department: 'Engines',
      costCenter: 'C7',
      name: { givenName: 'Ada' },
      phoneNumbers: [{ value: '+44 1', type: 'work' }],
    });
    expect(first.owners).to.include({ department: 'manual', costCenter: 'manual', name: 'manual' });

    const second = expectStatus(await patch(id, { title: null, attributes: { phoneNumbers: [] } }), 200);
    expect(second.attributes).to.have.all.keys('displayName', 'department', 'costCenter', 'name');
    const { body } = await patch(id, { title: null });
    expect(body.version, 'nothing changed').to.equal(second.version);
    const cleared = await patch(id, { attributes: { phoneNumbers: [], addresses: [] } });
    expect(cleared.body.version, 'nothing was there to clear').to.equal(second.version);
    expect(await organization.user(id)).to.deep.equal(body);
  });

  for (const [what, edit, at] of [
    ['an attribute nobody knows', { titel: 'x' }, 'titel'],
    ['an attribute nobody knows, inside', { attributes: { titel: 'x' } }, 'attributes.titel'],
    ['an attribute twice', { title: 'a', attributes: { title: 'b' } }, 'attributes.title'],
    ['the name twice', { name: 'a', displayName: 'b' }, 'displayName'],
    ['a number for a text', { title: 7 }, 'title'],
    ['an empty text', { title: ' ' }, 'title'],
    ['no address', { email: null }, 'email'],
    ['no name', { name: null }, 'name'],
    ['no name, under its other name', { attributes: { displayName: null } }, 'attributes.displayName'],
    ['an address that is none', { email: 'ada' }, 'email'],
    ['a part of the name nobody knows', { attributes: { name: { nick: 'x' } } }, 'attributes.name.nick'],
    ['the status', { status: 'active' }, 'status'],
    ['roles of a provider', { attributes: { roles: [] } }, 'attributes.roles'],
    ['who decides', { owners: { title: 'manual' } }, 'owners'],
    ['access', { access: { level: 'admin' } }, 'access'],
  ] as const)
    it(`does not edit ${what}`, async () => {
      const before = await organization.addUser('Ada', 'ada@example.com');
      const answer = await patch(before.id, edit);
      expect(answer.status).to.equal(400);
      expect(answer.body.errors[0].path).to.equal(at);
      expect(await organization.user(before.id)).to.deep.equal(before);
    });

  it('refuses to edit what a directory decides, naming it as the API does, and edits the rest', async () => {
    await organization.connectGoogle();
    await organization.change({ google: { syncUsers: true, autoEnableUsers: true } });
    await organization.sync();
    const user = await organization.userByEmail(String(rollcall.google().control.person(0)?.primaryEmail));
    expect(user.owners).to.include({ name: 'google', department: 'google', email: 'google', status: 'google' });

    const refused = await patch(user.id, { name: 'Other', department: 'Other', nickName: 'Boss' });
    expect(refused.status).to.equal(409);
    expect(refused.body).to.include({ code: 'overridden', source: 'google' });
    expect(refused.body.attributes).to.have.members(['name', 'department']);
    expect(refused.body.detail).to.match(/^Google Workspace decides .*department.*; change it there$/);
    expect(refused.text).not.to.contain('urn:ietf');
    expect(await organization.user(user.id)).to.deep.equal(user);

    const same = expectStatus(await patch(user.id, { department: user.attributes.department, nickName: 'Boss' }), 200);
    expect(same.attributes.nickName).to.equal('Boss');
    expect(same.owners.nickName).to.equal('manual');
    const status = await rollcall.api.post(`${path}/${user.id}/deactivate`);
    expect(status.body).to.deep.include({ code: 'overridden', source: 'google', attributes: ['status'] });
  });

  it('heeds If-Match', async () => {
    const { id } = await organization.addUser('Ada', 'ada@example.com');
    const read = await rollcall.api.get(`${path}/${id}`);
    expect(read.headers.etag).to.equal('"1"');
    const edited = await patch(id, { title: 'a' }, { 'if-match': '"1"' });
    expect(edited.headers.etag).to.equal('"2"');
    for (const tag of ['"1"', '"3"', '"nonsense"', '"01x"', 'W/"1"']) {
      const { status, body } = await patch(id, { title: 'b' }, { 'if-match': tag });
      expect({ status, code: body.code }, tag).to.deep.equal({ status: 412, code: 'precondition_failed' });
    }
    for (const tag of ['2', '"1", "2"', ''])
      expect((await patch(id, { title: 'b' }, { 'if-match': tag })).status).to.equal(400);
    expect((await organization.user(id)).attributes.title).to.equal('a');
    expectStatus(await patch(id, { title: 'c' }, { 'if-match': 'W/"2"' }), 200);
    expectStatus(await patch(id, { title: 'd' }, { 'if-match': '*' }), 200);
    const { status } = await rollcall.api.post(`${path}/${id}/activate`, {}, { 'if-match': '"1"' });
    expect(status).to.equal(412);
    expect((await patch('nobody', { title: 'a' }, { 'if-match': '"1"' })).status).to.equal(404);
  });

  it('lets one of many edits of the same version win', async () => {
    const { id } = await organization.addUser('Ada', 'ada@example.com');
    const edits = Array.from({ length: 10 }, (_, n) => patch(id, { title: `t${n}` }, { 'if-match': '"1"' }));
    const statuses = (await Promise.all(edits)).map(({ status }) => status).sort();
    expect(statuses).to.deep.equal([200, ...Array(9).fill(412)]);
  });

  it('never deletes anybody', async () => {
    const user = await organization.addUser('Ada', 'ada@example.com');
    const { status, body, headers } = await rollcall.api.delete(`${path}/${user.id}`);
    expect(status).to.equal(405);
    expect(headers.allow).to.equal('GET, HEAD, PATCH');
    expect(body).to.include({
      code: 'never_deleted',
      detail: 'users are never deleted; deactivate or terminate this one instead',
    });
    expect(await organization.user(user.id)).to.deep.equal(user);
  });

  it('shows people under the settings of now while a sweep is still to come', async () => {
    const { stores } = rollcall.rollcall.deps;
    await organization.connectGoogle();
    await organization.change({ google: { syncUsers: true } });
    await organization.sync();
    const { id } = await organization.userByEmail(String(rollcall.google().control.person(0)?.primaryEmail));
    const stored = await stores.organizations.get(organization.id);
    if (!stored) throw new Error('the organization is gone');
    const settings = {
      ...stored.settings,
      version: stored.settings.version + 1,
      google: { ...stored.settings.google, autoEnableUsers: true },
    };
    const sweep = { ...stored.sweep, state: 'running' as const, version: settings.version, cursor: null };
    await stores.organizations.save({ ...stored, settings, sweep, version: stored.version + 1 });
    expect((await stores.users.get(organization.id, id))?.status).to.equal('unprovisioned');
    const shown: Body = await organization.user(id);
    expect(shown).to.include({ status: 'active', version: 1 });
    expect(shown.owners.status).to.equal('google');
  });
});
