import { expect } from 'chai';
import type { Body } from '../support/api-client.ts';
import { importScene } from '../support/imports.ts';
import { expectStatus } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const CUSTOM_FIELDS = [
  { key: 'badge', name: 'Badge number', type: 'text' },
  { key: 'desks', name: 'Desks', type: 'number' },
  { key: 'remote', name: 'Remote', type: 'boolean' },
  { key: 'since', name: 'Since', type: 'date' },
  { key: 'shirt', name: 'Shirt', type: 'choice', choices: ['S', 'M', 'L'] },
];

/** A column of each attribute, a cell of it, and where its value is read. */
const EVERY_COLUMN: readonly (readonly [column: string, cell: string, read: (attributes: Body) => unknown])[] = [
  ['name', 'Ada Lovelace', ({ displayName }) => displayName],
  ['givenName', 'Ada', ({ name }) => name.givenName],
  ['familyName', 'Lovelace', ({ name }) => name.familyName],
  ['title', '-Analyst', ({ title }) => title],
  ['department', 'Engines', ({ department }) => department],
  ['location', 'London', ({ location }) => location],
  ['division', 'North', ({ division }) => division],
  ['costCenter', 'C-1', ({ costCenter }) => costCenter],
  ['organization', 'Acme', ({ organization }) => organization],
  ['employeeNumber', '007', ({ employeeNumber }) => employeeNumber],
  ['manager', 'm1', ({ manager }) => manager.value],
  ['phone', '+44 20 1', ({ phoneNumbers }) => phoneNumbers[0].value],
  ['timezone', 'Europe/London', ({ timezone }) => timezone],
  ['locale', 'en-GB', ({ locale }) => locale],
  ['preferredLanguage', 'en', ({ preferredLanguage }) => preferredLanguage],
  ['userType', 'Employee', ({ userType }) => userType],
  ['nickName', 'Countess', ({ nickName }) => nickName],
  ['profileUrl', 'https://ada.example', ({ profileUrl }) => profileUrl],
  ['linkedIn', 'https://www.linkedin.com/in/ada', ({ linkedIn }) => linkedIn],
  ['dailyInterviewLimit', '2', ({ dailyInterviewLimit }) => String(dailyInterviewLimit)],
  ['weeklyInterviewLimit', '5', ({ weeklyInterviewLimit }) => String(weeklyInterviewLimit)],
  ['custom.badge', 'B "7"', ({ custom }) => custom.badge],
  ['custom.desks', '-1.5', ({ custom }) => String(custom.desks)],
  ['custom.remote', 'true', ({ custom }) => String(custom.remote)],
  ['custom.since', '2026-01-31', ({ custom }) => custom.since],
  ['custom.shirt', 'M', ({ custom }) => custom.shirt],
];

const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
const csv = (...rows: readonly (readonly string[])[]) => rows.map((row) => row.map(quoted).join()).join('\n');

