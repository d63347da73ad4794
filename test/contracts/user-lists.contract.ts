import { expect } from 'chai';
import type { User } from '../../src/core/user.ts';
import type { Condition } from '../../src/ports/condition.ts';
import type { Stores } from '../../src/ports/stores.ts';
import type { ScimQuery, UserStore } from '../../src/ports/user-store.ts';
import { aRun } from '../fixtures/runs.ts';
import {
  aDirectoryRecord,
  anOwnedUser,
  aScimRecord,
  aUser,
  CONNECTION,
  changed,
  ORGANIZATION,
} from '../fixtures/users.ts';
import { eachWithStores, type OpenStores } from './open-stores.ts';

/** What every UserStore promises about lists, totals and scans. */
export function userListsContract(open: OpenStores): void {
  const test = eachWithStores(open);
  const users = () => test.stores.users;

  describe('paging', () => pagingContract(users));
  describe('what SCIM sees', () => scimContract(users));
  describe('known SCIM ids', () => knownIdsContract(users));
  describe('email values', () => emailValuesContract(users));
  describe('totals', () => totalsContract(users));
  describe('scanning', () => {
    scanningContract(users);
    missingContract(() => test.stores);
  });
}

async function insert<People extends readonly User[]>(users: () => UserStore, ...people: People): Promise<People> {
  const outcomes = await users().saveMany(people.map((user) => ({ user, events: [] })));
  expect(outcomes.every(({ saved }) => saved)).to.equal(true);
  return people;
}

const crowd = (size: number) => Array.from({ length: size }, () => aUser());
const idsOf = (people: readonly { readonly id: string }[]) => people.map(({ id }) => id);

function pagingContract(users: () => UserStore): void {
  async function walk(condition: Condition | null, size: number, between?: (page: number) => Promise<void>) {
    const seen: string[] = [];
    let cursor: string | null = null;
    for (let page = 0; page === 0 || cursor !== null; page++) {
      const { items, next } = await users().list(ORGANIZATION, condition, cursor, size);
      expect(items).to.have.length.at.most(size);
      seen.push(...idsOf(items));
      cursor = next;
      await between?.(page);
    }
    return seen;
  }

  it('lists nobody, once', async () => {
    expect(await users().list(ORGANIZATION, null, null, 10)).to.deep.equal({ items: [], next: null });
  });

  it('lists everybody once in the order of creation, whatever the page', async () => {
    const people = await insert(users, ...crowd(23));
    for (const size of [1, 7, 22, 23, 24])
      expect(await walk(null, size), `pages of ${size}`).to.deep.equal(idsOf(people));
  });

  it('gives whole documents', async () => {
    const people = await insert(users, ...crowd(3));
    expect((await users().list(ORGANIZATION, null, null, 10)).items).to.deep.equal(people);
  });

  it('shows nobody twice and misses nobody while people are added and changed', async () => {
    const people = await insert(users, ...crowd(20));
    const seen = await walk(null, 6, async (page) => {
      if (page >= 2) return;
      await insert(users, aUser());
      const early = people[page] as User;
      await insert(users, changed(early, { email: `${early.id}@moved.example`, status: 'terminated' }));
    });
    expect(new Set(seen).size).to.equal(seen.length);
    expect(seen.slice(0, 20)).to.deep.equal(idsOf(people));
  });

  it('shows nobody twice and misses nobody who stays while others leave the condition', async () => {
    const people = await insert(users, ...crowd(20));
    const active: Condition = { field: 'status', op: 'eq', value: 'active' };
    const left = new Set<string>();
    const seen = await walk(active, 6, async (page) => {
      const leaver = people[page * 2] as User;
      left.add(leaver.id);
      await insert(users, changed(leaver, { status: 'deactivated' }));
    });
    expect(new Set(seen).size).to.equal(seen.length);
    expect(seen).to.include.members(idsOf(people).filter((id) => !left.has(id)));
  });
}

