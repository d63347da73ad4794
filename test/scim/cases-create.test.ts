import { expect } from 'chai';
import { type Answer, type Body, patchOp } from './client.ts';
import { aPerson, E, expectBody, expectEmpty, expectError, expectList, idsOf, U } from './expectations.ts';
import { type ScimServer, startScim } from './server.ts';

describe('SCIM cases: user create', () => {
  let scim: ScimServer;
  beforeEach(async () => {
    scim = await startScim();
  });
  afterEach(() => scim.stop());

  const create = async (body: Body): Promise<Body> => expectBody(await scim.post('/Users', body), 201);
  /** Creates somebody, checks that a GET shows the same, and gives what is stored as the connection's word. */
  const stored = async (body: Body) => {
    const shown = await create(body);
    expect(expectBody(await scim.get(`/Users/${shown.id}`), 200)).to.deep.equal(shown);
    return { shown, record: await scim.record(shown.id) };
  };

  it('case-U01 creates from Okta’s body, without groups and password', async () => {
    const body = {
      schemas: [U],
      userName: 'ada@example.com',
      name: { givenName: 'Ada', familyName: 'Byron' },
      emails: [{ primary: true, value: 'ada@example.com', type: 'work' }],
      displayName: 'Ada Byron',
      locale: 'en-US',
      externalId: '00ujl29u0le5T6Aj10h7',
      groups: [],
      password: '1mz050nq',
      active: true,
    };
    const answer = await scim.post('/Users', body);
    const shown = expectBody(answer, 201);
    const { groups: _, password: __, ...kept } = body;
    expect(shown).to.deep.include(kept);
    expect(shown).not.to.have.any.keys('password', 'groups');
    expect(answer.headers.location).to.equal(shown.meta.location);
    const record = await scim.record(shown.id);
    expect(record).to.include({ externalId: '00ujl29u0le5T6Aj10h7', enabled: true });
    expect(Object.keys(record.attributes)).to.have.members(['userName', 'name', 'emails', 'displayName', 'locale']);
    expect(await scim.stored(shown.id)).to.include({ status: 'active', email: 'ada@example.com' });
  });

  it('case-U02 keeps no password anywhere, and logs none', async () => {
    const { shown } = await stored(aPerson({ password: 'S3cr3t-Passw0rd', [U]: { Password: 'S3cr3t-Passw0rd' } }));
    expect(JSON.stringify(await scim.stored(shown.id))).not.to.include('S3cr3t-Passw0rd');
    expect(JSON.stringify(scim.crashes)).not.to.include('S3cr3t-Passw0rd');
    expectError(await scim.filter('password eq "S3cr3t-Passw0rd"'), 400, 'invalidFilter');
  });

  it('case-U03 answers a create with the whole user', async () => {
    const sent = aPerson({ title: 'Countess' });
    const { shown } = await stored(sent);
    expect(shown).to.have.all.keys('schemas', 'id', 'userName', 'title', 'active', 'meta');
    expect(shown.meta).to.have.all.keys('resourceType', 'created', 'lastModified', 'location', 'version');
  });

  it('case-U04 refuses a duplicate with uniqueness', async () => {
    const body = aPerson();
    await create(body);
    for (const userName of [body.userName, body.userName.toUpperCase()])
      expectError(await scim.post('/Users', { ...body, userName }), 409, 'uniqueness');
    expect(await scim.countUsers()).to.equal(1);
  });

  it('case-U05 takes an extension that schemas does not name, and names it', async () => {
    const { shown, record } = await stored(aPerson({ [E]: { department: 'Engines' } }));
    expect(shown.schemas).to.deep.equal([U, E]);
    expect(shown[E]).to.deep.equal({ department: 'Engines' });
    expect(record.attributes[`${E}:department`]).to.equal('Engines');
  });

  it('case-U06 takes Entra’s body: meta is ignored, empty roles are none', async () => {
    const { shown, record } = await stored({
      schemas: [U, E],
      externalId: '0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef',
      userName: 'Test_User_ab6490ee',
      active: true,
      emails: [{ primary: true, type: 'work', value: 'Test_User@example.com' }],
      meta: { resourceType: 'User', created: '1999-01-01T00:00:00Z' },
      name: { formatted: 'givenName familyName', familyName: 'familyName', givenName: 'givenName' },
      roles: [],
    });
    expect(shown).not.to.have.property('roles');
    expect(shown.meta.created).to.equal('2026-10-01T12:00:00.000Z');
    expect(record.attributes.roles).to.equal(null);
    expect(record.externalId).to.equal('0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef');
  });

  it('case-U07 takes null for unassigned', async () => {
    const nothing = { addresses: null, phoneNumbers: null, title: null, name: null };
    const { shown, record } = await stored(aPerson(nothing));
    expect(shown).not.to.have.any.keys('addresses', 'phoneNumbers', 'title', 'name');
    expect(record.attributes).to.deep.include(nothing);
  });

  it('case-U08 drops null parts of an address and keeps any country', async () => {
    for (const country of ['Bermuda', 'Belize', 'Gibraltar']) {
      const address = { type: 'work', country, streetAddress: null, locality: null, region: null };
      const { shown, record } = await stored(aPerson({ addresses: [address] }));
      expect(shown.addresses).to.deep.equal([{ type: 'work', country }]);
      expect(record.attributes.addresses).to.deep.equal(shown.addresses);
    }
  });

  it('case-U09 takes "True" for true', async () => {
    for (const [sent, active] of [
      ['True', true],
      ['FALSE', false],
      ['true', true],
    ]) {
      const { shown, record } = await stored(aPerson({ active: sent }));
      expect(shown.active).to.equal(active);
      expect(record.enabled).to.equal(active);
    }
    expectError(await scim.post('/Users', aPerson({ active: 'yes' })), 400, 'invalidValue');
    expectError(await scim.post('/Users', aPerson({ active: 1 })), 400, 'invalidValue');
  });

  it('case-U10 takes primary "True" within roles', async () => {
    const role = { type: 'a', value: 'b', display: 'c' };
    const { shown, record } = await stored(aPerson({ roles: [{ ...role, primary: 'True' }] }));
    expect(shown.roles).to.deep.equal([{ ...role, primary: true }]);
    expect(record.attributes.roles).to.deep.equal(shown.roles);
  });

  it('case-U11 keeps any type of role', async () => {
    const roles = [{ value: 'Admin', type: 'WindowsAzureActiveDirectoryRole' }];
    const { shown, record } = await stored(aPerson({ roles }));
    expect(shown.roles).to.deep.equal(roles);
    expect(record.attributes.roles).to.deep.equal(roles);
  });

  it('case-U12 keeps what is no URL, locale or time zone', async () => {
    const odd = { profileUrl: 'xkcd', locale: 'QWERTY', timezone: 'zzz', preferredLanguage: 'ööö' };
    const { shown, record } = await stored(aPerson(odd));
    expect(shown).to.include(odd);
    expect(record.attributes).to.include(odd);
  });

  it('case-U13 ignores a mistyped schema URN', async () => {
    const { shown } = await stored(
      aPerson({ schemas: [U, 'urn:ietf:params:scim:schemas:extension:enterprise:2.0User'] }),
    );
    expect(shown.schemas).to.deep.equal([U]);
  });

  it('case-U14 takes names in any case and shows them in theirs', async () => {
    const { shown, record } = await stored({
      Schemas: [U],
      UserName: 'Ada@example.com',
      Active: true,
      Emails: [{ Primary: true, VALUE: 'ada@example.com', Type: 'work' }],
      Manager: { Value: 'm-1' },
      Department: 'Engines',
    });
    expect(shown).to.deep.include({
      userName: 'Ada@example.com',
      active: true,
      emails: [{ primary: true, value: 'ada@example.com', type: 'work' }],
      [E]: { manager: { value: 'm-1' }, department: 'Engines' },
    });
    expect(record.attributes[`${E}:manager`]).to.deep.equal({ value: 'm-1' });
  });

  it('case-U15 refuses a body without userName, or none that can be read', async () => {
    for (const body of [{ schemas: [U] }, { schemas: [U], usrName: 'a' }, {}])
      expectError(await scim.post('/Users', body), 400, 'invalidValue');
    const text = { method: 'POST', path: '/Users', headers: { 'content-type': 'application/scim+json' } };
    expectError(await scim.send({ ...text, text: 'a { b' }), 400, 'invalidSyntax');
    expect(await scim.countUsers()).to.equal(0);
  });

  it('case-U16 refuses an empty or blank userName', async () => {
    for (const userName of ['', '   ', '\t', null, []])
      expectError(await scim.post('/Users', aPerson({ userName })), 400, 'invalidValue');
    expect(await scim.countUsers()).to.equal(0);
  });

  it('case-U17 keeps an email that is no address', async () => {
    const emails = [{ value: '2026-01-01T00:00:00Z' }];
    const { shown, record } = await stored(aPerson({ userName: 'ada@example.com', emails }));
    expect(shown.emails).to.deep.equal(emails);
    expect(record.attributes.emails).to.deep.equal(emails);
    expect((await scim.stored(shown.id)).email).to.equal('ada@example.com');
  });

  it('case-U18 keeps a manager nobody knows', async () => {
    const { shown, record } = await stored(aPerson({ [E]: { manager: { value: 'nobody' } } }));
    expect(shown[E].manager).to.deep.equal({ value: 'nobody' });
    expect(record.attributes[`${E}:manager`]).to.deep.equal({ value: 'nobody' });
  });

  it('case-U19 does not name an extension of which nothing is stored', async () => {
    const { shown, record } = await stored({
      schemas: [U, E],
      userName: 'ada',
      externalId: '5b0c6a1f8e4b0a2d3c4e5f60',
      phoneNumbers: [{ type: 'work', value: 'tel:+1-201-555-0123' }],
    });
    expect(shown.schemas).to.deep.equal([U]);
    expect(shown).not.to.have.property(E);
    expect(shown.phoneNumbers).to.deep.equal([{ type: 'work', value: 'tel:+1-201-555-0123' }]);
    expect(record.externalId).to.equal('5b0c6a1f8e4b0a2d3c4e5f60');
  });

  it('case-U21 wraps a single email object', async () => {
    const { shown, record } = await stored(aPerson({ emails: { value: 'ada@example.com', type: 'work' } }));
    expect(shown.emails).to.deep.equal([{ value: 'ada@example.com', type: 'work' }]);
    expect(record.attributes.emails).to.deep.equal(shown.emails);
  });

  it('case-U22 uses the first of emails without primary and type as the address', async () => {
    const emails = [{ value: 'first@example.com' }, { value: 'second@example.com' }];
    const { shown } = await stored(aPerson({ userName: 'ada', emails }));
    expect(shown.emails).to.deep.equal(emails);
    expect((await scim.stored(shown.id)).email).to.equal('first@example.com');
  });

  it('case-U23 keeps photos without type and phone types of its own', async () => {
    const lists = { photos: [{ value: 'https://example.com/a.png' }], phoneNumbers: [{ value: '1', type: 'direct' }] };
    const { shown, record } = await stored(aPerson(lists));
    expect(shown).to.deep.include(lists);
    expect(record.attributes).to.deep.include(lists);
  });

  it('case-U24 keeps an unknown extension whole, as opaque content', async () => {
    const custom = 'urn:okta:example:1.0:user:custom';
    const nested = { list: [1, null, { a: 'b' }] };
    const content = `{"__proto__":{"polluted":1},"shoeSize":7,"nested":${JSON.stringify(nested)}}`;
    const text = JSON.stringify(aPerson()).replace('{', `{"${custom}":${content},`);
    const post = { method: 'POST', path: '/Users', text, headers: { 'content-type': 'application/scim+json' } };
    const shown = expectBody(await scim.send(post), 201);
    expect(shown.schemas).to.deep.equal([U, custom]);
    expect(shown[custom].nested).to.deep.equal(nested);
    expect(Object.hasOwn(shown[custom], '__proto__')).to.equal(true);
    expect(JSON.parse((await scim.record(shown.id)).opaque ?? '')[custom].shoeSize).to.equal(7);
    await scim.patch(`/Users/${shown.id}`, [{ op: 'replace', path: 'title', value: 'x' }]);
    expect((await scim.get(`/Users/${shown.id}`)).body[custom]).to.deep.equal(shown[custom]);
    await scim.patch(`/Users/${shown.id}`, [{ op: 'replace', value: { [custom]: { shoeSize: 8 } } }]);
    const changed = (await scim.get(`/Users/${shown.id}`)).body[custom];
    expect(changed.shoeSize).to.equal(8);
    expect(changed.nested).to.deep.equal(nested);
    expect({}).not.to.have.property('polluted');
  });

  it('case-U25 ignores unknown attributes', async () => {
    const { shown, record } = await stored(
      aPerson({ shoeSize: 7, isAdmin: true, emails: [{ value: 'a@b.c', color: 'red' }] }),
    );
    expect(shown).to.have.all.keys('schemas', 'id', 'userName', 'emails', 'active', 'meta');
    expect(shown.emails).to.deep.equal([{ value: 'a@b.c' }]);
    expect(Object.keys(record.attributes)).to.have.members(['userName', 'emails']);
  });

  it('case-U26 ignores id, meta and groups that the client sends', async () => {
    const { shown } = await stored(
      aPerson({ id: 'mine', meta: { version: 'W/"99"', location: 'x' }, groups: [{ value: 'admins' }] }),
    );
    expect(shown.id).not.to.equal('mine');
    expect(shown.meta.location).to.equal(`${scim.root}/Users/${shown.id}`);
    expect(shown).not.to.have.property('groups');
    expectError(await scim.get('/Users/mine'), 404);
  });

  it('case-U27 refuses a replayed POST with the same detail every time, and the client finds the user', async () => {
    const body = aPerson({ externalId: 'x-1' });
    const { id } = await create(body);
    const details = [];
    for (let time = 0; time < 3; time++)
      details.push(expectError(await scim.post('/Users', body), 409, 'uniqueness').detail);
    expect(new Set(details).size).to.equal(1);
    expect(idsOf(expectList(await scim.filter(`userName eq "${body.userName}"`), 1))).to.deep.equal([id]);
    expect(await scim.stored(id)).to.have.property('version', 1);
  });

  it('case-U28 lets two tenants have the same address, and one tenant only one', async () => {
    const other = await scim.addTenant();
    const emails = [{ value: 'ada@example.com', primary: true }];
    await create(aPerson({ userName: 'one', emails }));
    expectBody(await other.post('/Users', aPerson({ userName: 'one', emails })), 201);
    expectError(await scim.post('/Users', aPerson({ userName: 'two', emails })), 409, 'uniqueness');
    expect([await scim.countUsers(), await other.countUsers()]).to.deep.equal([1, 1]);
  });

  it('case-U28 says that an email is used when a PATCH would take it', async () => {
    await create(aPerson({ userName: 'one', emails: [{ value: 'ada@example.com' }] }));
    const two = await create(aPerson({ userName: 'two' }));
    const answer = await scim.patch(`/Users/${two.id}`, [
      { op: 'add', path: 'emails', value: [{ value: 'ada@example.com' }] },
    ]);
    expect(expectError(answer, 409, 'uniqueness').detail).to.include('this email is already used by another user');
    expect((await scim.record(two.id)).attributes).not.to.have.property('emails');
  });

  it('case-U29 gives the absolute Location that meta.location says', async () => {
    const answer: Answer = await scim.post('/Users', aPerson());
    const { id, meta } = expectBody(answer, 201);
    expect(answer.headers.location).to.equal(`${scim.url}/scim/v2/${scim.organizationId}/Users/${id}`);
    expect(meta.location).to.equal(answer.headers.location);
  });

  it('case-U30 never stores two primary emails', async () => {
    const emails = [
      { value: 'a@example.com', primary: true },
      { value: 'b@example.com', primary: 'True' },
    ];
    expectError(await scim.post('/Users', aPerson({ emails })), 400, 'invalidValue');
    expect(await scim.countUsers()).to.equal(0);
  });

  it('case-U01 refuses to write while SCIM is off, and stores nothing', async () => {
    const { id } = await create(aPerson());
    await scim.change({ scim: { enabled: false } });
    const writes = [
      await scim.post('/Users', aPerson()),
      await scim.put(`/Users/${id}`, aPerson()),
      await scim.send({
        method: 'PATCH',
        path: `/Users/${id}`,
        text: JSON.stringify(patchOp([{ op: 'replace', path: 'active', value: false }])),
        headers: { 'content-type': 'application/scim+json' },
      }),
      await scim.delete(`/Users/${id}`),
    ];
    for (const answer of writes)
      expect(expectError(answer, 403).detail).to.equal('SCIM is switched off for this organization');
    expectBody(await scim.get(`/Users/${id}`), 200);
    expectList(await scim.get('/Users'), 1);
    expect(await scim.countUsers()).to.equal(1);
    await scim.change({ scim: { enabled: true } });
    expectEmpty(await scim.delete(`/Users/${id}`), 204);
  });
});
