import { expect } from 'chai';
import type { Body } from './client.ts';
import { aPerson, E, expectBody, expectError, expectList, U } from './expectations.ts';
import { type ScimServer, startScim } from './server.ts';

describe('SCIM cases: user update by PUT', () => {
  let scim: ScimServer;
  beforeEach(async () => {
    scim = await startScim();
  });
  afterEach(() => scim.stop());

  const create = async (facts: object = {}): Promise<Body> =>
    expectBody(await scim.post('/Users', aPerson({ ...facts })), 201);
  const put = async (id: string, body: Body): Promise<Body> => {
    const shown = expectBody(await scim.put(`/Users/${id}`, body), 200);
    expect(expectBody(await scim.get(`/Users/${id}`), 200)).to.deep.equal(shown);
    return shown;
  };

  it('case-R01 takes back what a GET showed, and keeps display', async () => {
    const emails = [{ value: 'ada@example.com', display: 'Ada at work', type: 'work', primary: true }];
    const { id } = await create({ emails, externalId: 'x-1' });
    const got = (await scim.get(`/Users/${id}`)).body;
    const shown = await put(id, { ...got, title: 'Countess', groups: [{ value: 'g' }] });
    expect(shown).to.deep.include({ id, emails, title: 'Countess', externalId: 'x-1' });
    expect(shown).not.to.have.property('groups');
    expect((await scim.record(id)).attributes.emails).to.deep.equal(emails);
  });

  it('case-R02 deactivates, and still shows the user by id and by filter', async () => {
    const body = aPerson({ active: true });
    const { id } = await create(body);
    const shown = await put(id, { ...body, active: false });
    expect(shown.active).to.equal(false);
    expect(await scim.stored(id)).to.have.property('status', 'deactivated');
    const [found] = expectList(await scim.filter(`userName eq "${body.userName}"`), 1);
    expect(found).to.deep.equal(shown);
  });

  it('case-R03 reactivates within the same answer', async () => {
    const body = aPerson({ active: false });
    const { id } = await create(body);
    expect((await put(id, { ...body, active: true })).active).to.equal(true);
    expect(await scim.stored(id)).to.have.property('status', 'active');
  });

  it('case-R04 takes JumpCloud’s full PUT: empty lists are unassigned', async () => {
    const { id, userName } = await create({
      addresses: [{ type: 'work', country: 'US' }],
      phoneNumbers: [{ type: 'work', value: '1' }],
    });
    const shown = await put(id, {
      schemas: [E, U],
      userName,
      addresses: [],
      phoneNumbers: [],
      photos: [{ value: 'https://example.com/a.png' }],
    });
    expect(shown).not.to.have.any.keys('addresses', 'phoneNumbers');
    expect(shown.photos).to.deep.equal([{ value: 'https://example.com/a.png' }]);
    expect((await scim.record(id)).attributes).to.include({ addresses: null, phoneNumbers: null });
  });

  it('case-R05 clears what is null and keeps the externalId that is not mentioned', async () => {
    const { id, userName } = await create({ emails: [{ value: 'a@example.com' }], externalId: 'x-1', title: 'T' });
    const shown = await put(id, { schemas: [U], userName, emails: null });
    expect(shown).not.to.have.any.keys('emails', 'title');
    expect(shown.externalId).to.equal('x-1');
    const record = await scim.record(id);
    expect(record.externalId).to.equal('x-1');
    expect(record.attributes).to.deep.equal({ userName, emails: null });
  });

  it('case-R05 never touches what another source says', async () => {
    const { id, userName } = await create({ title: 'from SCIM' });
    const before = await scim.stored(id);
    const manual = { ...(await scim.record(id)), source: 'manual', connectionId: null, externalId: null } as const;
    const records = [...before.records, { ...manual, attributes: { nickName: 'Countess' }, enabled: null }];
    await scim.deps.stores.users.save({ user: { ...before, records, version: before.version + 1 }, events: [] });
    await put(id, { schemas: [U], userName });
    const after = await scim.stored(id);
    expect(after.records.find(({ source }) => source === 'manual')?.attributes).to.deep.equal({ nickName: 'Countess' });
    expect(after.attributes.nickName).to.equal('Countess');
    expect(after.attributes).not.to.have.property('title');
  });

  it('case-R06 refuses a PUT without userName', async () => {
    const { id, userName } = await create();
    for (const body of [
      { schemas: [U], title: 'x' },
      { schemas: [U], userName: ' ' },
    ])
      expectError(await scim.put(`/Users/${id}`, body), 400, 'invalidValue');
    expect((await scim.record(id)).attributes).to.deep.equal({ userName });
  });

  it('case-R07 ignores a misspelled attribute and unassigns the right one', async () => {
    const { id, userName } = await create({ addresses: [{ type: 'work', country: 'US' }] });
    const shown = await put(id, { schemas: [U], userName, adreses: [{ country: 'GB' }] });
    expect(shown).not.to.have.any.keys('addresses', 'adreses');
    expect((await scim.record(id)).attributes).to.deep.equal({ userName });
  });

  it('case-R08 takes every change by PUT, disabling too', async () => {
    const body = aPerson({ name: { givenName: 'Ada', familyName: 'Byron' }, active: true });
    const { id } = await create(body);
    const renamed = await put(id, { ...body, name: { givenName: 'Ada', familyName: 'King' } });
    expect(renamed.name).to.deep.equal({ givenName: 'Ada', familyName: 'King' });
    await put(id, { ...body, active: false });
    expect(await scim.record(id)).to.have.property('enabled', false);
  });

  it('case-R09 answers 404 for a user who is gone, so that the client creates anew', async () => {
    const { id, userName } = await create();
    await scim.delete(`/Users/${id}`);
    expectError(await scim.put(`/Users/${id}`, { schemas: [U], userName }), 404);
    expectError(await scim.put('/Users/never', { schemas: [U], userName, id: 'other' }), 404);
  });

  it('case-R10 refuses another id and keeps the old one', async () => {
    const { id, userName } = await create();
    const other = await create();
    for (const wrong of ['new', other.id])
      expectError(await scim.put(`/Users/${id}`, { schemas: [U], userName, id: wrong }), 400, 'mutability');
    expectBody(await scim.get(`/Users/${id}`), 200);
    expect(await scim.stored(id)).to.have.property('version', 1);
  });

  it('case-R11 leaves lastModified and version alone when nothing changes', async () => {
    const body = aPerson({
      title: 'Countess',
      emails: [{ value: 'a@example.com' }],
      [E]: { department: 'X' },
      active: true,
    });
    const { id, meta } = await create(body);
    for (let time = 0; time < 2; time++) {
      scim.advance(1000);
      const answer = await scim.put(`/Users/${id}`, { ...body, title: 'Countess' });
      expect(expectBody(answer, 200).meta).to.deep.equal(meta);
      expect(answer.headers.etag).to.equal(meta.version);
    }
    scim.advance(1000);
    const changed = await put(id, { ...body, title: 'Baroness' });
    expect(changed.meta.created).to.equal(meta.created);
    expect(changed.meta.lastModified).to.equal('2026-10-01T12:00:03.000Z');
    expect(changed.meta.version).not.to.equal(meta.version);
  });

  it('case-R12 wraps a single email object', async () => {
    const { id, userName } = await create();
    const shown = await put(id, { schemas: [U], userName, emails: { value: 'a@example.com' } });
    expect(shown.emails).to.deep.equal([{ value: 'a@example.com' }]);
    expect((await scim.record(id)).attributes.emails).to.deep.equal(shown.emails);
  });

  it('case-R13 stores the manager’s value and ignores the client’s displayName', async () => {
    const boss = await create({ displayName: 'The Boss' });
    const { id, userName } = await create();
    const shown = await put(id, {
      schemas: [U, E],
      userName,
      [E]: { manager: { value: boss.id, displayName: 'Fake' } },
    });
    expect(shown[E].manager).to.deep.equal({ value: boss.id, displayName: 'The Boss' });
    expect((await scim.record(id)).attributes[`${E}:manager`]).to.deep.equal({ value: boss.id });
    expect(expectList(await scim.filter(`id eq "${id}"`), 1)[0]).to.deep.equal(shown);
  });
});