function knownIdsContract(users: () => UserStore): void {
  const ask = async (ids: readonly string[], connection = CONNECTION) => {
    const { living, former } = await users().knownScimIds(ORGANIZATION, connection, ids);
    return [[...living].sort(), [...former].sort()];
  };

  it('tells ids that live for the connection from ids that died, and from those never given', async () => {
    const [own, free, theirs, agency] = await insert(
      users,
      anOwnedUser({ userName: 'own' }),
      aUser(),
      anOwnedUser({ userName: 'theirs' }, {}, { connectionId: 'connection-2' }),
      aUser({ kind: 'agency' }),
    );
    const ids = [own, free, theirs, agency].map(({ scim }) => scim.id ?? '');
    expect(await ask([...ids, 'never', ids[0] ?? ''])).to.deep.equal([[ids[0], ids[1]].sort(), []]);
    expect(await ask(ids, 'connection-2')).to.deep.equal([[ids[1], ids[2]].sort(), []]);
    expect(await ask([])).to.deep.equal([[], []]);
  });

  it('case-G21 remembers every id that died, whatever becomes of the person', async () => {
    const first = anOwnedUser({ userName: 'ada' });
    const [once = '', again = ''] = [first.scim.id ?? '', `${first.scim.id}-again`];
    await insert(users, first);
    const dead = changed(first, { scim: { id: null, connectionId: null, formerIds: [once] } });
    const back = changed(dead, { scim: { id: again, connectionId: null, formerIds: [once] } });
    const deadAgain = changed(back, { scim: { id: null, connectionId: null, formerIds: [once, again] } });
    await users().save({ user: dead, events: [] });
    expect(await ask([once, again])).to.deep.equal([[], [once]]);
    await users().save({ user: back, events: [] });
    expect(await ask([once, again])).to.deep.equal([[again], [once]]);
    await users().saveMany([{ user: deadAgain, events: [] }]);
    expect(await ask([once, again])).to.deep.equal([[], [once, again]]);
    const forgotten = changed(deadAgain, { scim: { id: null, connectionId: null } });
    await users().save({ user: forgotten, events: [] });
    expect(await ask([once, again])).to.deep.equal([[], []]);
  });
}

