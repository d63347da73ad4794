import { expect } from 'chai';
import { importStep } from '../../src/services/import-step.ts';
import type { Body } from '../support/api-client.ts';
import { importsOf } from '../support/imports.ts';
import { createInterruptions } from '../support/interruptions.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall, until } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

/** Rows of a page. */
const PAGE = 500;
/** Rows of a file that are written a few at a time. */
const SOME = 130;
const HALF = SOME / 2;
const SCIM_ON = { scim: { enabled: true } };

const fileOf = (rows: number, title = 'Clerk') =>
  ['name,email,title', ...Array.from({ length: rows }, (_, n) => `Person ${n},p${n}@example.com,${title}`)].join('\n');

describeBothWays('A CSV file that is being carried out', (way) => {
  const interruptions = createInterruptions();
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let imports: ReturnType<typeof importsOf>;
  before(async () => {
    const { around } = interruptions;
    rollcall = await startRollcall({ env: way.env(), google: { people: 3 }, overrides: { around } });
  });
  after(() => rollcall.stop());
  afterEach(() => interruptions.clear());
  beforeEach(async () => {
    organization = await rollcall.addOrganization();
    imports = importsOf(rollcall, organization);
  });

  const people = async (query = ''): Promise<Body> =>
    expectStatus(await rollcall.api.get(`${organization.path}/users?status=all${query}`), 200);
  const settings = async (change: object) =>
    expectStatus(await rollcall.api.patch(`${organization.path}/settings`, change), 200);
  const cancel = (id: string) => rollcall.api.post(`${organization.path}/imports/${id}/cancel`);
  const amend = async (id: string, change: object) =>
    expectStatus(await rollcall.api.patch(`${organization.path}/users/${id}`, change), 200);
  const linesOf = (text: string) => text.trimEnd().split('\r\n').slice(1);
  const dies = (): never => {
    throw new Error('killed');
  };
  /** As if the process had died before it could tell what became of a page: the next one does the page again. */
  const diesBeforeItTells = (meanwhile: () => unknown = () => undefined) =>
    interruptions.before('imports.addPart', 1, async () => {
      await meanwhile();
      dies();
    });

  it('leaves the rest superseded when SCIM is switched on between two chunks', async () => {
    const reviewed = await imports.review(fileOf(PAGE + 20));
    interruptions.before('imports.addPart', 1, () => settings(SCIM_ON));
    const done = await imports.carryOut(reviewed);
    expect(done.outcomes).to.deep.equal({ create: PAGE, superseded: 20 });
    expect((await people('&limit=1')).total).to.equal(PAGE);
    const [last] = (await imports.rows(done.id, '?limit=20&cursor=1.19')) as [Body];
    expect(last).to.include({ verdict: 'superseded', outcome: 'superseded' });
    expect(last.reasons).to.deep.equal(['SCIM was switched on after the review']);
    const rest = await imports.rows(done.id, '?verdict=superseded&limit=200');
    expect(rest.map(({ line }) => line)).to.deep.equal(Array.from({ length: 20 }, (_, index) => PAGE + 2 + index));
    expect(await imports.rows(done.id, '?verdict=create&cursor=1.0')).to.deep.equal([]);
    expect(linesOf(await imports.file(done.id, 'errors.csv'))).to.have.length(20);
  });

  it('writes nothing more than what was in flight when SCIM is switched on in the middle of a chunk', async () => {
    const reviewed = await imports.review(fileOf(SOME));
    let early = interruptions.writes();
    interruptions.before('users.saveMany', 2, () => {
      early = interruptions.writes();
      return settings(SCIM_ON);
    });
    const done = await imports.carryOut(reviewed);
    const inFlight = interruptions.writes();
    expect([early, inFlight]).to.deep.equal([early, early]);
    expect(done.outcomes).to.deep.equal({ create: 2 * early, superseded: SOME - 2 * early });
    expect((await people('&limit=1')).total).to.equal(2 * early);
  });

  for (const [nobody, looks] of [
    ['', []],
    [', though who wrote them dies before they take anybody back', [1]],
    [', though one after the other dies over it', [3, 7]],
  ] as const)
    it(`activates nobody whose writing was under way when SCIM was switched on${nobody}`, async () => {
      const reviewed = await imports.review(fileOf(SOME), { activateNew: true });
      let early = interruptions.writes();
      interruptions.before('users.saveMany', 2, async () => {
        early = interruptions.writes();
        await settings(SCIM_ON);
        for (const nth of looks) interruptions.before('users.get', nth, dies);
      });
      const done = await imports.carryOut(reviewed);
      expect(done.outcomes).to.deep.equal({ create: 2 * early, superseded: SOME - 2 * early });
      const { counts } = await people('&limit=1');
      expect([counts.active, counts.unprovisioned]).to.deep.equal([early, early]);
      const told = (await imports.rows(done.id, '?verdict=create&limit=200')).slice(early);
      const reasons = new Set(told.map((row) => row.reasons.join()));
      expect([...reasons]).to.deep.equal(['SCIM was switched on meanwhile: not activated']);
      const late = await organization.userByEmail(`p${early}@example.com`);
      expect(late).to.include({ status: 'unprovisioned', name: `Person ${early}` });
    });

  it('stops when it is cancelled: what was written stays and is counted, the rest never is', async () => {
    await imports.run(fileOf(SOME));
    const reviewed = await imports.review(fileOf(SOME, 'Boss'));
    const answers: Body[] = [];
    let early = interruptions.writes();
    interruptions.before('users.saveMany', 2, async () => {
      early = interruptions.writes();
      for (let n = 0; n < 2; n++) answers.push(expectStatus(await cancel(reviewed.id), 200).state);
    });
    expectStatus(await imports.commit(reviewed.id, reviewed.digest), 202);
    const over = await imports.settled(reviewed.id, ['cancelled']);
    expect(answers).to.deep.equal(['cancelling', 'cancelling']);
    expect(over.outcomes).to.deep.equal({ update: 2 * early });
    const titles = (await people('&limit=200')).items.map(({ attributes }: Body) => attributes.title);
    expect(titles.filter((title: string) => title === 'Boss')).to.have.length(2 * early);
    const told = (await imports.rows(over.id, '?limit=200')).filter(({ outcome }) => outcome === 'update');
    expect(told).to.have.length(2 * early);
    expect(linesOf(await imports.file(over.id, 'before.csv'))).to.have.length(2 * early);
    expect(expectStatus(await cancel(over.id), 200)).to.deep.equal(over);
    expect((await imports.commit(over.id, over.digest)).body.code).to.equal('import_state');
  });

  it('counts both sides of a swap when it is cancelled between their chunks', async () => {
    const [ada, bob] = [await organization.addUser('Ada', 'ada@x.io'), await organization.addUser('Bob', 'bob@x.io')];
    const eve = await organization.addUser('Eve', 'eve@x.io');
    const others = [...Array.from({ length: PAGE }, (_, n) => `x${n},,x\n`), `${eve.id},free@x.io,\n`];
    const text = ['id,email,title\n', `${ada.id},bob@x.io,\n`, ...others, `${bob.id},ada@x.io,Boss\n`].join('');
    const reviewed = await imports.review(text, { key: 'id' });
    interruptions.before('imports.addPart', 1, () => cancel(reviewed.id));
    expectStatus(await imports.commit(reviewed.id, reviewed.digest), 202);
    const over = await imports.settled(reviewed.id, ['cancelled']);
    expect(over).to.deep.include({ outcomes: { update: 2 }, progress: { pages: 0, of: 2 } });
    expect((await imports.rows(over.id, '?verdict=update')).map(({ outcome }) => outcome)).to.deep.equal([
      'update',
      undefined,
      'update',
    ]);
    expect((await organization.user(eve.id)).email).to.equal('eve@x.io');
    const back = await imports.run(await imports.file(over.id, 'before.csv'), { key: 'id', blank: 'clear' });
    expect(back.outcomes).to.deep.equal({ update: 2 });
    const after = [await organization.user(ada.id), await organization.user(bob.id)];
    expect(after.map(({ email, attributes }) => [email, attributes.title])).to.deep.equal([
      ['ada@x.io', undefined],
      ['bob@x.io', undefined],
    ]);
  });

  it('counts what a dead process had written when it is cancelled before anybody could tell', async () => {
    const reviewed = await imports.review(fileOf(SOME));
    diesBeforeItTells(() => cancel(reviewed.id));
    expectStatus(await imports.commit(reviewed.id, reviewed.digest), 202);
    const over = await imports.settled(reviewed.id, ['cancelled']);
    expect(over.outcomes).to.deep.equal({ create: SOME });
    expect((await people('&limit=1')).total).to.equal(SOME);
  });

  it('creates nobody a second time whose address was amended before a dead process could tell', async () => {
    const reviewed = await imports.review(fileOf(3));
    diesBeforeItTells(async () => {
      const { id } = await organization.userByEmail('p1@example.com');
      await amend(id, { email: 'amended@example.com' });
    });
    expect((await imports.carryOut(reviewed)).outcomes).to.deep.equal({ create: 3 });
    const { items } = await people();
    expect(items.map(({ email }: Body) => email).toSorted()).to.deep.equal([
      'amended@example.com',
      'p0@example.com',
      'p2@example.com',
    ]);
  });

  it('is written once, whatever a process had in hand that was asleep until all was done', async () => {
    await organization.addUser('Person 0', 'p0@example.com', { title: 'Clerk' });
    const reviewed = await imports.review(fileOf(SOME, 'Boss'));
    const { deps } = rollcall.rollcall;
    interruptions.before('users.saveMany', 1, async () => {
      while (await importStep(deps, organization.id, reviewed.id));
      for (const [n, change] of [{ title: 'Clerk' }, { email: 'amended@example.com' }].entries())
        await amend((await organization.userByEmail(`p${n}@example.com`)).id, change);
    });
    const done = await imports.carryOut(reviewed);
    const sleeper = 'the one who slept has looked again';
    await until(sleeper, async () => (await rollcall.rollcall.deps.queue.counts()).running === 0);
    expect(await imports.read(done.id)).to.deep.equal(done);
    expect(done.outcomes).to.deep.equal({ create: SOME - 1, update: 1 });
    expect((await people('&limit=1')).total).to.equal(SOME);
    expect((await organization.userByEmail('p0@example.com')).attributes.title).to.equal('Clerk');
  });

  it('leaves whoever an admin has put back before a dead process could tell', async () => {
    const { id } = await organization.addUser('Person 0', 'p0@example.com', { title: 'Clerk' });
    const reviewed = await imports.review(fileOf(1, 'Boss'));
    diesBeforeItTells(() => amend(id, { title: 'Clerk' }));
    expect((await imports.carryOut(reviewed)).outcomes).to.deep.equal({ update: 1 });
    expect((await organization.user(id)).attributes.title).to.equal('Clerk');
  });

  it('is carried out once, whoever commits it at the same time or again', async () => {
    const { id, digest } = await imports.review(fileOf(2));
    const statuses: number[] = [];
    const commit = async () => statuses.push((await imports.commit(id, digest)).status);
    interruptions.before('imports.save', 1, commit);
    await commit();
    expect(statuses).to.deep.equal([202, 202]);
    const done = await imports.settled(id, ['done']);
    interruptions.writes();
    expect(expectStatus(await imports.commit(id, digest), 202)).to.deep.equal(done);
    expect(done.outcomes).to.deep.equal({ create: 2 });
    const versions = (await people()).items.map(({ version }: Body) => version);
    expect(versions).to.deep.equal([1, 1]);
    expect(interruptions.writes()).to.equal(0);
  });

  it('meets another file over the same people: each of them is written by one, and told changed or unchanged by the other', async () => {
    await imports.run(fileOf(HALF));
    const [left, right, twin] = [
      await imports.review(fileOf(SOME, 'Left')),
      await imports.review(fileOf(SOME, 'Right')),
      await imports.review(fileOf(SOME, 'Left')),
    ];
    const all = await Promise.all([left, right, twin].map(imports.carryOut));
    const sum = (name: string) => all.reduce((total, { outcomes }) => total + (outcomes[name] ?? 0), 0);
    expect([sum('create'), sum('update')]).to.deep.equal([HALF, HALF]);
    expect(sum('changed') + sum('unchanged')).to.equal(2 * SOME);
    const { items } = await people('&limit=200');
    expect(items.map(({ version }: Body) => version).toSorted()).to.deep.equal([
      ...Array<number>(HALF).fill(1),
      ...Array<number>(HALF).fill(2),
    ]);
    for (const [entry, title] of [
      [left, 'Left'],
      [right, 'Right'],
      [twin, 'Left'],
    ])
      for (const { outcome, userId } of await imports.rows(entry.id, '?limit=200'))
        if (outcome === 'create' || outcome === 'update')
          expect(items.find(({ id }: Body) => id === userId).attributes.title).to.equal(title);
  });

  it('and a directory that is synced meanwhile take nothing from each other', async () => {
    const { google } = rollcall;
    await organization.connectGoogle();
    await organization.change({ google: { syncUsers: true, autoEnableUsers: true } });
    await organization.sync();
    const addresses = [...google().control.everybody()].flatMap(({ suspended, archived, primaryEmail }) =>
      suspended || archived ? [] : [primaryEmail],
    );
    const rows = addresses.map((email) => `${email},https://www.linkedin.com/in/x`);
    const reviewed = await imports.review(['email,linkedin', ...rows].join('\n'));
    google().control.mutate({ do: 'rename', who: 1, givenName: 'Renata', familyName: 'Renamed' });
    interruptions.before('users.saveMany', 1, () => organization.sync());
    const done = await imports.carryOut(reviewed);
    expect(done.outcomes).to.deep.equal({ update: addresses.length });
    const { items } = await people();
    expect(items.filter(({ name }: Body) => name === 'Renata Renamed')).to.have.length(1);
    for (const { attributes } of items) expect(JSON.stringify(attributes)).to.contain('linkedin.com/in/x');
  });

  it('leaves whoever SCIM or an admin changed after the review, and says so', async () => {
    const scim = await organization.connectScim();
    const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User'];
    const owned = await scim.post('/Users', { schemas, userName: 'p0@example.com', displayName: 'Person 0' });
    const reviewed = await imports.review('email,title\np0@example.com,Boss\n');
    expect(reviewed.counts).to.deep.equal({ update: 1 });
    const queen = [{ op: 'replace', path: 'title', value: 'Queen' }];
    expect((await scim.patch(`/Users/${owned.body.id}`, queen)).status).to.equal(200);
    const done = await imports.carryOut(reviewed);
    expect(done.outcomes).to.deep.equal({ changed: 1 });
    expect((await imports.rows(done.id))[0]).to.include({ verdict: 'changed', outcome: 'changed' });
    expect((await organization.userByEmail('p0@example.com')).attributes.title).to.equal('Queen');
  });

  it('writes 0 people where the same file comes again', async () => {
    await imports.run(fileOf(SOME), { activateNew: true });
    interruptions.writes();
    const again = await imports.run(fileOf(SOME), { activateNew: true });
    expect(again.counts).to.deep.equal({ unchanged: SOME });
    expect(again.outcomes).to.deep.equal({});
    expect(interruptions.writes()).to.equal(0);
  });
});
