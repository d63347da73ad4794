import { expect } from 'chai';
import type { Body } from '../support/api-client.ts';
import { importsOf } from '../support/imports.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const SCHEMAS = ['urn:ietf:params:scim:schemas:core:2.0:User'];

describeBothWays('People from a CSV file', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let imports: ReturnType<typeof importsOf>;
  before(async () => {
    rollcall = await startRollcall({ env: way.env() });
  });
  after(() => rollcall.stop());
  beforeEach(async () => {
    organization = await rollcall.addOrganization();
    imports = importsOf(rollcall, organization);
  });

  const verdicts = (rows: readonly Body[]) => rows.map(({ line, verdict }) => `${line} ${verdict}`);
  const titleOf = async (email: string) => (await organization.userByEmail(email)).attributes.title;

  it('creates and updates whom the review named, and writes nothing before it is committed', async () => {
    await organization.addActiveUser('Ada Lovelace', 'ada@example.com');
    const text =
      'Full name;E-Mail;Job title\r\nAda Lovelace;ADA@example.com;Countess\r\nBob Gray;bob@example.com;Clerk\r\n';
    const reviewed = await imports.review(text);
    expect(reviewed).to.deep.include({ counts: { update: 1, create: 1 }, delimiter: ';', rows: 2 });
    expect(verdicts(await imports.rows(reviewed.id))).to.deep.equal(['2 update', '3 create']);
    expect(await titleOf('ada@example.com')).to.equal(undefined);
    const done = await imports.carryOut(reviewed);
    expect(done.outcomes).to.deep.equal({ update: 1, create: 1 });
    expect(await titleOf('ada@example.com')).to.equal('Countess');
    expect(await organization.userByEmail('bob@example.com')).to.deep.include({
      name: 'Bob Gray',
      status: 'unprovisioned',
    });
  });

  it('finds everybody unchanged in the same file again, and writes nothing', async () => {
    const text = 'name,email,phone,first name\nAda L,ada@example.com,+44 1,Ada\n=Bob,bob@example.com,,\n';
    await imports.run(text, { activateNew: true });
    const before = await organization.userByEmail('ada@example.com');
    expect(before.status).to.equal('active');
    const again = await imports.run(text, { activateNew: true });
    expect(again).to.deep.include({ counts: { unchanged: 2 }, outcomes: {} });
    expect(await organization.userByEmail('ada@example.com')).to.deep.equal(before);
  });

  it('writes nothing when what was exported comes back, under SCIM too', async () => {
    await organization.addActiveUser('=HYPERLINK("x")', 'ada@example.com');
    const scim = await organization.connectScim();
    await scim.post('/Users', { schemas: SCHEMAS, userName: 'eve@example.com', displayName: "-Eve'" });
    const { text } = await rollcall.api.get(`${organization.path}/users.csv?status=all`);
    const reviewed = await imports.review(text);
    expect(reviewed.counts).to.deep.equal({ unchanged: 2 });
    expect(reviewed.ignored).to.deep.equal(['kind', 'status', 'level']);
  });

  it('passes over what a source owns, applies the rest, and holds new people while SCIM is on', async () => {
    const scim = await organization.connectScim();
    for (const [userName, displayName] of [
      ['eve@example.com', 'Eve'],
      ['max@example.com', 'Max'],
    ])
      await scim.post('/Users', { schemas: SCHEMAS, userName, displayName });
    const text = 'email,name,title\neve@example.com,Evelyn,Boss\nmax@example.com,Maximilian,\nnew@example.com,New,\n';
    const done = await imports.run(text);
    expect(done.counts).to.deep.equal({ partial: 1, overridden: 1, held: 1 });
    const [first] = await imports.rows(done.id, '?verdict=partial');
    expect(first.reasons).to.deep.equal(['SCIM decides name']);
    expect(await organization.userByEmail('eve@example.com')).to.deep.include({ name: 'Eve' });
    expect(await titleOf('eve@example.com')).to.equal('Boss');
  });

  it('keeps blanks unless told to clear, and never clears an address or a name', async () => {
    await imports.run('email,name,title\nada@example.com,Ada,Boss\n');
    const blank = 'email,name,title\nada@example.com,,\n';
    expect((await imports.review(blank)).counts).to.deep.equal({ unchanged: 1 });
    const done = await imports.run(blank, { blank: 'clear' });
    expect(done.outcomes).to.deep.equal({ update: 1 });
    const ada = await organization.userByEmail('ada@example.com');
    expect([ada.name, ada.attributes.title]).to.deep.equal(['Ada', undefined]);
  });

  it('takes the first of identical rows, and none of rows that differ', async () => {
    const text = 'email,name\na@x.io,Ann\nb@x.io,Ben\nA@x.io,Ann\nb@x.io,Benno\n';
    const { id } = await imports.review(text);
    const rows = await imports.rows(id);
    expect(verdicts(rows)).to.deep.equal(['2 create', '3 duplicate', '4 duplicate', '5 duplicate']);
    expect(rows[1].reasons[0]).to.contain('line 5');
    expect(rows[2].reasons[0]).to.contain('line 2');
    expect(rows[3].reasons[0]).to.contain('line 3');
  });

  it('refuses agency users, taken addresses and rows that are none, and gives them back to be mended', async () => {
    const { id } = await organization.addActiveUser('Ada', 'ada@example.com');
    await organization.addUser('Bob', 'bob@example.com');
    await organization.addUser('Agent', 'agent@example.com', { kind: 'agency' });
    const agent = await organization.userByEmail('agent@example.com');
    const text = `id,email,title\n${id},bob@example.com,\n${agent.id},,Spy\n${id}2,x@y.z,Boss,more\nnobody,x@y.z,\n`;
    const { id: importId } = await imports.review(text, { key: 'id', mode: 'update' });
    const rows = await imports.rows(importId);
    expect(verdicts(rows)).to.deep.equal(['2 email_taken', '3 agency_user', '4 invalid', '5 invalid']);
    const errors = await imports.file(importId, 'errors.csv');
    expect(errors).to.contain(`${id},bob@example.com,,email_taken: this email is already used by another user\r\n`);
    const again = await imports.review(errors, { key: 'id', mode: 'update', columns: { id: 'id', email: 'email' } });
    expect(again.rows).to.equal(4);
  });

  it('changes only the profile of somebody deactivated, with a hint', async () => {
    const { id } = await organization.addActiveUser('Ada', 'ada@example.com');
    expectStatus(await rollcall.api.post(`${organization.path}/users/${id}/deactivate`), 200);
    const done = await imports.run('email,title\nada@example.com,Boss\n', { activateNew: true });
    expect((await imports.rows(done.id))[0].reasons).to.deep.equal([
      'the user is deactivated: only the profile changes',
    ]);
    expect(await organization.user(id)).to.deep.include({ status: 'deactivated' });
    expect(await titleOf('ada@example.com')).to.equal('Boss');
  });

  it('takes its changes back by before.csv', async () => {
    await imports.run('email,name,title\nada@example.com,Ada,Boss\nbob@example.com,Bob,\n');
    const done = await imports.run('email,name,title\nada@example.com,Ada L,\nbob@example.com,Bob,Clerk\n', {
      blank: 'clear',
    });
    const before = await imports.file(done.id, 'before.csv');
    const back = await imports.run(before, { key: 'id', mode: 'update', blank: 'clear' });
    expect(back.outcomes).to.deep.equal({ update: 2 });
    const [ada, bob] = [
      await organization.userByEmail('ada@example.com'),
      await organization.userByEmail('bob@example.com'),
    ];
    expect([ada.name, ada.attributes.title, bob.attributes.title]).to.deep.equal(['Ada', 'Boss', undefined]);
  });

  it('leaves whoever changed since the review as they are', async () => {
    const { id } = await organization.addActiveUser('Ada', 'ada@example.com');
    const reviewed = await imports.review('email,title\nada@example.com,Boss\n');
    expectStatus(await rollcall.api.patch(`${organization.path}/users/${id}`, { title: 'Queen' }), 200);
    expect((await imports.carryOut(reviewed)).outcomes).to.deep.equal({ changed: 1 });
    expect(await titleOf('ada@example.com')).to.equal('Queen');
  });

  it('has no effect on anybody after SCIM was switched on midway', async () => {
    const { id, digest } = await imports.review('email,name\nnew@example.com,New\n');
    const { imports: store, organizations } = rollcall.rollcall.deps.stores;
    const entry = await store.get(organization.id, id);
    if (!entry) throw new Error('no import');
    await store.save({ ...entry, version: entry.version + 1, state: 'committing', carriedOut: 0, digest });
    const { settings, ...rest } = (await organizations.get(organization.id)) as NonNullable<
      Awaited<ReturnType<typeof organizations.get>>
    >;
    const scimOn = { ...settings, version: settings.version + 1, scim: { ...settings.scim, enabled: true } };
    await organizations.save({ ...rest, version: rest.version + 1, settings: scimOn });
    await rollcall.rollcall.deps.queue.enqueue('import', { organizationId: organization.id, importId: id });
    const done = await imports.settled(id, ['done']);
    expect(done.outcomes).to.deep.equal({ superseded: 1 });
    const { body } = await rollcall.api.get(`${organization.path}/users?status=all`);
    expect(body.total).to.equal(0);
  });

  it('is carried out only under the digest of its review, once, and while the settings are the same', async () => {
    const reviewed = await imports.review('email,name\nnew@example.com,New\n');
    expect((await imports.commit(reviewed.id, 'another')).body.code).to.equal('import_changed');
    const done = await imports.carryOut(reviewed);
    expect(expectStatus(await imports.commit(done.id, done.digest), 202).outcomes).to.deep.equal({ create: 1 });
    const second = await imports.review('email,name\nnext@example.com,Next\n');
    await organization.change({ linkExistingUsers: 'ask' });
    expect((await imports.commit(second.id, second.digest)).body.code).to.equal('import_changed');
    const { path } = organization;
    expectStatus(await rollcall.api.post(`${path}/imports/${second.id}/cancel`), 200);
    expect((await imports.commit(second.id, second.digest)).body.code).to.equal('import_state');
  });

  it('remembers the mapping of the same headers', async () => {
    await imports.review('Wer,Was\na@x.io,Chef\n', { columns: { Wer: 'email', Was: 'title' }, mode: 'update' });
    const { suggestion } = await imports.upload('Was,Wer\nChef,a@x.io\n');
    expect(suggestion).to.deep.include({ columns: { Wer: 'email', Was: 'title' }, mode: 'update' });
  });

  it('remembers which of two headers that compare the same was meant', async () => {
    const columns = { 'E-Mail': 'email', name: 'name' };
    await imports.review('E-Mail,email,name\na@x.io,b@x.io,Ann\n', { columns });
    const { suggestion } = await imports.upload('name,email,e-mail\nAnn,b@x.io,a@x.io\n');
    expect(suggestion.columns).to.deep.equal({ name: 'name', email: null, 'e-mail': 'email' });
  });
});
