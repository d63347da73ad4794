import { expect } from 'chai';
import type { User } from '../../src/core/user.ts';
import type { SaveOutcome, UserStore } from '../../src/ports/user-store.ts';
import { anEvent } from '../fixtures/events.ts';
import { aRun } from '../fixtures/runs.ts';
import { aDirectoryRecord, anId, anOwnedUser, aScimRecord, aUser, changed, ORGANIZATION } from '../fixtures/users.ts';
import { eachWithStores, type OpenStores, refused } from './open-stores.ts';

const SAVED = { saved: true };
const refusal = (code: string, userId: string | null) => ({ saved: false, code, userId });

/** What every UserStore promises about writing many people at once. */
export function userBulkContract(open: OpenStores): void {
  const test = eachWithStores(open);
  const users = () => test.stores.users;

  describe('outcomes', () => outcomesContract(users));
  describe('swaps', () => swapsContract(users));

  it('writes for the run that holds the lease, and nothing at all for a former one', async () => {
    const { runs, events } = test.stores;
    const run = aRun();
    await runs.insert(run);
    const ours = { runId: run.id, epoch: (await runs.acquire(ORGANIZATION, run.id, 'worker-1', 1_000))?.epoch ?? -1 };
    expect(await users().saveMany([change(aUser())], ours)).to.deep.equal([SAVED]);
    await test.pass(1_100);
    await runs.acquire(ORGANIZATION, run.id, 'worker-2', 1_000);
    const late = aUser();
    await refused(users().saveMany([{ user: late, events: [anEvent(late, 1)] }], ours), 'superseded');
    expect(await users().get(ORGANIZATION, late.id)).to.equal(null);
    expect(await users().count(ORGANIZATION, null)).to.equal(1);
    expect(await events.pending()).to.equal(0);
  });

  it('writes no event of a refused row', async () => {
    const ada = aUser({ email: 'ada@example.com' });
    const rival = aUser({ email: 'ada@example.com' });
    const outcomes = await users().saveMany([ada, rival].map((user) => ({ user, events: [anEvent(user, 1)] })));
    expect(outcomes).to.deep.equal([SAVED, refusal('email_taken', ada.id)]);
    await test.stores.events.relay(10);
    const feed = await test.stores.events.list(ORGANIZATION, 0, 10);
    expect(feed.map(({ id }) => id)).to.deep.equal([`${ada.id}:1`]);
  });
}

const change = (user: User) => ({ user, events: [] });

const saveMany = (users: () => UserStore, people: readonly User[]): Promise<readonly SaveOutcome[]> =>
  users().saveMany(people.map(change));

/** Inserts people who must not be refused. */
async function insert(users: () => UserStore, ...people: readonly User[]): Promise<readonly User[]> {
  expect(await saveMany(users, people)).to.deep.equal(people.map(() => SAVED));
  return people;
}