function scimContract(users: () => UserStore): void {
  const ask = (more: Partial<ScimQuery> = {}) =>
    users().listForScim({
      organizationId: ORGANIZATION,
      connectionId: CONNECTION,
      from: { offset: 0 },
      limit: 100,
      ...more,
    });

  const shown = async (more: Partial<ScimQuery> = {}) => {
    const { users: page, total } = await ask(more);
    return { users: page, total };
  };

  /** Two the connection owns, two nobody owns, and three it must not see. */
  async function mixture(): Promise<readonly User[]> {
    const people = await insert(
      users,
      anOwnedUser({ userName: 'a' }),
      aUser({ email: 'b@example.com', status: 'deactivated' }),
      anOwnedUser({ userName: 'c' }, {}, { connectionId: 'connection-2' }),
      aUser({ kind: 'agency' }),
      aUser({ scim: { id: null, connectionId: null } }),
      anOwnedUser({ userName: 'd' }),
      aUser({ email: 'e@example.com' }),
    );
    return [people[0], people[1], people[5], people[6]];
  }

  it('is its own people and nobody’s, in the order of creation', async () => {
    const seen = await mixture();
    expect(await shown()).to.deep.equal({ users: seen, total: 4 });
  });

  it('is cut by offset and limit under a constant total', async () => {
    const seen = await mixture();
    expect(await shown({ from: { offset: 1 }, limit: 2 })).to.deep.equal({ users: seen.slice(1, 3), total: 4 });
    for (const offset of [4, 9]) expect(await shown({ from: { offset } })).to.deep.equal({ users: [], total: 4 });
    const condition: Condition = { field: 'active', op: 'eq', value: true };
    expect(await shown({ condition, from: { offset: 9 } })).to.deep.equal({ users: [], total: 3 });
    expect(await shown({ limit: 0 })).to.deep.equal({ users: [], total: 4 });
  });

  it('is narrowed by a condition', async () => {
    const seen = await mixture();
    const condition: Condition = { field: 'active', op: 'eq', value: true };
    expect(await shown({ condition, limit: 2 })).to.deep.equal({ users: [seen[0], seen[2]], total: 3 });
    expect(await shown({ condition: { field: 'userName', op: 'eq', value: 'C' } })).to.deep.equal({
      users: [],
      total: 0,
    });
  });

  it('is decided row by row when told', async () => {
    const seen = await mixture();
    const accepts = ({ email }: User) => email !== 'b@example.com';
    expect(await shown({ accepts, from: { offset: 1 }, limit: 1 })).to.deep.equal({ users: [seen[2]], total: 3 });
    expect(await shown({ accepts, limit: 0 })).to.deep.equal({ users: [], total: 3 });
    const condition: Condition = { field: 'userName', op: 'gt', value: 'a' };
    expect(await shown({ accepts, condition })).to.deep.equal({ users: [seen[2], seen[3]], total: 2 });
  });

  it('is decided row by row among many', async () => {
    const people = await insert(users, ...crowd(523));
    const wanted = new Set(idsOf(people).filter((_, n) => n % 5 === 0));
    const { users: page, total } = await shown({
      accepts: ({ id }) => wanted.has(id),
      from: { offset: 90 },
      limit: 10,
    });
    expect(total).to.equal(105);
    expect(idsOf(page)).to.deep.equal([...wanted].slice(90, 100));
  });

  it('follows a person who is owned, released, hired by an agency and deleted', async () => {
    const [ada] = await insert(users, aUser());
    const seenBy = async (connectionId: string) => (await ask({ connectionId, limit: 0 })).total;
    const states: readonly (readonly [Partial<User>, number, number])[] = [
      [{ scim: { ...ada.scim, connectionId: CONNECTION } }, 1, 0],
      [{ scim: { ...ada.scim, connectionId: 'connection-2' } }, 0, 1],
      [{ scim: { ...ada.scim, connectionId: null } }, 1, 1],
      [{ kind: 'agency' }, 0, 0],
      [{ kind: 'employee' }, 1, 1],
      [{ scim: { id: null, connectionId: null } }, 0, 0],
      [{ scim: { id: 'another', connectionId: CONNECTION } }, 1, 0],
    ];
    let person: User = ada;
    for (const [facts, ours, theirs] of states) {
      [person] = await insert(users, changed(person, facts));
      expect([await seenBy(CONNECTION), await seenBy('connection-2')], JSON.stringify(facts)).to.deep.equal([
        ours,
        theirs,
      ]);
      expect((await ask()).users, JSON.stringify(facts)).to.have.length(ours);
    }
  });
}

function emailValuesContract(users: () => UserStore): void {
  const emails = ['a@example.com', 'b@example.com', 'c@example.com'].map((value) => ({ value }));
  const find = async (value: string) =>
    idsOf((await users().list(ORGANIZATION, { field: 'emails', op: 'eq', value }, null, 10)).items);

  it('finds a person by each of their emails, wherever their address moves', async () => {
    const [ada] = await insert(users, anOwnedUser({ userName: 'ada', emails }, { email: 'a@example.com' }));
    let person: User = ada;
    for (const email of ['a@example.com', 'b@example.com', 'elsewhere@example.com', null, 'c@example.com']) {
      [person] = await insert(users, changed(person, { email }));
      for (const { value } of emails)
        expect(await find(value.toUpperCase()), `${value} at ${email}`).to.deep.equal([ada.id]);
      expect(await find('elsewhere@example.com')).to.deep.equal([]);
    }
    await insert(users, changed(person, { records: [aScimRecord({ userName: 'ada', emails: emails.slice(1) })] }));
    expect(await find('a@example.com')).to.deep.equal([]);
    expect(await find('b@example.com')).to.deep.equal([ada.id]);
  });
}