describeBothWays('The columns of a CSV file', (way) => {
  const scene = importScene(way);
  beforeEach(() => scene.organization.change({ customFields: CUSTOM_FIELDS }));

  const attributesOf = async (email: string) => (await scene.organization.userByEmail(email)).attributes;
  const exported = async (): Promise<string> =>
    (await scene.rollcall.api.get(`${scene.organization.path}/users.csv?status=all`)).text;
  /** The one row of a file about somebody who is there, or will be. */
  const judgedRow = async (columns: object, email = 'new@example.com'): Promise<Body> => {
    const members = Object.entries({ email, name: 'New', ...columns });
    const { id } = await scene.imports.review(
      csv(
        members.map(([name]) => name),
        members.map(([, cell]) => cell),
      ),
    );
    const [row] = await scene.imports.rows(id);
    return row as Body;
  };

  it('are all attributes people may have, the organization’s own fields among them', async () => {
    const header = ['email', ...EVERY_COLUMN.map(([name]) => name)];
    const done = await scene.imports.run(csv(header, ['ada@example.com', ...EVERY_COLUMN.map(([, cell]) => cell)]));
    expect(done.outcomes).to.deep.equal({ create: 1 });
    const attributes = await attributesOf('ada@example.com');
    for (const [name, cell, read] of EVERY_COLUMN) expect(read(attributes), name).to.equal(cell);
  });

  it('go out and come back exactly: nothing is written, whoever said it', async () => {
    const header = ['email', ...EVERY_COLUMN.map(([name]) => name), 'pools'];
    await scene.organization.name('pools', 'p1', 'p;2');
    const cells = ['ada@example.com', ...EVERY_COLUMN.map(([, cell]) => cell), 'p1'];
    await scene.imports.run(csv(header, cells), { activateNew: true });
    const ada = await scene.organization.userByEmail('ada@example.com');
    expectStatus(await scene.rollcall.api.put(`${scene.organization.path}/users/${ada.id}/pools/p;2`, {}), 200);
    await scene.organization.addUser('Nameless', 'n@example.com', {
      title: ' blank around ',
      phoneNumbers: [{ value: '1' }],
    });
    const scim = await scene.organization.connectScim();
    const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User'];
    const odd = { timezone: 'Mars/Olympus', title: `=1+1\r\n"x"`, nickName: '\t; |,', locale: '' };
    await scim.post('/Users', { schemas, userName: 'eve', displayName: "'=Eve", ...odd });
    const before = await scene.rollcall.api.get(`${scene.organization.path}/users?status=all`);
    const text = await exported();
    const done = await scene.imports.run(text, { blank: 'clear' });
    expect(done).to.deep.include({ counts: { unchanged: 3 }, outcomes: {} });
    expect((await scene.rollcall.api.get(`${scene.organization.path}/users?status=all`)).body).to.deep.equal(
      before.body,
    );
    expect(await exported()).to.equal(text);
  });

  for (const [column, cell] of [
    ['timezone', 'Mars/Olympus'],
    ['linkedIn', 'javascript:alert(1)'],
    ['dailyInterviewLimit', '51'],
    ['dailyInterviewLimit', '1.5'],
    ['weeklyInterviewLimit', '-1'],
    ['weeklyInterviewLimit', 'many'],
    ['title', 'x'.repeat(501)],
    ['name', 'x'.repeat(201)],
    ['title', 'x\0y'],
    ['name', '\0'],
    ['custom.desks', 'one'],
    ['custom.remote', 'perhaps'],
    ['custom.since', '2026-02-30'],
    ['custom.shirt', 'XXL'],
  ] as const)
    it(`refuse what an edit refuses, naming the column: ${column} ${cell.slice(0, 20)}`, async () => {
      const row = await judgedRow({ [column]: cell });
      expect(row.verdict).to.equal('invalid');
      expect(row.reasons).to.have.length(1);
      expect(row.reasons[0]).to.match(new RegExp(`^${column} must `));
      const { id } = await scene.organization.addUser('Ada', 'ada@example.com');
      const value = Number.isNaN(Number(cell)) ? cell : Number(cell);
      const [name, key] = column.split('.') as [string, string?];
      const edit = key ? { [name]: { [key]: value } } : { [name]: value };
      expect((await scene.rollcall.api.patch(`${scene.organization.path}/users/${id}`, edit)).status).to.equal(400);
      expect((await judgedRow({ [column]: cell }, 'ada@example.com')).verdict).to.equal('invalid');
    });

  it('tell every mistake of a row at once', async () => {
    const { reasons } = await judgedRow({ timezone: 'Mars', linkedIn: 'no', pools: 'p9' });
    expect(reasons).to.have.length(3);
  });

  it('take numbers and yes and no as people write them', async () => {
    await scene.imports.run('email,name,Desks,Remote\na@x.io,Ann,08,TRUE\n');
    expect((await attributesOf('a@x.io')).custom).to.deep.equal({ desks: 8, remote: true });
    expect((await scene.imports.review('email,name,Desks,Remote\na@x.io,Ann,8.0,true\n')).counts).to.deep.equal({
      unchanged: 1,
    });
  });

  describe('of the phone', () => {
    const numbers = [
      { value: '1', type: 'work' },
      { value: '2', type: 'home', primary: true },
    ];
    beforeEach(async () => {
      const body = { name: 'Ada', email: 'ada@example.com', phoneNumbers: numbers };
      expectStatus(await scene.rollcall.api.post(`${scene.organization.path}/users`, body), 201);
    });

    it('change the number in its place', async () => {
      await scene.imports.run('email,phone\nada@example.com,3\n');
      const changed = [numbers[0], { ...numbers[1], value: '3' }];
      expect((await attributesOf('ada@example.com')).phoneNumbers).to.deep.equal(changed);
    });

    it('clear all numbers, so that the same file again changes nothing', async () => {
      const text = 'email,phone\nada@example.com,\n';
      await scene.imports.run(text, { blank: 'clear' });
      expect(await attributesOf('ada@example.com')).not.to.have.property('phoneNumbers');
      expect((await scene.imports.review(text, { blank: 'clear' })).counts).to.deep.equal({ unchanged: 1 });
    });
  });

  it('take no field that the scene.organization does not declare', async () => {
    const { id } = await scene.imports.upload('email,name,Size\na@x.io,Ann,42\n');
    const columns = { email: 'email', name: 'name', Size: 'custom.shoeSize' };
    const answer = await scene.rollcall.api.put(`${scene.organization.path}/imports/${id}/mapping`, { columns });
    expect(answer.status).to.equal(400);
    expect(answer.body.errors[0].path).to.equal('columns.Size');
    const known = { email: 'email', name: 'name', Size: 'custom.desks' };
    await scene.imports.map(id, { columns: known });
    await scene.organization.change({ customFields: [] });
    const { suggestion } = await scene.imports.upload('Size,email,name\n1,a@x.io,Ann\n');
    expect(suggestion.columns).to.deep.equal({ email: 'email', name: 'name', Size: null });
  });

  it('of status, level, roles, ids and agency are never written, and listed as ignored', async () => {
    const { id } = await scene.organization.addUser('Ada', 'ada@example.com');
    const before = await scene.organization.user(id);
    const header = [
      'email',
      'Status',
      'access-level',
      'Roles',
      'User ID',
      'ID',
      'SCIM id',
      'host id',
      'Agency',
      'Shoe',
    ];
    const row = ['ada@example.com', 'active', 'admin', 'recruiter', '1', '2', '3', '4', '5', '6'];
    const done = await scene.imports.run(csv(header, row));
    expect(done.ignored).to.deep.equal(header.slice(1, -1));
    expect(done.counts).to.deep.equal({ unchanged: 1 });
    expect(await scene.organization.user(id)).to.deep.equal(before);
    const columns = { email: 'email', Status: 'status' };
    const answer = await scene.rollcall.api.put(`${scene.organization.path}/imports/${done.id}/mapping`, { columns });
    expect(answer.status).to.equal(400);
  });

  describe('of pools', () => {
    const poolsOf = async (email: string) => (await scene.organization.userByEmail(email)).access.pools;
    beforeEach(async () => {
      await scene.organization.name('pools', 'p1', 'p2');
      const { body } = await scene.rollcall.api.post(`${scene.organization.path}/pools`, {
        name: 'Backend Interviewers',
      });
      backend = body.id;
    });
    let backend = '';

    it('put people into pools named by id or name, and take nobody out', async () => {
      const { id } = await scene.organization.addActiveUser('Ada', 'ada@example.com');
      expectStatus(await scene.rollcall.api.put(`${scene.organization.path}/users/${id}/pools/p1`, {}), 200);
      const text = 'email,Interviewer pools\nada@example.com,p2; backend INTERVIEWERS ;;p2\n';
      const done = await scene.imports.run(text);
      const [row] = await scene.imports.rows(done.id);
      expect([row?.from.pools, row?.to.pools]).to.deep.equal(['p1', `p1;p2;${backend}`]);
      expect(await poolsOf('ada@example.com')).to.have.members(['p1', 'p2', backend]);
      const fewer = await scene.imports.run('email,pools\nada@example.com,p2\n', { blank: 'clear' });
      expect(fewer.counts).to.deep.equal({ unchanged: 1 });
      const none = await scene.imports.run('email,pools\nada@example.com,\n', { blank: 'clear' });
      expect(none.counts).to.deep.equal({ unchanged: 1 });
      expect(await poolsOf('ada@example.com')).to.have.length(3);
    });

    it('are invalid where one is unknown, naming it', async () => {
      await scene.organization.addActiveUser('Ada', 'ada@example.com');
      const row = await judgedRow({ pools: 'p1;P9', title: 'Boss' }, 'ada@example.com');
      expect([row.verdict, row.reasons]).to.deep.equal(['invalid', ['there is no pool P9']]);
    });

    it('put nobody into a pool who is not active, and say so', async () => {
      await scene.organization.addUser('Ada', 'ada@example.com');
      const reason = 'only active users can be in an interviewer pool';
      const alone = await judgedRow({ name: 'Ada', pools: 'p1' }, 'ada@example.com');
      expect([alone.verdict, alone.reasons]).to.deep.equal(['invalid', [reason]]);
      const text = 'email,name,title,pools\nada@example.com,Ada,Boss,p1\nnew@example.com,New,,p1\n';
      const done = await scene.imports.run(text);
      expect(done.outcomes).to.deep.equal({ partial: 1, create: 1 });
      for (const { reasons } of await scene.imports.rows(done.id)) expect(reasons).to.deep.equal([reason]);
      expect(await poolsOf('ada@example.com')).to.deep.equal([]);
      expect((await attributesOf('ada@example.com')).title).to.equal('Boss');
      expect(await poolsOf('new@example.com')).to.deep.equal([]);
    });

    it('put new people who are activated into pools at once', async () => {
      await scene.imports.run('email,name,pools\nnew@example.com,New,p1;p2\n', { activateNew: true });
      expect(await poolsOf('new@example.com')).to.have.members(['p1', 'p2']);
    });

    it('are looked at again when they are carried out', async () => {
      await scene.organization.addActiveUser('Ada', 'ada@example.com');
      const reviewed = await scene.imports.review('email,pools\nada@example.com,p1\n');
      expectStatus(await scene.rollcall.api.delete(`${scene.organization.path}/pools/p1`), 204);
      expect((await scene.imports.carryOut(reviewed)).outcomes).to.deep.equal({ changed: 1 });
      expect(await poolsOf('ada@example.com')).to.deep.equal([]);
    });
  });
});