function outcomesContract(users: () => UserStore): void {
  it('has nothing to say about nothing', async () => {
    expect(await saveMany(users, [])).to.deep.equal([]);
  });

  it('tells the outcome of each row in the order given', async () => {
    const [ada, bob, eve] = (await insert(
      users,
      aUser({ email: 'ada@example.com', records: [aDirectoryRecord('google', 'g1')] }),
      anOwnedUser({ userName: 'bob' }),
      aUser(),
    )) as [User, User, User];
    const rows = [
      changed(ada, { status: 'deactivated' }),
      { ...changed(bob), version: 7 },
      aUser({ email: 'ADA@example.com' }),
      anOwnedUser({ userName: 'BOB' }),
      aUser({ records: [aDirectoryRecord('google', 'g1')] }),
      aUser({ scim: eve.scim }),
      { ...eve, version: 1 },
      aUser(),
    ];
    expect(await saveMany(users, rows)).to.deep.equal([
      SAVED,
      refusal('stale', null),
      refusal('email_taken', ada.id),
      refusal('user_name_taken', bob.id),
      refusal('source_key_taken', ada.id),
      refusal('source_key_taken', eve.id),
      refusal('stale', null),
      SAVED,
    ]);
  });

  it('leaves no trace of a refused row', async () => {
    const [ada, bob] = (await insert(users, aUser({ email: 'ada@example.com' }), aUser())) as [User, User];
    const records = [aDirectoryRecord('google', 'g1')];
    await saveMany(users, [changed(bob, { email: ada.email, records, status: 'terminated' })]);
    expect(await users().get(ORGANIZATION, bob.id)).to.deep.equal(bob);
    expect(await users().findBySourceKeys(ORGANIZATION, 'google', null, ['g1'])).to.deep.equal([]);
    expect(await users().count(ORGANIZATION, { field: 'status', op: 'eq', value: 'terminated' })).to.equal(0);
    expect(await users().countActive(ORGANIZATION, 'google')).to.equal(0);
  });

  it('gives a claim of two rows to the earlier one', async () => {
    const people = [aUser({ email: 'ada@example.com' }), aUser({ email: 'Ada@example.com' })];
    expect(await saveMany(users, people)).to.deep.equal([SAVED, refusal('email_taken', people[0]?.id ?? '')]);
  });

  it('lets no refused row stand in the way of another', async () => {
    const [holder] = (await insert(users, aUser({ email: 'held@example.com' }))) as [User];
    const blocked = anOwnedUser({ userName: 'wanted' }, { email: 'held@example.com' });
    const fine = anOwnedUser({ userName: 'wanted' });
    expect(await saveMany(users, [blocked, fine])).to.deep.equal([refusal('email_taken', holder.id), SAVED]);
    expect(await users().findByUserName(ORGANIZATION, 'wanted')).to.deep.equal(fine);
  });

  it('gives a claim to the next row when the row that came first is refused in the end', async () => {
    const [leaver, holder] = (await insert(
      users,
      aUser({ records: [aDirectoryRecord('google', 'g1')] }),
      aUser({ email: 'held@example.com' }),
    )) as [User, User];
    const first = aUser({ email: 'wanted@example.com', records: [aDirectoryRecord('google', 'g1')] });
    const second = aUser({ email: 'wanted@example.com' });
    const stays = changed(leaver, { email: 'held@example.com', records: [] });
    const outcomes = await saveMany(users, [first, second, stays, aUser()]);
    expect(outcomes.map(({ saved }) => saved)).to.deep.equal([false, true, false, true]);
    expect(outcomes[2]).to.deep.equal(refusal('email_taken', holder.id));
  });

  it('saves one of two rows that can only be saved without the other', async () => {
    const wanting = aUser({ email: 'first@example.com', records: [aDirectoryRecord('google', 'g1')] });
    const [holder] = (await insert(users, aUser({ records: [aDirectoryRecord('google', 'g1')] }))) as [User];
    const outcomes = await saveMany(users, [wanting, changed(holder, { email: 'first@example.com', records: [] })]);
    expect(outcomes.filter(({ saved }) => saved)).to.have.length(1);
  });

  it('applies two changes of one person in the order given', async () => {
    const ada = aUser();
    const next = changed(ada, { status: 'deactivated' });
    expect(await saveMany(users, [ada, next, next])).to.deep.equal([SAVED, SAVED, refusal('stale', null)]);
    expect(await users().get(ORGANIZATION, ada.id)).to.deep.equal(next);
  });

  it('keeps people of two organizations apart', async () => {
    const here = aUser({ email: 'ada@example.com' });
    const there = aUser({ ...here, organizationId: 'organization-2' });
    expect(await saveMany(users, [here, there])).to.deep.equal([SAVED, SAVED]);
    expect(await users().get(ORGANIZATION, here.id)).to.deep.equal(here);
    expect(await users().get('organization-2', here.id)).to.deep.equal(there);
  });

  it('writes a page of five hundred', async () => {
    const page = Array.from({ length: 500 }, (_, n) => aUser({ records: [aDirectoryRecord('google', `g${n}`)] }));
    await insert(users, ...page);
    const next = page.map((user, n) =>
      changed(user, n % 2 ? { status: 'deactivated' } : { email: `${n}@example.com` }),
    );
    await insert(users, ...next);
    expect(
      await users().getMany(
        ORGANIZATION,
        page.map(({ id }) => id),
      ),
    ).to.have.deep.members(next);
    expect(await users().count(ORGANIZATION, { field: 'status', op: 'eq', value: 'active' })).to.equal(250);
  });
}