function totalsContract(users: () => UserStore): void {
  const count = (value: string) => users().count(ORGANIZATION, { field: 'status', op: 'eq', value });

  it('counts by status through every change', async () => {
    const people = await insert(users, ...crowd(10));
    await insert(users, ...people.slice(0, 3).map((user) => changed(user, { status: 'deactivated' })));
    await users().save({ user: changed(people[9] as User, { status: 'terminated' }), events: [] });
    await insert(users, aUser({ status: 'unprovisioned' }));
    expect(await count('active')).to.equal(6);
    expect(await count('deactivated')).to.equal(3);
    expect(await count('terminated')).to.equal(1);
    expect(await count('unprovisioned')).to.equal(1);
    expect(await count('nonsense')).to.equal(0);
    expect(await users().count(ORGANIZATION, null)).to.equal(11);
  });

  it('counts each status in one go, whatever the condition, through every change', async () => {
    const people = await insert(
      users,
      ...crowd(5),
      aUser({ status: 'unprovisioned', access: { level: 'limited', roles: [], dormantRoles: [], pools: ['p1'] } }),
      aUser({ kind: 'agency', status: 'active' }),
      aUser({ kind: 'agency', status: 'terminated' }),
    );
    const of = (field: 'kind' | 'pools', value: string) =>
      users().countByStatus(ORGANIZATION, { field, op: 'eq', value });
    const none = { unprovisioned: 0, active: 0, deactivated: 0, terminated: 0 };
    expect(await users().countByStatus(ORGANIZATION, null)).to.deep.equal({
      ...none,
      unprovisioned: 1,
      active: 6,
      terminated: 1,
    });
    expect(await of('kind', 'employee')).to.deep.equal({ ...none, unprovisioned: 1, active: 5 });
    expect(await of('kind', 'agency')).to.deep.equal({ ...none, active: 1, terminated: 1 });
    expect(await of('pools', 'p1')).to.deep.equal({ ...none, unprovisioned: 1 });
    await insert(
      users,
      changed(people[6] as User, { kind: 'employee' }),
      changed(people[0] as User, { kind: 'agency' }),
    );
    await insert(users, changed(people[7] as User, { kind: 'agency', status: 'deactivated' }));
    expect(await of('kind', 'employee')).to.deep.equal({ ...none, unprovisioned: 1, active: 5 });
    expect(await of('kind', 'agency')).to.deep.equal({ ...none, active: 1, deactivated: 1 });
  });

  it('agrees with counting under any condition', async () => {
    await insert(users, ...crowd(4), aUser({ kind: 'agency', status: 'deactivated' }));
    const active: Condition = { field: 'status', op: 'eq', value: 'active' };
    expect(await users().count(ORGANIZATION, { and: [active] })).to.equal(4);
    expect(await users().count(ORGANIZATION, { not: active })).to.equal(1);
    expect(await users().count(ORGANIZATION, { field: 'kind', op: 'eq', value: 'agency' })).to.equal(1);
  });
}

