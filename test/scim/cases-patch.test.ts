import { expect } from 'chai';
import { type Answer, type Body, patchOp } from './client.ts';
import { aPerson, E, expectBody, expectEmpty, expectError, expectList, U } from './expectations.ts';
import { type ScimServer, startScim } from './server.ts';

const WORK = { type: 'work', value: 'work@example.com' };
const HOME = { type: 'home', value: 'home@example.com' };

describe('SCIM cases: user update by PATCH', () => {
  let scim: ScimServer;
  beforeEach(async () => {
    scim = await startScim();
  });
  afterEach(() => scim.stop());

  const create = async (facts: object = {}): Promise<Body> =>
    expectBody(await scim.post('/Users', aPerson({ ...facts })), 201);
  /** Patches, checks that a GET shows the same, and gives what is shown. */
  const patch = async (id: string, ...operations: readonly object[]): Promise<Body> => {
    const shown = expectBody(await scim.patch(`/Users/${id}`, operations), 200);
    expect(expectBody(await scim.get(`/Users/${id}`), 200)).to.deep.equal(shown);
    return shown;
  };
  const attributesOf = async (id: string) => (await scim.record(id)).attributes;
  const sendBody = (id: string, body: unknown): Promise<Answer> =>
    scim.send({
      method: 'PATCH',
      path: `/Users/${id}`,
      text: JSON.stringify(body),
      headers: { 'content-type': 'application/scim+json' },
    });
  const expectUnchanged = async (before: Body) =>
    expect(expectBody(await scim.get(`/Users/${before.id}`), 200)).to.deep.equal(before);

  it('case-P01 deactivates by Okta’s pathless replace', async () => {
    const { id } = await create();
    expect((await patch(id, { op: 'replace', value: { active: false } })).active).to.equal(false);
    expect(await scim.record(id)).to.have.property('enabled', false);
    expect(await scim.stored(id)).to.have.property('status', 'deactivated');
  });

  it('case-P02 ignores a password, however it is sent', async () => {
    const before = await create();
    await patch(before.id, { op: 'replace', value: { password: 'Secr3t!' } });
    await patch(before.id, { op: 'replace', path: 'password', value: 'Secr3t!' });
    await patch(before.id, { op: 'add', path: `${U}:password`, value: 'Secr3t!' });
    await expectUnchanged(before);
    expect(JSON.stringify(await scim.stored(before.id))).not.to.include('Secr3t!');
  });

  it('case-P03 takes Entra’s Replace of active by "False"', async () => {
    const { id } = await create();
    expect((await patch(id, { op: 'Replace', path: 'active', value: 'False' })).active).to.equal(false);
    expect(await scim.record(id)).to.have.property('enabled', false);
  });

  it('case-P04 takes replace of active by false', async () => {
    const { id } = await create();
    expect((await patch(id, { op: 'replace', path: 'active', value: false })).active).to.equal(false);
    expect(await scim.record(id)).to.have.property('enabled', false);
  });

  it('case-P05 applies many operations in order, and all or none', async () => {
    const before = await create();
    const operations = [
      { op: 'Add', path: 'title', value: 'first' },
      { op: 'Replace', path: 'title', value: 'second' },
      { op: 'Add', path: 'name.givenName', value: 'Ada' },
      { op: 'Add', path: 'name.familyName', value: 'Byron' },
      { op: 'Remove', path: 'name.givenName' },
    ];
    expectError(
      await scim.patch(`/Users/${before.id}`, [...operations, { op: 'Add', path: 'nope', value: 1 }]),
      400,
      'invalidPath',
    );
    expectError(
      await scim.patch(`/Users/${before.id}`, [
        ...operations,
        { op: 'Add', path: 'emails[type eq "x"].value', value: 'y' },
      ]),
      400,
      'noTarget',
    );
    await expectUnchanged(before);
    const shown = await patch(before.id, ...operations);
    expect(shown).to.deep.include({ title: 'second', name: { familyName: 'Byron' } });
    expect(await attributesOf(before.id)).to.deep.include({ title: 'second', name: { familyName: 'Byron' } });
  });

  it('case-P06 changes the element a value path finds, and no other', async () => {
    const { id } = await create({ emails: [{ ...WORK, display: 'W' }, HOME] });
    const value = 'new@example.com';
    const shown = await patch(id, { op: 'Replace', path: 'emails[type eq "work"].value', value });
    expect(shown.emails).to.deep.equal([{ ...WORK, display: 'W', value }, HOME]);
    expect((await attributesOf(id)).emails).to.deep.equal(shown.emails);
  });

  for (const op of ['Add', 'Replace'])
    it(`case-P07 creates the work e-mail a value path of ${op} does not find`, async () => {
      const alone = await create();
      const path = 'emails[type eq "work"].value';
      const first = await patch(alone.id, { op, path, value: WORK.value });
      expect(first.emails).to.deep.equal([{ ...WORK, primary: true }]);
      expect((await attributesOf(alone.id)).emails).to.deep.equal(first.emails);
      const { id } = await create({ emails: [HOME] });
      const second = await patch(id, { op, path, value: 'second@example.com' });
      expect(second.emails).to.deep.equal([HOME, { type: 'work', value: 'second@example.com' }]);
    });

  it('case-P08 assembles one address from all operations', async () => {
    const { id } = await create();
    const parts = { country: 'Belize', locality: 'Belmopan', postalCode: '501', streetAddress: '1 Main' };
    const operations = Object.entries(parts).map(([name, value]) => ({
      op: 'Add',
      path: `addresses[type eq "work"].${name}`,
      value,
    }));
    const shown = await patch(id, ...operations);
    expect(shown.addresses).to.deep.equal([{ type: 'work', ...parts }]);
    expect((await attributesOf(id)).addresses).to.deep.equal(shown.addresses);
  });

  it('case-P09 creates a mobile number and keeps its digits', async () => {
    const { id } = await create({ phoneNumbers: [{ type: 'work', value: '1' }] });
    const value = '+1 (201) 555-0123 ext. 7';
    const shown = await patch(id, { op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value });
    expect(shown.phoneNumbers).to.deep.equal([
      { type: 'work', value: '1' },
      { type: 'mobile', value },
    ]);
    expect((await attributesOf(id)).phoneNumbers).to.deep.equal(shown.phoneNumbers);
  });

  it('case-P10 creates the primary role, taking "True" for true', async () => {
    const { id } = await create();
    const shown = await patch(id, { op: 'Add', path: 'roles[primary eq "True"].display', value: 'Admin' });
    expect(shown.roles).to.deep.equal([{ primary: true, display: 'Admin' }]);
    const again = await patch(id, { op: 'Add', path: 'roles[primary eq "True"].value', value: 'a' });
    expect(again.roles).to.deep.equal([{ primary: true, display: 'Admin', value: 'a' }]);
    expect((await attributesOf(id)).roles).to.deep.equal(again.roles);
  });

  it('case-P11 makes an element primary and no other any more', async () => {
    const { id } = await create({ emails: [WORK, { ...HOME, primary: true }] });
    const shown = await patch(id, { op: 'replace', path: 'emails[type eq "work"].primary', value: true });
    expect(shown.emails).to.deep.equal([
      { ...WORK, primary: true },
      { ...HOME, primary: false },
    ]);
    expect((await scim.stored(id)).email).to.equal(WORK.value);
  });

  it('case-P12 adds an extension attribute, and its schema', async () => {
    const { id } = await create();
    const shown = await patch(id, { op: 'Add', path: `${E}:department`, value: 'Engines' });
    expect(shown.schemas).to.deep.equal([U, E]);
    expect(shown[E]).to.deep.equal({ department: 'Engines' });
    expect(await attributesOf(id)).to.have.property(`${E}:department`, 'Engines');
  });

  it('case-P13 takes a manager as plain text', async () => {
    const { id } = await create();
    const shown = await patch(id, { op: 'Add', path: `${E}:manager`, value: 'm-1' });
    expect(shown[E]).to.deep.equal({ manager: { value: 'm-1' } });
    expect((await attributesOf(id))[`${E}:manager`]).to.deep.equal({ value: 'm-1' });
  });

  it('case-P14 takes a bare manager as a list of one, or as an object', async () => {
    const { id } = await create();
    const listed = await patch(id, {
      op: 'Replace',
      path: 'manager',
      value: [{ $ref: 'http://x/Users/m', value: 'm-1' }],
    });
    expect(listed[E]).to.deep.equal({ manager: { $ref: 'http://x/Users/m', value: 'm-1' } });
    const object = await patch(id, { op: 'Replace', path: 'manager', value: { $ref: null, value: 'm-2' } });
    expect(object[E]).to.deep.equal({ manager: { value: 'm-2' } });
    expect((await attributesOf(id))[`${E}:manager`]).to.deep.equal({ value: 'm-2' });
  });

  it('case-P15 takes a dot between URN and attribute', async () => {
    const { id } = await create();
    const shown = await patch(id, { op: 'Add', path: `${E}.manager`, value: 'm-1' });
    expect(shown[E]).to.deep.equal({ manager: { value: 'm-1' } });
    expect((await attributesOf(id))[`${E}:manager`]).to.deep.equal({ value: 'm-1' });
  });

  it('case-P16 removes a manager however it is said', async () => {
    const { id } = await create();
    for (const removal of [
      { op: 'Replace', path: 'manager', value: '' },
      { op: 'Replace', path: `${E}:manager`, value: { value: '' } },
      { op: 'Replace', path: 'manager', value: null },
      { op: 'Remove', path: `${E}:manager` },
      { op: 'Remove', path: 'manager', value: [{ value: 'm-1' }] },
    ]) {
      expect(await patch(id, { op: 'Add', path: 'manager', value: 'm-1' })).to.have.property(E);
      const shown = await patch(id, removal);
      expect(shown, JSON.stringify(removal)).not.to.have.property(E);
      expect(shown.schemas).to.deep.equal([U]);
      expect((await attributesOf(id))[`${E}:manager`]).to.equal(null);
    }
  });

  it('case-P17 unassigns every optional attribute by "" and by null', async () => {
    const full: { [name: string]: unknown } = {
      displayName: 'x',
      nickName: 'x',
      profileUrl: 'x',
      title: 'x',
      userType: 'x',
      preferredLanguage: 'x',
      locale: 'x',
      timezone: 'x',
      externalId: 'x',
      name: { givenName: 'x', familyName: 'x' },
      emails: [WORK],
      phoneNumbers: [{ type: 'work', value: 'x' }],
      addresses: [{ type: 'work', country: 'x' }],
      roles: [{ value: 'x' }],
    };
    const names = Object.keys(full);
    for (const nothing of ['', null]) {
      const { id } = await create(full);
      const shown = await patch(id, ...names.map((path) => ({ op: 'Replace', path, value: nothing })));
      expect(shown, String(nothing)).to.have.all.keys('schemas', 'id', 'userName', 'active', 'meta');
      const record = await scim.record(id);
      expect(record.externalId).to.equal(null);
      expect(Object.values(record.attributes).filter((value) => value !== null)).to.have.length(1);
      await scim.delete(`/Users/${id}`);
    }
    const { id } = await create({ emails: [WORK], name: { givenName: 'x' }, addresses: full.addresses });
    const shown = await patch(
      id,
      { op: 'Replace', path: 'emails[type eq "work"].value', value: '' },
      { op: 'Replace', path: 'name.givenName', value: null },
      { op: 'Replace', path: 'addresses[type eq "work"].country', value: null },
    );
    expect(shown).to.have.all.keys('schemas', 'id', 'userName', 'active', 'meta');
  });

  it('case-P18 expands dotted and URN keys of a pathless replace', async () => {
    const { id } = await create({ name: { familyName: 'Byron' } });
    const value = {
      'name.givenName': 'Z',
      [`${E}:employeeNumber`]: '7',
      displayName: 'Zed',
      'emails[type eq "work"].value': WORK.value,
    };
    const shown = await patch(id, { op: 'replace', value });
    expect(shown).to.deep.include({ name: { familyName: 'Byron', givenName: 'Z' }, displayName: 'Zed' });
    expect(shown[E]).to.deep.equal({ employeeNumber: '7' });
    expect(shown.emails).to.deep.equal([{ ...WORK, primary: true }]);
    expect(await attributesOf(id)).to.include({ displayName: 'Zed', [`${E}:employeeNumber`]: '7' });
  });

  it('case-P19 merges an extension object', async () => {
    const { id } = await create({ [E]: { department: 'old', costCenter: '1' } });
    const shown = await patch(id, { op: 'replace', value: { [E]: { department: 'new' } } });
    expect(shown[E]).to.deep.equal({ department: 'new', costCenter: '1' });
    expect(await attributesOf(id)).to.include({ [`${E}:department`]: 'new', [`${E}:costCenter`]: '1' });
  });

  it('case-P20 adds, replaces and removes a whole extension by its URN', async () => {
    const { id } = await create();
    const added = await patch(id, { op: 'add', path: E, value: { department: 'a', manager: { value: 'm' } } });
    expect(added[E]).to.deep.equal({ department: 'a', manager: { value: 'm' } });
    const replaced = await patch(id, { op: 'replace', path: E.toUpperCase(), value: { Department: 'b' } });
    expect(replaced[E].department).to.equal('b');
    const removed = await patch(id, { op: 'remove', path: E });
    expect(removed).not.to.have.property(E);
    expect(removed.schemas).to.deep.equal([U]);
    expect((await attributesOf(id))[`${E}:department`]).to.equal(null);
  });

  it('case-P21 takes the value of a list of one for a single attribute', async () => {
    const { id } = await create();
    const shown = await patch(id, { op: 'Replace', path: 'title', value: [{ $ref: null, value: 'Countess' }] });
    expect(shown.title).to.equal('Countess');
    expect((await attributesOf(id)).title).to.equal('Countess');
    const two = [{ value: 'a' }, { value: 'b' }];
    expectError(await scim.patch(`/Users/${id}`, [{ op: 'Replace', path: 'title', value: two }]), 400, 'invalidValue');
  });

  it('case-P22 updates or creates the primary role', async () => {
    const path = 'roles[primary eq "True"].value';
    const { id } = await create();
    expect((await patch(id, { op: 'Add', path, value: 'a' })).roles).to.deep.equal([{ primary: true, value: 'a' }]);
    expect((await patch(id, { op: 'Replace', path, value: 'b' })).roles).to.deep.equal([{ primary: true, value: 'b' }]);
    expect((await attributesOf(id)).roles).to.deep.equal([{ primary: true, value: 'b' }]);
  });

  it('case-P23 keeps JSON within a role’s value as text', async () => {
    const value = '{"id":"18d14569-c3bd-439b-9a66-3a2aee01d14f","displayName":"User"}';
    const { id } = await create();
    const shown = await patch(id, { op: 'Add', path: 'roles', value: [{ value }] });
    expect(shown.roles).to.deep.equal([{ value }]);
    expect((await attributesOf(id)).roles).to.deep.equal([{ value }]);
  });

  it('case-P24 appends what is new and nothing twice', async () => {
    const { id } = await create({ entitlements: [{ value: '1' }] });
    const shown = await patch(id, { op: 'Add', path: 'entitlements', value: [{ value: '1' }, { value: '2' }] });
    expect(shown.entitlements).to.deep.equal([{ value: '1' }, { value: '2' }]);
    expect((await attributesOf(id)).entitlements).to.deep.equal(shown.entitlements);
  });

  it('case-P25 changes nothing for an empty object', async () => {
    const before = await create({ emails: [WORK], name: { givenName: 'Ada' } });
    scim.advance(1000);
    for (const op of ['add', 'replace'])
      for (const path of ['emails', 'name', 'phoneNumbers', 'addresses'])
        await patch(before.id, { op, path, value: {} });
    await expectUnchanged(before);
    expect((await attributesOf(before.id)).emails).to.deep.equal([WORK]);
  });

  it('case-P26 takes no operations for nothing to do, and refuses them in strict mode', async () => {
    const before = await create();
    await patch(before.id);
    await expectUnchanged(before);
    const strict = await startScim({ principal: { dialect: 'strict' } });
    try {
      const { id } = (await strict.post('/Users', aPerson())).body;
      expectError(await strict.patch(`/Users/${id}`, []), 400, 'invalidSyntax');
    } finally {
      await strict.stop();
    }
  });

  it('case-P27 takes a body without schemas', async () => {
    const { id } = await create();
    const answer = await sendBody(id, { Operations: [{ op: 'replace', path: 'title', value: 'x' }] });
    expect(expectBody(answer, 200).title).to.equal('x');
    expect((await attributesOf(id)).title).to.equal('x');
  });

  it('case-P28 takes operations in lower case', async () => {
    const { id } = await create();
    const answer = await sendBody(id, { operations: [{ OP: 'replace', Path: 'title', Value: 'x' }] });
    expect(expectBody(answer, 200).title).to.equal('x');
    expect((await attributesOf(id)).title).to.equal('x');
  });

  it('case-P29 ignores members that do not belong there', async () => {
    const { id } = await create();
    const operation = { name: 'whatever', op: 'replace', path: 'title', value: 'x' };
    const answer = await sendBody(id, { id: 'other', ...patchOp([operation]) });
    expect(expectBody(answer, 200)).to.include({ id, title: 'x' });
    expect((await attributesOf(id)).title).to.equal('x');
  });

  it('case-P30 parses JSON within a pathless value once', async () => {
    const { id } = await create();
    expect((await patch(id, { op: 'replace', value: '{"active":false,"title":"x"}' })).active).to.equal(false);
    expect(await scim.record(id)).to.have.property('enabled', false);
    const twice = JSON.stringify(JSON.stringify({ active: true }));
    for (const value of [twice, '{', '[]', 'text', `${'['.repeat(5000)}${']'.repeat(5000)}`])
      expect((await scim.patch(`/Users/${id}`, [{ op: 'replace', value }])).status).to.equal(400);
    expect(await scim.record(id)).to.have.property('enabled', false);
  });

  it('case-P31 merges a complex value', async () => {
    const { id } = await create({ name: { givenName: 'Ada', familyName: 'Byron' } });
    const shown = await patch(id, { op: 'Replace', path: 'name', value: { familyName: 'King' } });
    expect(shown.name).to.deep.equal({ givenName: 'Ada', familyName: 'King' });
    expect((await attributesOf(id)).name).to.deep.equal(shown.name);
  });

  it('case-P32 refuses two primaries in one list, and lets a new primary replace the old', async () => {
    const before = await create({ emails: [{ ...WORK, primary: true }] });
    const two = [
      { value: 'a@example.com', primary: true },
      { value: 'b@example.com', primary: true },
    ];
    for (const op of ['Replace', 'Add'])
      expectError(await scim.patch(`/Users/${before.id}`, [{ op, path: 'emails', value: two }]), 400, 'invalidValue');
    await expectUnchanged(before);
    const shown = await patch(before.id, { op: 'Add', path: 'emails', value: [{ ...HOME, primary: true }] });
    expect(shown.emails).to.deep.equal([
      { ...WORK, primary: false },
      { ...HOME, primary: true },
    ]);
    expect((await attributesOf(before.id)).emails).to.deep.equal(shown.emails);
  });

  it('case-P33 creates a name by replace', async () => {
    const one = await create();
    expect((await patch(one.id, { op: 'replace', path: 'name.familyName', value: 'B' })).name).to.deep.equal({
      familyName: 'B',
    });
    const two = await create();
    expect((await patch(two.id, { op: 'replace', path: 'name', value: { givenName: 'A' } })).name).to.deep.equal({
      givenName: 'A',
    });
    expect((await attributesOf(two.id)).name).to.deep.equal({ givenName: 'A' });
  });

  it('case-P34 leaves lastModified and ETag alone when nothing changes', async () => {
    const before = await create({
      emails: [{ ...WORK, primary: true }],
      title: 'T',
      [E]: { department: 'D' },
      externalId: 'x',
    });
    const version = (await scim.stored(before.id)).version;
    for (const operation of [
      { op: 'Replace', path: 'title', value: 'T' },
      { op: 'Add', path: 'emails', value: [{ ...WORK, primary: true }] },
      { op: 'Replace', path: 'emails[type eq "work"].value', value: WORK.value },
      { op: 'Replace', path: 'active', value: 'True' },
      { op: 'Remove', path: 'emails[type eq "home"]' },
      { op: 'Remove', path: 'phoneNumbers[type eq "home"].value' },
      { op: 'Add', path: `${E}:department`, value: 'D' },
      { op: 'Replace', value: { id: before.id, schemas: [U], externalId: 'x', userName: before.userName } },
    ]) {
      scim.advance(1000);
      const answer = await scim.patch(`/Users/${before.id}`, [operation]);
      expect(expectBody(answer, 200), JSON.stringify(operation)).to.deep.equal(before);
      expect(answer.headers.etag).to.equal(before.meta.version);
    }
    expect((await scim.stored(before.id)).version).to.equal(version);
  });

  it('case-P35 renames by a pathless replace, uniquely, and finds the new name', async () => {
    const other = await create();
    const { id, userName } = await create();
    expectError(
      await scim.patch(`/Users/${id}`, [{ op: 'replace', value: { userName: other.userName.toUpperCase() } }]),
      409,
      'uniqueness',
    );
    await patch(id, { op: 'replace', value: { userName: 'renamed@example.com' } });
    expect(expectList(await scim.filter('userName eq "renamed@example.com"'), 1)[0].id).to.equal(id);
    expectList(await scim.filter(`userName eq "${userName}"`), 0);
    expect((await attributesOf(id)).userName).to.equal('renamed@example.com');
  });

  it('case-P36 answers 200 with the user, or 204 where the connection wants that', async () => {
    const { id } = await create();
    expect(
      expectBody(await scim.patch(`/Users/${id}`, [{ op: 'add', path: 'title', value: 'x' }]), 200).title,
    ).to.equal('x');
    const quiet = await startScim({ principal: { quietPatch: true } });
    try {
      const user = (await quiet.post('/Users', aPerson())).body;
      expectEmpty(await quiet.patch(`/Users/${user.id}`, [{ op: 'add', path: 'title', value: 'x' }]), 204);
      expect((await quiet.record(user.id)).attributes.title).to.equal('x');
      const asked = await quiet.patch(`/Users/${user.id}?attributes=title`, [{ op: 'add', path: 'title', value: 'y' }]);
      expect(expectBody(asked, 200)).to.deep.equal({ schemas: [U], id: user.id, title: 'y' });
    } finally {
      await quiet.stop();
    }
  });

  it('case-P37 refuses an unknown or missing op', async () => {
    const before = await create();
    for (const op of ['move', '', null, 7, undefined, {}])
      expectError(await scim.patch(`/Users/${before.id}`, [{ op, path: 'title', value: 'x' }]), 400, 'invalidSyntax');
    for (const body of [{}, { Operations: {} }, { Operations: [1] }, { Operations: null }])
      expectError(await sendBody(before.id, body), 400, 'invalidSyntax');
    await expectUnchanged(before);
  });

  it('case-P38 refuses a remove without a path', async () => {
    const before = await create();
    for (const operation of [{ op: 'remove' }, { op: 'remove', value: { title: 'x' } }, { op: 'remove', path: '' }])
      expectError(await scim.patch(`/Users/${before.id}`, [operation]), 400, 'noTarget');
    await expectUnchanged(before);
  });

  it('case-P39 refuses to touch what is read-only or required', async () => {
    const before = await create();
    for (const [op, path] of [
      ['replace', 'id'],
      ['replace', 'meta'],
      ['replace', 'meta.version'],
      ['add', 'groups'],
      ['replace', 'manager.displayName'],
      ['remove', 'id'],
      ['remove', 'userName'],
      ['remove', 'groups'],
    ])
      expectError(await scim.patch(`/Users/${before.id}`, [{ op, path, value: 'x' }]), 400, 'mutability');
    for (const value of ['', ' ', null])
      expectError(
        await scim.patch(`/Users/${before.id}`, [{ op: 'replace', path: 'userName', value }]),
        400,
        'invalidValue',
      );
    await expectUnchanged(before);
  });

  it('case-P40 ignores the same id in a pathless value and refuses another', async () => {
    const { id } = await create();
    expect((await patch(id, { op: 'replace', value: { id, title: 'x' } })).title).to.equal('x');
    const other = await create();
    for (const wrong of [other.id, 'new', null])
      expectError(
        await scim.patch(`/Users/${id}`, [{ op: 'replace', value: { title: 'y', id: wrong } }]),
        400,
        'mutability',
      );
    expect((await attributesOf(id)).title).to.equal('x');
  });

  it('case-P41 wraps a single email object', async () => {
    const { id } = await create();
    const shown = await patch(id, { op: 'replace', value: { emails: WORK } });
    expect(shown.emails).to.deep.equal([WORK]);
    expect((await attributesOf(id)).emails).to.deep.equal([WORK]);
  });

  it('case-P42 matches a filter’s values in another case', async () => {
    const { id } = await create({ emails: [WORK, HOME] });
    const shown = await patch(id, { op: 'replace', path: 'Emails[Type eq "Work"].Value', value: 'new@example.com' });
    expect(shown.emails).to.deep.equal([{ ...WORK, value: 'new@example.com' }, HOME]);
    expect((await attributesOf(id)).emails).to.deep.equal(shown.emails);
  });

  it('case-P43 takes names in any case and keeps values as they are', async () => {
    const { id, meta } = await create();
    const shown = await patch(
      id,
      { op: 'REPLACE', path: 'EXTERNALID', value: 'AbC' },
      { op: 'add', path: 'DisplayName', value: 'McAdA' },
      { op: 'add', value: { 'NAME.GIVENNAME': 'Ada', PhoneNumbers: [{ VALUE: '1', TYPE: 'Direct' }] } },
    );
    expect(shown).to.deep.include({
      id,
      externalId: 'AbC',
      displayName: 'McAdA',
      name: { givenName: 'Ada' },
      phoneNumbers: [{ value: '1', type: 'Direct' }],
    });
    expect(shown.meta).to.include({ created: meta.created, location: meta.location });
    expect((await scim.record(id)).externalId).to.equal('AbC');
  });
});