function swapsContract(users: () => UserStore): void {
  const emails = async (people: readonly User[]) =>
    (
      await users().getMany(
        ORGANIZATION,
        people.map(({ id }) => id),
      )
    )
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .map(({ email }) => email);

  for (const [what, size] of [
    ['two', 2],
    ['three', 3],
    ['seven', 7],
  ] as const)
    it(`passes addresses round among ${what} people`, async () => {
      const people = await insert(users, ...Array.from({ length: size }, () => aUser()));
      const turned = people.map((user, n) => changed(user, { email: people[(n + 1) % size]?.email ?? null }));
      expect(await saveMany(users, turned)).to.deep.equal(turned.map(() => SAVED));
      expect(await emails(people)).to.deep.equal(turned.map(({ email }) => email));
      for (const user of turned) expect(await users().findByEmail(ORGANIZATION, user.email ?? '')).to.deep.equal(user);
    });

  it('swaps userNames', async () => {
    const [ada, bob] = (await insert(users, anOwnedUser({ userName: 'ada' }), anOwnedUser({ userName: 'bob' }))) as [
      User,
      User,
    ];
    const rename = (user: User, userName: string) => changed(user, { records: [aScimRecord({ userName })] });
    expect(await saveMany(users, [rename(ada, 'bob'), rename(bob, 'ada')])).to.deep.equal([SAVED, SAVED]);
    expect((await users().findByUserName(ORGANIZATION, 'ada'))?.id).to.equal(bob.id);
  });

  it('swaps unique values', async () => {
    const [ada, bob] = [
      anOwnedUser({}, {}, { uniqueValues: ['badge:1'] }),
      anOwnedUser({}, {}, { uniqueValues: ['badge:2'] }),
    ];
    expect(await saveMany(users, [ada, bob])).to.deep.equal([SAVED, SAVED]);
    const swapped = [changed(ada, { records: bob.records }), changed(bob, { records: ada.records })];
    expect(await saveMany(users, swapped)).to.deep.equal([SAVED, SAVED]);
    const rival = anOwnedUser({}, {}, { uniqueValues: ['badge:1'] });
    expect(await saveMany(users, [rival])).to.deep.equal([{ saved: false, code: 'value_taken', userId: bob.id }]);
  });

  it('swaps external ids', async () => {
    const person = (key: string) => aUser({ records: [aDirectoryRecord('google', key)] });
    const [ada, bob] = (await insert(users, person('g1'), person('g2'))) as [User, User];
    const swapped = [changed(ada, { records: bob.records }), changed(bob, { records: ada.records })];
    expect(await saveMany(users, swapped)).to.deep.equal([SAVED, SAVED]);
    expect(await users().findBySourceKeys(ORGANIZATION, 'google', null, ['g1'])).to.deep.equal([swapped[1]]);
  });

  it('moves a chain whose end is free', async () => {
    const [ada, bob, eve] = (await insert(users, aUser(), aUser(), aUser())) as [User, User, User];
    const rows = [
      changed(ada, { email: bob.email }),
      changed(bob, { email: eve.email }),
      changed(eve, { email: 'free@example.com' }),
    ];
    expect(await saveMany(users, rows)).to.deep.equal([SAVED, SAVED, SAVED]);
  });

  it('refuses the whole chain whose end is held by somebody else', async () => {
    const [ada, bob, eve, holder] = (await insert(users, aUser(), aUser(), aUser(), aUser())) as [
      User,
      User,
      User,
      User,
    ];
    const rows = [
      changed(ada, { email: bob.email }),
      changed(bob, { email: eve.email }),
      changed(eve, { email: holder.email }),
    ];
    expect(await saveMany(users, rows)).to.deep.equal([
      refusal('email_taken', bob.id),
      refusal('email_taken', eve.id),
      refusal('email_taken', holder.id),
    ]);
    expect(await emails([ada, bob, eve])).to.deep.equal([ada.email, bob.email, eve.email]);
  });

  it('refuses a swap with a stale partner', async () => {
    const [ada, bob] = (await insert(users, aUser(), aUser())) as [User, User];
    const rows = [changed(ada, { email: bob.email }), { ...changed(bob, { email: ada.email }), version: 9 }];
    expect(await saveMany(users, rows)).to.deep.equal([refusal('email_taken', bob.id), refusal('stale', null)]);
  });

  it('gives an address that a row releases to a newcomer', async () => {
    const [ada] = (await insert(users, aUser({ email: 'ada@example.com' }))) as [User];
    const newcomer = aUser({ id: anId('user'), email: 'ada@example.com' });
    expect(await saveMany(users, [newcomer, changed(ada, { email: null })])).to.deep.equal([SAVED, SAVED]);
    expect(await users().findByEmail(ORGANIZATION, 'ada@example.com')).to.deep.equal(newcomer);
  });
}
