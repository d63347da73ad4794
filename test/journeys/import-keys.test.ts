import { expect } from 'chai';
import type { Body } from '../support/api-client.ts';
import { importScene } from '../support/imports.ts';
import { expectStatus } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

describeBothWays('The key of a CSV file', (way) => {
  const scene = importScene(way);

  const judged = (rows: readonly Body[]) => rows.map(({ line, verdict }) => `${line} ${verdict}`);
  const employee = (name: string, employeeNumber: string, more: object = {}) =>
    scene.organization.addUser(name, `${name.toLowerCase()}@example.com`, { employeeNumber, ...more });
  const BY_NUMBER = { key: 'employeeNumber', mode: 'update' };

  it('is the employee number when chosen: who has it is changed, address and all', async () => {
    const { id } = await employee('Ada', 'E-7');
    const other = await employee('Bob', 'e-7');
    const done = await scene.imports.run('Staff number,email,title\n E-7 ,countess@example.com,Boss\n', BY_NUMBER);
    expect(done.outcomes).to.deep.equal({ update: 1 });
    const ada = await scene.organization.user(id);
    expect([ada.email, ada.attributes.title]).to.deep.equal(['countess@example.com', 'Boss']);
    expect(await scene.organization.user(other.id)).to.deep.equal(other);
  });

  it('is ambiguous when several people have one number: nothing is written', async () => {
    const twins = [await employee('Ada', '1'), await employee('Bob', '1'), await employee('Eve', '2')];
    const done = await scene.imports.run('employee number,title\n1,Boss\n2,Clerk\n', BY_NUMBER);
    expect(done.counts).to.deep.equal({ ambiguous: 1, update: 1 });
    const [row] = await scene.imports.rows(done.id, '?verdict=ambiguous');
    expect(row?.reasons).to.deep.equal(['more than one user has this employeeNumber']);
    for (const before of twins.slice(0, 2)) expect(await scene.organization.user(before.id)).to.deep.equal(before);
    expect(await scene.imports.file(done.id, 'errors.csv')).to.contain('1,Boss,ambiguous: more than one');
  });

  it('is invalid when blank, and when nobody has it and nobody may be created', async () => {
    const { id } = await scene.imports.review('employeeNumber,title\n,Boss\n404,Boss\n', BY_NUMBER);
    const rows = await scene.imports.rows(id);
    expect(judged(rows)).to.deep.equal(['2 invalid', '3 invalid']);
    expect(rows.map(({ reasons }) => reasons[0])).to.deep.equal([
      'employeeNumber is blank, and it names the user',
      'nobody has this employeeNumber',
    ]);
  });

  it('creates whoever has a new number, unless they lack an address or somebody else has it', async () => {
    const bob = await employee('Bob', '1');
    const text = 'employeeNumber,name,email\n2,Eve,eve@example.com\n3,Max,\n4,Rob,BOB@example.com\n1,Bobby,\n';
    const done = await scene.imports.run(text, { key: 'employeeNumber' });
    const rows = await scene.imports.rows(done.id);
    expect(judged(rows)).to.deep.equal(['2 create', '3 invalid', '4 email_taken', '5 update']);
    expect(rows[1]?.reasons).to.deep.equal(['a new user needs an email']);
    expect(rows[2]?.userId).to.equal(bob.id);
    expect((await scene.organization.userByEmail('eve@example.com')).attributes.employeeNumber).to.equal('2');
    const created = await scene.imports.review('employeeNumber,name,email\n1,B,b@example.com\n', {
      key: 'employeeNumber',
      mode: 'create',
    });
    expect(created.counts).to.deep.equal({ invalid: 1 });
  });

  it('leaves an address taken though a row without a key, or one that is refused, asks for another', async () => {
    await scene.organization.addUser('Bob', 'bob@example.com');
    await employee('Ada', '1');
    await employee('Eve', '1');
    const rows = [
      ',Nobody,none@example.com',
      '8,Rob,bob@example.com',
      '1,Ada,new@example.com',
      '9,Max,ada@example.com',
    ];
    const text = ['employeeNumber,name,email', ...rows].join('\n');
    const { id } = await scene.imports.review(text, { key: 'employeeNumber' });
    const expected = ['2 invalid', '3 email_taken', '4 ambiguous', '5 email_taken'];
    const judgedRows = await scene.imports.rows(id);
    expect(judged(judgedRows)).to.deep.equal(expected);
    // Bob has no number, and yet a row without one is not about him.
    expect(judgedRows[1]?.reasons).to.deep.equal(['this email is already used by another user']);
  });

  it('keeps two rows of one new address apart: none is taken, each names the other', async () => {
    const text = 'employeeNumber,name,email\n1,Ann,a@x.io\n2,Ben,A@x.io\n3,Eve,e@x.io\n';
    const { id } = await scene.imports.review(text, { key: 'employeeNumber' });
    const rows = await scene.imports.rows(id);
    expect(judged(rows)).to.deep.equal(['2 duplicate', '3 duplicate', '4 create']);
    expect(rows[0]?.reasons[0]).to.contain('line 3');
    expect(rows[1]?.reasons[0]).to.contain('line 2');
  });

  const emailOf = async (id: string) => (await scene.organization.user(id)).email;

  it('lets people swap addresses, in a ring or one after the other, wherever their rows stand', async () => {
    const people = [];
    for (const [index, name] of ['Ada', 'Bob', 'Eve', 'Max', 'Zoe'].entries())
      people.push(await employee(name, String(index)));
    const others = Array.from({ length: 600 }, (_, n) => `x${n},,X${n},\n`);
    const rows = ['0,,,BOB@example.com\n', '3,,,zoe@example.com\n', ...others, '1,,,eve@example.com\n'];
    const last = ['2,,,ada@example.com\n', '4,,,free@example.com\n'];
    const text = ['employeeNumber,title,name,email\n', ...rows, ...last].join('');
    const reviewed = await scene.imports.review(text, { key: 'employeeNumber' });
    expect(reviewed.counts).to.deep.equal({ invalid: 600, update: 5 });
    const done = await scene.imports.carryOut(reviewed);
    expect(done.outcomes).to.deep.equal({ update: 5 });
    const names = ['BOB', 'eve', 'ada', 'zoe', 'free'].map((name) => `${name}@example.com`);
    expect(await Promise.all(people.map(({ id }) => emailOf(id)))).to.deep.equal(names);
    const again = await scene.imports.review(text, { key: 'employeeNumber' });
    expect(again.counts).to.deep.equal({ invalid: 600, unchanged: 5 });
  });

  it('gives nobody an address whose holder keeps it in the end, and says which line asks for it', async () => {
    const [ada, bob] = [await employee('Ada', '1'), await employee('Bob', '2')];
    const swap = 'employeeNumber,email,timezone\n1,bob@example.com,\n2,ADA@example.com,Mars\n';
    const refused = await scene.imports.review(swap, BY_NUMBER);
    expect(refused.counts).to.deep.equal({ email_taken: 1, invalid: 1 });
    expect((await scene.imports.rows(refused.id))[0]?.reasons[1]).to.contain('line 3 asks for another address');
    const reviewed = await scene.imports.review(swap.replace('Mars', 'UTC'), BY_NUMBER);
    expect(reviewed.counts).to.deep.equal({ update: 2 });
    await scene.rollcall.api.patch(`${scene.organization.path}/users/${bob.id}`, { timezone: 'Europe/Berlin' });
    expect((await scene.imports.carryOut(reviewed)).outcomes).to.deep.equal({ changed: 2 });
    expect([await emailOf(ada.id), await emailOf(bob.id)]).to.deep.equal(['ada@example.com', 'bob@example.com']);
  });

  it('frees nothing for a chain at whose end somebody stays', async () => {
    for (const [index, name] of ['Ada', 'Bob', 'Eve'].entries()) await employee(name, String(index + 1));
    const chain = 'employeeNumber,email,timezone\n1,bob@example.com,\n2,eve@example.com,\n3,new@example.com,Mars\n';
    expect((await scene.imports.review(chain, BY_NUMBER)).counts).to.deep.equal({ email_taken: 2, invalid: 1 });
  });

  it('lets admins swap addresses too: the last one stays one', async () => {
    const people = [await employee('Ada', '1'), await employee('Bob', '2')];
    const { path } = scene.organization;
    const [ada = '', bob = ''] = people.map(({ id }) => id);
    expectStatus(await scene.rollcall.api.post(`${path}/users/${ada}/activate`), 200);
    expectStatus(await scene.rollcall.api.put(`${path}/users/${ada}/access`, { level: 'admin', roles: [] }), 200);
    const swap = 'employeeNumber,email\n1,bob@example.com\n2,ada@example.com\n';
    expect((await scene.imports.run(swap, BY_NUMBER)).outcomes).to.deep.equal({ update: 2 });
    expect([await emailOf(ada), await emailOf(bob)]).to.deep.equal(['bob@example.com', 'ada@example.com']);
    const moved = await scene.imports.run('employeeNumber,email\n2,bob@example.com\n1,boss@example.com\n', BY_NUMBER);
    expect(moved.outcomes).to.deep.equal({ update: 2 });
    expect(await scene.organization.user(ada)).to.deep.nested.include({
      email: 'boss@example.com',
      status: 'active',
      'access.level': 'admin',
    });
    const refused = await scene.rollcall.api.post(`${path}/users/${ada}/deactivate`);
    expect(refused.body.code).to.equal('last_admin');
  });

  it('is an agency user’s: they are not changed', async () => {
    await employee('Agent', '1', { kind: 'agency' });
    const { counts } = await scene.imports.review('employeeNumber,title\n1,Spy\n', BY_NUMBER);
    expect(counts).to.deep.equal({ agency_user: 1 });
  });

  it('is looked at again when the rows are carried out', async () => {
    await employee('Ada', '1');
    const reviewed = await scene.imports.review('employeeNumber,title\n1,Boss\n', BY_NUMBER);
    await employee('Bob', '1');
    expect((await scene.imports.carryOut(reviewed)).outcomes).to.deep.equal({ changed: 1 });
  });

  it('is what source says, where one decides the number', async () => {
    await employee('Ada', '1');
    const scim = await scene.organization.connectScim();
    const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
    const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User', enterprise];
    const eve = { schemas, userName: 'eve@example.com', displayName: 'Eve', [enterprise]: { employeeNumber: '9' } };
    expect((await scim.post('/Users', eve)).status).to.equal(201);
    const done = await scene.imports.run('employeeNumber,title\n9,Boss\n', BY_NUMBER);
    expect(done.outcomes).to.deep.equal({ update: 1 });
    expect((await scene.organization.userByEmail('eve@example.com')).attributes.title).to.equal('Boss');
  });

  it('needs a column, and a mode that goes with it', async () => {
    const { id } = await scene.imports.upload('name,title\nAnn,Boss\n');
    const map = (mapping: object) =>
      scene.rollcall.api.put(`${scene.organization.path}/imports/${id}/mapping`, mapping);
    expect((await map({ key: 'employeeNumber' })).body.errors[0].path).to.equal('key');
    const columns = { name: 'employeeNumber', title: 'title' };
    expect((await map({ key: 'employeeNumber', columns })).body.errors[0].path).to.equal('columns');
    const byId = { key: 'id', mode: 'create', columns: { name: 'id', title: 'email' } };
    expect((await map(byId)).body.errors[0].path).to.equal('mode');
  });

  it('is the id by itself for a file that was exported, so that an address may be amended in it', async () => {
    const { id } = await scene.organization.addActiveUser('Ada', 'ada@example.com');
    const { text } = await scene.rollcall.api.get(`${scene.organization.path}/users.csv`);
    const { suggestion } = await scene.imports.upload(text);
    expect(suggestion.key).to.equal('id');
    const done = await scene.imports.run(text.replace('ada@example.com', 'countess@example.com'));
    expect(done.outcomes).to.deep.equal({ update: 1 });
    expect((await scene.organization.user(id)).email).to.equal('countess@example.com');
  });
});
