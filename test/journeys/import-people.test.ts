import { expect } from 'chai';
import type { Body } from '../support/api-client.ts';
import { importScene } from '../support/imports.ts';
import { expectStatus } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const SCHEMAS = ['urn:ietf:params:scim:schemas:core:2.0:User'];

describeBothWays('People from a CSV file', (way) => {
  const scene = importScene(way);

  const verdicts = (rows: readonly Body[]) => rows.map(({ line, verdict }) => `${line} ${verdict}`);
  const titleOf = async (email: string) => (await scene.organization.userByEmail(email)).attributes.title;

  it('creates and updates whom the review named, and writes nothing before it is committed', async () => {
    await scene.organization.addActiveUser('Ada Lovelace', 'ada@example.com');
    const text =
      'Full name;E-Mail;Job title\r\nAda Lovelace;ADA@example.com;Countess\r\nBob Gray;bob@example.com;Clerk\r\n';
    const reviewed = await scene.imports.review(text);
    expect(reviewed).to.deep.include({ counts: { update: 1, create: 1 }, delimiter: ';', rows: 2 });
    expect(verdicts(await scene.imports.rows(reviewed.id))).to.deep.equal(['2 update', '3 create']);
    expect(await titleOf('ada@example.com')).to.equal(undefined);
    const done = await scene.imports.carryOut(reviewed);
    expect(done.outcomes).to.deep.equal({ update: 1, create: 1 });
    expect(await titleOf('ada@example.com')).to.equal('Countess');
    expect(await scene.organization.userByEmail('bob@example.com')).to.deep.include({
      name: 'Bob Gray',
      status: 'unprovisioned',
    });
  });

  it('finds everybody unchanged in the same file again, and writes nothing', async () => {
    const text = 'name,email,phone,first name\nAda L,ada@example.com,+44 1,Ada\n=Bob,bob@example.com,,\n';
    await scene.imports.run(text, { activateNew: true });
    const before = await scene.organization.userByEmail('ada@example.com');
    expect(before.status).to.equal('active');
    const again = await scene.imports.run(text, { activateNew: true });
    expect(again).to.deep.include({ counts: { unchanged: 2 }, outcomes: {} });
    expect(await scene.organization.userByEmail('ada@example.com')).to.deep.equal(before);
  });

  it('writes nothing when what was exported comes back, under SCIM too', async () => {
    await scene.organization.addActiveUser('=HYPERLINK("x")', 'ada@example.com');
    const scim = await scene.organization.connectScim();
    await scim.post('/Users', { schemas: SCHEMAS, userName: 'eve@example.com', displayName: "-Eve'" });
    const { text } = await scene.rollcall.api.get(`${scene.organization.path}/users.csv?status=all`);
    const reviewed = await scene.imports.review(text);
    expect(reviewed.counts).to.deep.equal({ unchanged: 2 });
    expect(reviewed.ignored).to.deep.equal(['kind', 'status', 'level']);
  });

  it('passes over what a source owns, applies the rest, and holds new people while SCIM is on', async () => {
    const scim = await scene.organization.connectScim();
    for (const [userName, displayName] of [
      ['eve@example.com', 'Eve'],
      ['max@example.com', 'Max'],
    ])
      await scim.post('/Users', { schemas: SCHEMAS, userName, displayName });
    const text = 'email,name,title\neve@example.com,Evelyn,Boss\nmax@example.com,Maximilian,\nnew@example.com,New,\n';
    const done = await scene.imports.run(text);
    expect(done.counts).to.deep.equal({ partial: 1, overridden: 1, held: 1 });
    const [first] = await scene.imports.rows(done.id, '?verdict=partial');
    expect(first.reasons).to.deep.equal(['SCIM decides name']);
    expect(await scene.organization.userByEmail('eve@example.com')).to.deep.include({ name: 'Eve' });
    expect(await titleOf('eve@example.com')).to.equal('Boss');
  });

  it('keeps blanks unless told to clear, and never clears an address or a name', async () => {
    await scene.imports.run('email,name,title\nada@example.com,Ada,Boss\n');
    const blank = 'email,name,title\nada@example.com,,\n';
    expect((await scene.imports.review(blank)).counts).to.deep.equal({ unchanged: 1 });
    const done = await scene.imports.run(blank, { blank: 'clear' });
    expect(done.outcomes).to.deep.equal({ update: 1 });
    const ada = await scene.organization.userByEmail('ada@example.com');
    expect([ada.name, ada.attributes.title]).to.deep.equal(['Ada', undefined]);
  });

  it('takes the first of identical rows, and none of rows that differ', async () => {
    const text = 'email,name\na@x.io,Ann\nb@x.io,Ben\nA@x.io,Ann\nb@x.io,Benno\n';
    const { id } = await scene.imports.review(text);
    const rows = await scene.imports.rows(id);
    expect(verdicts(rows)).to.deep.equal(['2 create', '3 duplicate', '4 duplicate', '5 duplicate']);
    expect(rows[1].reasons[0]).to.contain('line 5');
    expect(rows[2].reasons[0]).to.contain('line 2');
    expect(rows[3].reasons[0]).to.contain('line 3');
  });

  it('refuses agency users, taken addresses and rows that are none, and gives them back to be mended', async () => {
    const { id } = await scene.organization.addActiveUser('Ada', 'ada@example.com');
    await scene.organization.addUser('Bob', 'bob@example.com');
    await scene.organization.addUser('Agent', 'agent@example.com', { kind: 'agency' });
    const agent = await scene.organization.userByEmail('agent@example.com');
    const text = `id,email,title\n${id},bob@example.com,\n${agent.id},,Spy\n${id}2,x@y.z,Boss,more\nnobody,x@y.z,\n`;
    const { id: importId } = await scene.imports.review(text, { key: 'id', mode: 'update' });
    const rows = await scene.imports.rows(importId);
    expect(verdicts(rows)).to.deep.equal(['2 email_taken', '3 agency_user', '4 invalid', '5 invalid']);
    const errors = await scene.imports.file(importId, 'errors.csv');
    expect(errors).to.contain(`${id},bob@example.com,,email_taken: this email is already used by another user\r\n`);
    const again = await scene.imports.review(errors, {
      key: 'id',
      mode: 'update',
      columns: { id: 'id', email: 'email' },
    });
    expect(again.rows).to.equal(4);
  });

  for (const [action, status] of [
    ['deactivate', 'deactivated'],
    ['terminate', 'terminated'],
  ] as const)
    it(`changes only the profile of somebody ${status}, with a hint`, async () => {
      const { id } = await scene.organization.addActiveUser('Ada', 'ada@example.com');
      expectStatus(await scene.rollcall.api.post(`${scene.organization.path}/users/${id}/${action}`), 200);
      const done = await scene.imports.run('email,title\nada@example.com,Boss\n', { activateNew: true });
      const [row] = await scene.imports.rows(done.id);
      expect(row.reasons).to.deep.equal([`the user is ${status}: only the profile changes`]);
      expect(await scene.organization.user(id)).to.deep.include({ status });
      expect(await titleOf('ada@example.com')).to.equal('Boss');
    });

  it('takes its changes back by before.csv', async () => {
    await scene.imports.run('email,name,title\nada@example.com,Ada,Boss\nbob@example.com,Bob,\n');
    const done = await scene.imports.run('email,name,title\nada@example.com,Ada L,\nbob@example.com,Bob,Clerk\n', {
      blank: 'clear',
    });
    const before = await scene.imports.file(done.id, 'before.csv');
    const back = await scene.imports.run(before, { key: 'id', mode: 'update', blank: 'clear' });
    expect(back.outcomes).to.deep.equal({ update: 2 });
    const [ada, bob] = [
      await scene.organization.userByEmail('ada@example.com'),
      await scene.organization.userByEmail('bob@example.com'),
    ];
    expect([ada.name, ada.attributes.title, bob.attributes.title]).to.deep.equal(['Ada', 'Boss', undefined]);
  });

  it('leaves whoever changed since the review as they are', async () => {
    const { id } = await scene.organization.addActiveUser('Ada', 'ada@example.com');
    const reviewed = await scene.imports.review('email,title\nada@example.com,Boss\n');
    expectStatus(await scene.rollcall.api.patch(`${scene.organization.path}/users/${id}`, { title: 'Queen' }), 200);
    expect((await scene.imports.carryOut(reviewed)).outcomes).to.deep.equal({ changed: 1 });
    expect(await titleOf('ada@example.com')).to.equal('Queen');
  });

  it('has no effect on anybody after SCIM was switched on midway', async () => {
    const { id, digest } = await scene.imports.review('email,name\nnew@example.com,New\n');
    const { imports: store, organizations } = scene.rollcall.rollcall.deps.stores;
    const entry = await store.get(scene.organization.id, id);
    if (!entry) throw new Error('no import');
    await store.save({ ...entry, version: entry.version + 1, state: 'committing', carriedOut: 0, digest });
    const { settings, ...rest } = (await organizations.get(scene.organization.id)) as NonNullable<
      Awaited<ReturnType<typeof organizations.get>>
    >;
    const scimOn = { ...settings, version: settings.version + 1, scim: { ...settings.scim, enabled: true } };
    await organizations.save({ ...rest, version: rest.version + 1, settings: scimOn });
    await scene.rollcall.rollcall.deps.queue.enqueue('import', { organizationId: scene.organization.id, importId: id });
    const done = await scene.imports.settled(id, ['done']);
    expect(done.outcomes).to.deep.equal({ superseded: 1 });
    const { body } = await scene.rollcall.api.get(`${scene.organization.path}/users?status=all`);
    expect(body.total).to.equal(0);
  });

  it('is carried out only under the digest of its review, once, and while the settings are the same', async () => {
    const reviewed = await scene.imports.review('email,name\nnew@example.com,New\n');
    expect((await scene.imports.commit(reviewed.id, 'another')).body.code).to.equal('import_changed');
    const done = await scene.imports.carryOut(reviewed);
    expect(expectStatus(await scene.imports.commit(done.id, done.digest), 202).outcomes).to.deep.equal({ create: 1 });
    const second = await scene.imports.review('email,name\nnext@example.com,Next\n');
    await scene.organization.change({ linkExistingUsers: 'ask' });
    expect((await scene.imports.commit(second.id, second.digest)).body.code).to.equal('import_changed');
    const { path } = scene.organization;
    expectStatus(await scene.rollcall.api.post(`${path}/imports/${second.id}/cancel`), 200);
    expect((await scene.imports.commit(second.id, second.digest)).body.code).to.equal('import_state');
  });

  it('remembers the mapping of the same headers', async () => {
    await scene.imports.review('Wer,Was\na@x.io,Chef\n', { columns: { Wer: 'email', Was: 'title' }, mode: 'update' });
    const { suggestion } = await scene.imports.upload('Was,Wer\nChef,a@x.io\n');
    expect(suggestion).to.deep.include({ columns: { Wer: 'email', Was: 'title' }, mode: 'update' });
  });

  it('takes all of what it remembers when nothing is chosen, and nobody’s options when something is', async () => {
    const columns = { Nr: 'employeeNumber', Was: 'title' };
    const options = { key: 'employeeNumber', blank: 'clear', mode: 'update', activateNew: true };
    await scene.imports.review('Nr,Was\n7,Chef\n', { columns, ...options });
    const { id } = await scene.imports.upload('Nr,Was\n7,Chef\n');
    expect((await scene.imports.map(id)).mapping).to.deep.equal({ columns, ...options });
    expect((await scene.imports.map(id, { mode: 'update' })).mapping).to.deep.equal({
      columns,
      key: 'employeeNumber',
      blank: 'keep',
      mode: 'update',
      activateNew: false,
    });
  });

  it('reads the column of a key that is asked for, though it was not read before', async () => {
    const { id } = await scene.organization.addUser('Ada', 'ada@example.com');
    const text = `id,email,title\n${id},ada@example.com,Boss\n`;
    const { id: first } = await scene.imports.run(text, { columns: { email: 'email', title: 'title' } });
    const before = await scene.imports.upload(await scene.imports.file(first, 'before.csv'));
    expect((await scene.imports.map(before.id, { key: 'id', blank: 'clear' })).counts).to.deep.equal({ update: 1 });
  });

  it('remembers which of two headers that compare the same was meant', async () => {
    const columns = { 'E-Mail': 'email', name: 'name' };
    await scene.imports.review('E-Mail,email,name\na@x.io,b@x.io,Ann\n', { columns });
    const { suggestion } = await scene.imports.upload('name,email,e-mail\nAnn,b@x.io,a@x.io\n');
    expect(suggestion.columns).to.deep.equal({ name: 'name', email: null, 'e-mail': 'email' });
  });
});