function scanningContract(users: () => UserStore): void {
  it('tells which of a directory’s people are news, through every change', async () => {
    const [ada] = await insert(
      users,
      aUser({ records: [aDirectoryRecord('google', 'g1', { hash: 'first' })] }),
      aUser({ records: [aDirectoryRecord('google', 'g2', { activity: 'unknown' })] }),
      aUser({ records: [aDirectoryRecord('google', 'g3', { present: false })] }),
      aUser({ records: [aDirectoryRecord('microsoft', 'g4')] }),
      aUser({ records: [aScimRecord({}, { externalId: 'g5' })] }),
    );
    const news = async (ungranted: boolean, ...keys: readonly string[]) =>
      [...(await users().directoryNews(ORGANIZATION, 'google', keys.map(shown), ungranted))].sort();
    const shown = (externalId: string) => ({ externalId, hash: externalId === 'g1' ? 'second' : 'hash' });
    expect(await news(false, 'g4', 'g3', 'g2', 'g1', 'g5', 'nobody')).to.deep.equal(['g1', 'g3', 'g4', 'g5', 'nobody']);
    await insert(users, changed(ada as User, { records: [aDirectoryRecord('google', 'g1', { hash: 'second' })] }));
    expect(await news(false, 'g1', 'g2')).to.deep.equal([]);
    expect(await news(true, 'g1', 'g2')).to.deep.equal(['g1']);
    const granted = aDirectoryRecord('google', 'g1', { hash: 'second', granted: true });
    await insert(users, changed(changed(ada as User), { records: [granted] }));
    expect(await news(true, 'g1', 'g2')).to.deep.equal([]);
    expect(await news(true)).to.deep.equal([]);
  });

  it('counts whom a directory asserts active', async () => {
    const [ada] = await insert(
      users,
      aUser({ records: [aDirectoryRecord('google', 'g1')] }),
      aUser({ records: [aDirectoryRecord('google', 'g2', { activity: 'inactive' })] }),
      aUser({ records: [aDirectoryRecord('google', 'g3', { activity: 'unknown' })] }),
      aUser({ records: [aDirectoryRecord('google', 'g4', { present: false })] }),
      aUser({ records: [aDirectoryRecord('microsoft', 'g5')] }),
    );
    expect(await users().countActive(ORGANIZATION, 'google')).to.equal(1);
    await insert(
      users,
      changed(ada as User, { records: [aDirectoryRecord('google', 'g1', { activity: 'inactive' })] }),
    );
    expect(await users().countActive(ORGANIZATION, 'google')).to.equal(0);
  });
}

function missingContract(stores: () => Stores): void {
  it('finds who is known and was not seen, in the order of keys', async () => {
    const { users, runs } = stores();
    const run = aRun();
    await runs.insert(run);
    const people = ['g5', 'g1', 'g4', 'g2', 'g3', 'g6'].map((key) =>
      aUser({ records: [aDirectoryRecord('google', key)] }),
    );
    await insert(
      () => users,
      ...people,
      aUser({ records: [aDirectoryRecord('google', 'g0', { present: false })] }),
      aUser({ records: [aDirectoryRecord('microsoft', 'g7')] }),
    );
    await runs.checkpoint({ run, presence: { page: 0, externalIds: ['g1', 'g9'] } });
    await runs.checkpoint({ run, presence: { page: 1, externalIds: ['g4'] } });
    const scan = (after: string | null, limit: number) =>
      users.scanMissing(ORGANIZATION, 'google', run.id, after, limit);
    expect(idsOfKeys(await scan(null, 10))).to.deep.equal(['g2', 'g3', 'g5', 'g6']);
    expect(idsOfKeys(await scan(null, 2))).to.deep.equal(['g2', 'g3']);
    expect(idsOfKeys(await scan('g3', 2))).to.deep.equal(['g5', 'g6']);
    expect(await scan('g5', 2)).to.deep.equal([{ externalId: 'g6', userId: people[5]?.id, activity: 'active' }]);
    await runs.markPresent({ runId: run.id, epoch: run.epoch }, ['g2']);
    await runs.markPresent({ runId: run.id, epoch: run.epoch }, ['g6']);
    expect(idsOfKeys(await scan(null, 10))).to.deep.equal(['g3', 'g5']);
    await runs.checkpoint({ run, forget: true });
    expect(await scan(null, 10)).to.have.length(6);
  });
}

const idsOfKeys = (keys: readonly { readonly externalId: string }[]) => keys.map(({ externalId }) => externalId);
