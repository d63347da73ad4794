import { expect } from 'chai';
import type { Body } from './client.ts';
import { aPerson, E, expectBody, expectError, expectList, U } from './expectations.ts';
import { type ScimServer, startScim } from './server.ts';

const WORK = { type: 'work', value: 'work@example.com' };
const HOME = { type: 'home', value: 'home@example.com' };

describe('SCIM normaliser', () => {
  let scim: ScimServer;
  beforeEach(async () => {
    scim = await startScim();
  });
  afterEach(() => scim.stop());

  const create = async (facts: object = {}): Promise<Body> =>
    expectBody(await scim.post('/Users', aPerson({ ...facts })), 201);
  const patch = async (id: string, ...operations: readonly object[]): Promise<Body> =>
    expectBody(await scim.patch(`/Users/${id}`, operations), 200);
  const attributesOf = async (id: string) => (await scim.record(id)).attributes;

  it('rule-1 takes both media types with any parameters, in any case', async () => {
    for (const type of [
      'application/scim+json;a=b; charset=UTF-8',
      'APPLICATION/JSON',
      'Application/Scim+Json ; x="y"',
    ])
      expectBody(await scim.post('/Users', aPerson(), { 'content-type': type }), 201);
    for (const type of ['application/json-patch+json', 'application/xml', 'text/json', 'application/scim+jsonx'])
      expectError(await scim.post('/Users', aPerson(), { 'content-type': type }), 415);
    expect(await scim.countUsers()).to.equal(3);
  });

  it('rule-2 takes schema URNs, names and operators in any case', async () => {
    const { id } = await create({ [E.toUpperCase()]: { DEPARTMENT: 'D' } });
    expect((await scim.get(`/Users/${id}`)).body[E]).to.deep.equal({ department: 'D' });
    expectList(await scim.filter(`${E.toUpperCase()}:Department EQ "d"`), 1);
    const { body } = await scim.get(`/Users/${id}?ATTRIBUTES=${E.toLowerCase()}:department`);
    expect(body).to.deep.equal({ schemas: [U, E], id, [E]: { department: 'D' } });
  });

  it('rule-4 coerces booleans by the schema’s type only', async () => {
    const { id } = await create({ title: 'True', emails: [{ ...WORK, primary: 'TRUE', display: 'False' }] });
    const attributes = await attributesOf(id);
    expect(attributes.title).to.equal('True');
    expect(attributes.emails).to.deep.equal([{ ...WORK, primary: true, display: 'False' }]);
    expectList(await scim.filter('emails[primary eq "True"]'), 1);
    expectList(await scim.filter('emails[primary eq false]'), 0);
    for (const primary of ['yes', '1', 1, {}])
      expectError(await scim.post('/Users', aPerson({ emails: [{ ...WORK, primary }] })), 400, 'invalidValue');
    expectError(
      await scim.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value: 'off' }]),
      400,
      'invalidValue',
    );
  });

  it('rule-4 refuses values of another type', async () => {
    const wrong: readonly object[] = [
      { title: 7 },
      { title: true },
      { title: {} },
      { title: { $ne: 'x' } },
      { title: ['a', 'b'] },
      { userName: { value: { a: 1 } } },
      { name: 'Ada' },
      { name: 7 },
      { name: [{ givenName: 'a' }, { givenName: 'b' }] },
      { emails: 7 },
      { emails: [7] },
      { emails: [[WORK]].concat([[HOME]]) },
      { emails: [{ value: { $gt: '' } }] },
      { addresses: ['text'] },
      { externalId: 7 },
      { externalId: { $ne: null } },
      { x509Certificates: [{ value: 'not base64 !' }] },
      { title: 'a\u0000b' },
      { title: 'a\ud800b' },
    ];
    for (const facts of wrong) {
      const answer = await scim.post('/Users', aPerson({ ...facts }));
      expect(answer.status, JSON.stringify(facts)).to.equal(400);
      expectError(answer, 400, 'invalidValue');
    }
    expect(await scim.countUsers()).to.equal(0);
  });

  it('rule-5 takes null, [] and "" for no value', async () => {
    const { id } = await create({
      title: '',
      nickName: null,
      emails: [],
      ims: '',
      roles: [null, '', {}],
      [E]: { manager: {} },
    });
    expect(await attributesOf(id)).to.include({ title: null, nickName: null, emails: null, ims: null, roles: null });
    const { body } = await scim.get(`/Users/${id}`);
    expect(body).to.have.all.keys('schemas', 'id', 'userName', 'active', 'meta');
  });

  it('rule-5 takes null and "" for active to say nothing', async () => {
    for (const active of [null, '', []]) {
      const { id } = await create({ active });
      expect(await scim.record(id)).to.have.property('enabled', true);
      await patch(id, { op: 'replace', path: 'active', value: false });
      await patch(id, { op: 'replace', path: 'active', value: active }, { op: 'remove', path: 'active' });
      expect(await scim.record(id)).to.have.property('enabled', false);
    }
  });

  it('rule-5 shows no active once it was removed, though the person stays what they were, until it is said again', async () => {
    const { id } = await create({ active: true });
    const shown = async () => (await scim.get(`/Users/${id}`)).body.active;
    const removed = await scim.patch(`/Users/${id}`, [{ op: 'remove', path: 'active' }]);
    expect(removed.body).not.to.have.property('active');
    expect(await shown()).to.equal(undefined);
    expect(await scim.stored(id)).to.have.property('status', 'active');
    await patch(id, { op: 'replace', path: 'title', value: 'Countess' });
    expect(await shown()).to.equal(undefined);
    await patch(id, { op: 'replace', path: 'active', value: false });
    expect(await shown()).to.equal(false);
    await patch(id, { op: 'replace', path: 'active', value: '' });
    expect(await shown()).to.equal(false);
    expect(await scim.stored(id)).to.have.property('status', 'deactivated');
    expectList(await scim.filter('active eq false'), 1);
  });

  it('rule-6 wraps single objects and unwraps lists of one', async () => {
    const { id } = await create({
      emails: WORK,
      roles: 'admin',
      title: ['T'],
      name: [{ givenName: 'Ada' }],
      active: [false],
    });
    expect(await attributesOf(id)).to.deep.include({
      emails: [WORK],
      roles: [{ value: 'admin' }],
      title: 'T',
      name: { givenName: 'Ada' },
    });
    expect(await scim.record(id)).to.have.property('enabled', false);
  });

  it('rule-7 takes text for the value of a complex attribute', async () => {
    const { id } = await create({ emails: ['a@example.com', WORK], [E]: { manager: 'm' } });
    expect(await attributesOf(id)).to.deep.include({
      emails: [{ value: 'a@example.com' }, WORK],
      [`${E}:manager`]: { value: 'm' },
    });
  });

  it('rule-8 resolves every form of path', async () => {
    const paths: readonly [string, unknown][] = [
      ['title', 'T'],
      ['name.givenName', 'G'],
      ['phoneNumbers[type eq "work"]', { type: 'work', value: '1' }],
      ['emails[type eq "work"].value', 'a@example.com'],
      [`${U}:nickName`, 'N'],
      [`${U}:name.familyName`, 'F'],
      [`${E}:department`, 'D'],
      [`${E}.costCenter`, 'C'],
      ['division', 'V'],
      [' locale ', 'en'],
    ];
    const { id } = await create();
    await patch(id, ...paths.map(([path, value]) => ({ op: 'add', path, value })));
    expect(await attributesOf(id)).to.deep.include({
      title: 'T',
      name: { givenName: 'G', familyName: 'F' },
      phoneNumbers: [{ type: 'work', value: '1', primary: true }],
      emails: [{ type: 'work', value: 'a@example.com', primary: true }],
      nickName: 'N',
      [`${E}:department`]: 'D',
      [`${E}:costCenter`]: 'C',
      [`${E}:division`]: 'V',
      locale: 'en',
    });
    for (const path of [
      'nope',
      'name.nope',
      'title.x',
      'emails.',
      'emails[type eq "work"]x',
      'emails[type eq "work"].a.b',
      `${E}:nope`,
    ])
      expect((await scim.patch(`/Users/${id}`, [{ op: 'add', path, value: 'x' }])).body, path).to.include({
        status: '400',
      });
    for (const path of ['nope', 'name.nope', 'urn:x:y:z', 7, {}])
      expectError(await scim.patch(`/Users/${id}`, [{ op: 'add', path, value: 'x' }]), 400, 'invalidPath');
  });

  it('rule-9 takes the same names as keys of a pathless value', async () => {
    const { id } = await create();
    await patch(id, {
      op: 'add',
      value: {
        'name.givenName': 'G',
        'emails[type eq "work"].value': 'a@example.com',
        [`${E}:department`]: 'D',
        [E]: { costCenter: 'C', 'manager.value': 'm', nope: 1 },
        [U]: { title: 'T' },
        nope: 1,
      },
    });
    expect(await attributesOf(id)).to.deep.include({
      name: { givenName: 'G' },
      emails: [{ type: 'work', value: 'a@example.com', primary: true }],
      [`${E}:department`]: 'D',
      [`${E}:costCenter`]: 'C',
      [`${E}:manager`]: { value: 'm' },
      title: 'T',
    });
  });

  it('rule-10 creates what a filter describes, and only that', async () => {
    const { id } = await create({ emails: [HOME] });
    await patch(id, { op: 'replace', path: 'emails[type eq "WORK" and primary eq true].value', value: WORK.value });
    expect((await attributesOf(id)).emails).to.deep.equal([HOME, { ...WORK, primary: true }]);
    for (const filter of [
      'type eq "nonexistent"',
      'value eq "x@example.com"',
      'type ne "home" and type ne "work"',
      'type eq "other" or primary eq false',
      'primary eq false and type eq "other"',
      'not (type pr)',
    ])
      for (const operation of [
        { op: 'replace', path: `emails[${filter}].display`, value: 'x' },
        { op: 'add', path: `emails[${filter}]`, value: { display: 'x' } },
      ])
        expectError(await scim.patch(`/Users/${id}`, [operation]), 400, 'noTarget');
  });

  it('rule-11 removes the listed values, or all', async () => {
    const { id } = await create({ emails: [WORK, HOME, { value: 'third@example.com' }] });
    await patch(id, { op: 'Remove', path: 'emails', value: [{ $ref: null, value: 'HOME@example.com' }] });
    expect((await attributesOf(id)).emails).to.deep.equal([WORK, { value: 'third@example.com' }]);
    await patch(
      id,
      { op: 'remove', path: 'emails', value: [] },
      { op: 'remove', path: 'emails', value: [{ value: 'no' }] },
    );
    expect((await attributesOf(id)).emails).to.have.length(2);
    await patch(id, { op: 'remove', path: 'emails' });
    expect((await attributesOf(id)).emails).to.equal(null);
  });

  it('rule-12 keeps one primary over several operations', async () => {
    const { id } = await create({ emails: [WORK, HOME] });
    await patch(
      id,
      { op: 'replace', path: 'emails[type eq "work"].primary', value: true },
      { op: 'replace', path: 'emails[type eq "home"].primary', value: 'true' },
    );
    expect((await attributesOf(id)).emails).to.deep.equal([
      { ...WORK, primary: false },
      { ...HOME, primary: true },
    ]);
    const both = [{ op: 'replace', path: 'emails.primary', value: true }];
    expectError(await scim.patch(`/Users/${id}`, both), 400, 'invalidValue');
  });

  it('rule-13 keeps no pair of type and value twice', async () => {
    const { id } = await create({
      emails: [WORK, { ...WORK, display: 'D' }, { value: WORK.value }, { ...WORK, value: 'WORK@example.com' }],
    });
    expect((await attributesOf(id)).emails).to.deep.equal([
      { type: 'work', value: 'WORK@example.com', display: 'D' },
      { value: WORK.value },
    ]);
  });

  it('rule-15 takes types that no schema suggests', async () => {
    const lists = { emails: [{ value: 'a@example.com', type: 'pager' }], ims: [{ value: 'x', type: 'matrix' }] };
    const { id } = await create(lists);
    expect(await attributesOf(id)).to.deep.include(lists);
  });

  it('rule-16 does not write when a PUT says the same in other words', async () => {
    const { id, meta, userName } = await create({
      emails: [WORK],
      name: { givenName: 'A', familyName: 'B' },
      active: true,
    });
    scim.advance(1000);
    const same = { ACTIVE: 'True', Name: { familyName: 'B', givenName: 'A' }, emails: WORK, userName };
    expect(expectBody(await scim.put(`/Users/${id}`, same), 200).meta).to.deep.equal(meta);
    expect(await scim.stored(id)).to.have.property('version', 1);
  });

  it('rule-19 holds a strict connection to the RFC', async () => {
    const strict = await startScim({ principal: { dialect: 'strict' } });
    try {
      const { id } = expectBody(await strict.post('/Users', aPerson({ externalId: 'x' })), 201);
      const text = JSON.stringify({ Operations: [{ op: 'add', path: 'title', value: 'x' }] });
      const headers = { 'content-type': 'application/scim+json' };
      expectError(await strict.send({ method: 'PATCH', path: `/Users/${id}`, text, headers }), 400, 'invalidSyntax');
      expectError(await strict.patch(`/Users/${id}`, [{ op: 'add', value: '{"title":"x"}' }]), 400, 'invalidValue');
      expectError(await strict.filter('externalId eq x'), 400, 'invalidFilter');
      expectList(await strict.filter('externalId eq "x" and active eq true and title eq null'), 1);
      expectBody(await strict.patch(`/Users/${id}`, [{ op: 'add', path: 'title', value: 'x' }]), 200);
    } finally {
      await strict.stop();
    }
  });
});
