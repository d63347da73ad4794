import { expect } from 'chai';
import { createScimClient, type ScimClient } from '../scim/client.ts';
import { aPerson, expectBody, expectError, expectList } from '../scim/expectations.ts';
import type { Body } from '../support/api-client.ts';
import { expectStatus, type TestOrganization, until } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';
import { startDescribed } from './description.ts';

type Described = Awaited<ReturnType<typeof startDescribed>>;

const HOUR_MS = 3_600_000;
const ACTIVE_OFF = [{ op: 'replace', path: 'active', value: false }];

describeBothWays('SCIM connections of the operator API', (way) => {
  let rollcall: Described;
  let organization: TestOrganization;
  let path = '';
  let now = Date.parse('2026-10-01T12:00:00Z');
  beforeEach(async () => {
    rollcall = await startDescribed({ env: way.env(), overrides: { clock: { now: () => now } } });
    organization = await rollcall.addOrganization();
    path = `${organization.path}/scim-connections`;
    await organization.change({ scim: { enabled: true } });
  });
  afterEach(() => rollcall.stop());

  const add = async (name: string, more: object = {}): Promise<Body> =>
    expectStatus(await rollcall.api.post(path, { name, ...more }), 201);
  const change = async (id: string, patch: object): Promise<Body> =>
    expectStatus(await rollcall.api.patch(`${path}/${id}`, patch), 200);
  const connect = async (id: string): Promise<ScimClient> => {
    const { baseUrl, token } = expectStatus(await rollcall.api.post(`${path}/${id}/tokens`, { name: 'a' }), 201);
    return createScimClient(baseUrl, token);
  };
  const released = (id: string) =>
    until('everybody is released', async () => {
      const { releasing } = expectStatus(await rollcall.api.get(`${path}/${id}`), 200);
      return releasing === false;
    });

  it('has one from the start, and takes more, each with a name of its own', async () => {
    const [first] = expectStatus(await rollcall.api.get(path), 200).items;
    expect(first).to.deep.include({ name: 'default', dialect: 'compat', quietPatch: false, enabled: true, version: 1 });
    const answer = await rollcall.api.post(path, { name: 'Okta', dialect: 'strict', quietPatch: true });
    const okta = expectStatus(answer, 201);
    expect(okta).to.deep.include({ name: 'Okta', dialect: 'strict', quietPatch: true, enabled: true, version: 1 });
    expect(okta.baseUrl).to.equal(`${rollcall.url}/scim/v2/${organization.id}`);
    expect(answer.headers.etag).to.equal('"1"');
    expect(expectStatus(await rollcall.api.get(`${path}/${okta.id}`), 200)).to.deep.equal(okta);
    expect(expectStatus(await rollcall.api.get(path), 200)).to.deep.equal({
      items: [first, okta],
      next: null,
      total: 2,
    });
    for (const name of ['okta', 'OKTA', ' Okta '])
      expect((await rollcall.api.post(path, { name })).body.code, name).to.equal('resource_name_taken');
    expect((await rollcall.api.patch(`${path}/${first.id}`, { name: 'oktA' })).body.code).to.equal(
      'resource_name_taken',
    );
  });

  it('S10 (incident 5) refuses names that mean a source or somebody who acts', async () => {
    for (const name of ['google', 'scim', 'Manual', 'MICROSOFT', ' default ', 'csv', 'operator', 'settings'])
      expect((await rollcall.api.post(path, { name })).body, name).to.include({ code: 'invalid' });
    const okta = await add('Okta');
    expect((await rollcall.api.patch(`${path}/${okta.id}`, { name: 'Google' })).status).to.equal(400);
    expect(expectStatus(await rollcall.api.get(path), 200).total).to.equal(2);
  });

  it('changes by compare-and-swap, and nothing when nothing changes', async () => {
    const { id } = await add('Okta');
    const changed = await rollcall.api.patch(`${path}/${id}`, { name: 'Okta EU' }, { 'if-match': '"1"' });
    expect(expectStatus(changed, 200)).to.include({ name: 'Okta EU', version: 2 });
    expect((await rollcall.api.patch(`${path}/${id}`, { name: 'x' }, { 'if-match': '"1"' })).status).to.equal(412);
    expect(await change(id, { name: 'Okta EU', dialect: 'compat' })).to.include({ version: 2 });
  });

  it('takes dialect and quiet PATCH to heart at once, whatever the User-Agent', async () => {
    const { id } = await add('Okta');
    const scim = await connect(id);
    const person = expectBody(await scim.post('/Users', aPerson()), 201);
    const bare = () => scim.filter('userName eq bare-word', '&count=1');
    const rename = (title: string) =>
      scim.patch(`/Users/${person.id}`, [{ op: 'replace', path: 'title', value: title }]);
    expect((await bare()).status).to.equal(200);
    expect((await rename('one')).status).to.equal(200);
    await change(id, { dialect: 'strict', quietPatch: true });
    await until('the other process knows', async () => (await bare()).status === 400);
    expect((await rename('two')).status).to.equal(204);
    await change(id, { dialect: 'compat', quietPatch: false });
    await until('the other process knows', async () => (await bare()).status === 200);
    expect((await rename('three')).status).to.equal(200);
  });

  it('gives every connection its own people, externalIds and tokens', async () => {
    const [okta, entra] = [await connect((await add('Okta')).id), await connect((await add('Entra')).id)];
    const staff = expectBody(await okta.post('/Users', aPerson({ externalId: 'x' })), 201);
    const subsidiary = expectBody(await entra.post('/Users', aPerson({ externalId: 'x' })), 201);
    expect(expectList(await okta.get('/Users'), 1)[0].id).to.equal(staff.id);
    expect(expectList(await entra.get('/Users'), 1)[0].id).to.equal(subsidiary.id);
    expectError(await okta.get(`/Users/${subsidiary.id}`), 404);
    expectError(await okta.patch(`/Users/${subsidiary.id}`, ACTIVE_OFF), 404);
    expectError(await okta.post('/Users', { userName: subsidiary.userName }), 409, 'uniqueness');
    const { items } = expectStatus(await rollcall.api.get(`${organization.path}/conflicts`), 200);
    expect(items.map(({ kind }: Body) => kind)).to.deep.equal(['claimed']);
  });

  it('counts and rotates the tokens of each by itself', async () => {
    const [okta, entra] = [await add('Okta'), await add('Entra')];
    const tokens = `${path}/${okta.id}/tokens`;
    const first = expectStatus(await rollcall.api.post(tokens, { name: 'one', scopes: ['scim:read'] }), 201);
    const rotated = expectStatus(await rollcall.api.post(`${tokens}/${first.id}/rotate`, {}), 201);
    expect(rotated).to.deep.include({ name: 'one', scopes: ['scim:read'] });
    const listed = expectStatus(await rollcall.api.get(tokens), 200).items;
    expect(listed.map(({ id }: Body) => id)).to.deep.equal([first.id, rotated.id]);
    expect(Date.parse(listed[0].expiresAt)).to.equal(now + 24 * HOUR_MS);
    expect((await rollcall.api.post(tokens, { name: 'three' })).body.code).to.equal('token_limit');
    expect((await rollcall.api.post(`${tokens}/${rotated.id}/rotate`, {})).body.code).to.equal('token_limit');
    const opens = async ({ token, baseUrl }: Body) => (await createScimClient(baseUrl, token).get('/Users')).status;
    expect([await opens(first), await opens(rotated)]).to.deep.equal([200, 200]);
    now += 24 * HOUR_MS;
    expect([await opens(first), await opens(rotated)]).to.deep.equal([401, 200]);
    const third = expectStatus(await rollcall.api.post(`${tokens}/${rotated.id}/rotate`, { graceHours: 0 }), 201);
    await until('the old one is dead', async () => (await opens(rotated)) === 401);
    expect(await opens(third)).to.equal(200);
    for (const graceHours of [1, -1, 200, '24']) {
      const { status, body } = await rollcall.api.post(`${tokens}/${third.id}/rotate`, { graceHours });
      expect(status).to.equal(400);
      expect(body.errors).to.deep.equal([{ path: 'graceHours', message: 'invalid option: expected one of 0|24|168' }]);
    }
    const elsewhere = `${path}/${entra.id}/tokens/${third.id}`;
    expect((await rollcall.api.delete(elsewhere)).status).to.equal(404);
    expect((await rollcall.api.post(`${elsewhere}/rotate`, {})).status).to.equal(404);
    expect((await rollcall.api.delete(`${organization.path}/scim-tokens/${third.id}`)).status).to.equal(404);
    expectStatus(await rollcall.api.delete(`${tokens}/${third.id}`), 204);
    await until('it is revoked', async () => (await opens(third)) === 401);
  });

  it('refuses a connection that is off everything, and frees its people for the others', async () => {
    const [okta, entra] = [await add('Okta'), await add('Entra')];
    const [off, on] = [await connect(okta.id), await connect(entra.id)];
    const sent = aPerson({ title: 'by Okta' });
    const person = expectBody(await off.post('/Users', sent), 201);
    expectError(await on.get(`/Users/${person.id}`), 404);
    const version = (await rollcall.rollcall.deps.stores.users.findByScimId(organization.id, person.id))?.version;

    await change(okta.id, { enabled: false });
    for (const answer of [
      await off.get('/Users'),
      await off.get(`/Users/${person.id}`),
      await off.post('/Users', aPerson()),
      await off.patch(`/Users/${person.id}`, ACTIVE_OFF),
      await off.delete(`/Users/${person.id}`),
    ])
      expectError(answer, 403);
    await released(okta.id);
    const freed = await rollcall.rollcall.deps.stores.users.findByScimId(organization.id, person.id);
    expect(freed).to.deep.include({ status: 'active', scim: { id: person.id, connectionId: null } });
    expect(freed?.version).to.equal((version ?? 0) + 1);
    expect(expectBody(await on.get(`/Users/${person.id}`), 200)).to.include({ title: 'by Okta', active: true });
    expectBody(await on.post('/Users', { ...sent, title: 'by Entra' }), 201);

    expectStatus(await rollcall.api.patch(`${path}/${okta.id}`, { enabled: true }), 200);
    await until('it is on again', async () => (await off.get('/Users')).status === 200);
    expectError(await off.get(`/Users/${person.id}`), 404);
  });

  it('lets an administrator edit what only a connection that is off has said', async () => {
    const okta = await add('Okta');
    const scim = await connect(okta.id);
    const person = expectBody(await scim.post('/Users', aPerson({ title: 'by Okta' })), 201);
    const { id } = await organization.userByEmail(person.userName);
    const edit = (title: string) => rollcall.api.patch(`${organization.path}/users/${id}`, { title });
    expect((await edit('by hand')).body.code).to.equal('overridden');
    await change(okta.id, { enabled: false });
    expect(expectStatus(await edit('by hand'), 200).attributes.title).to.equal('by hand');
    await released(okta.id);
    await change(okta.id, { enabled: true });
    await until('it has its say again', async () => (await organization.user(id)).attributes.title === 'by Okta');
  });

  it('names the owner of a user, and whose word counts', async () => {
    const [okta, entra] = [await add('Okta'), await add('Entra')];
    const [first, second] = [await connect(okta.id), await connect(entra.id)];
    const person = expectBody(await first.post('/Users', aPerson({ title: 'by Okta' })), 201);
    const { id, scimConnection } = await organization.userByEmail(person.userName);
    expect(scimConnection).to.deep.equal({ id: okta.id, name: 'Okta' });
    const explained = async () => expectStatus(await rollcall.api.get(`${organization.path}/users/${id}/explain`), 200);
    const before = await explained();
    expect(before.status.sentence).to.equal('SCIM (Okta) says the user is enabled.');
    expect(before.attributes.title).to.deep.equal({ source: 'scim', connection: 'Okta', value: 'by Okta', hidden: [] });
    expect(before.records[0]).to.include({ connectionId: okta.id, connection: 'Okta' });

    const released = await rollcall.api.post(`${organization.path}/users/${id}/release`);
    expect(expectStatus(released, 200)).not.to.have.property('scimConnection');
    expectBody(await second.post('/Users', aPerson({ userName: person.userName, title: 'by Entra' })), 201);
    const after = await explained();
    expect(after.user.scimConnection).to.deep.equal({ id: entra.id, name: 'Entra' });
    expect(after.attributes.title).to.deep.equal({
      source: 'scim',
      connection: 'Entra',
      value: 'by Entra',
      hidden: [{ source: 'scim', connection: 'Okta', value: 'by Okta' }],
    });
    expectError(await first.get(`/Users/${person.id}`), 404);
  });

  it('shows beforehand what a switch would do', async () => {
    const { id } = await add('Okta');
    const preview = `${path}/${id}/preview`;
    expect(expectStatus(await rollcall.api.get(`${preview}?enabled=false`), 200).changes.total).to.equal(0);
    expect((await rollcall.api.get(preview)).status).to.equal(400);
    expect((await rollcall.api.get(`${path}/nothing/preview?enabled=false`)).status).to.equal(404);
  });
});
