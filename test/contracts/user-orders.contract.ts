import { expect } from 'chai';
import type { User } from '../../src/core/user.ts';
import type { Condition, UserOrderField } from '../../src/ports/condition.ts';
import type { ScimQuery, SortValue, UserOrder } from '../../src/ports/user-store.ts';
import { anOwnedUser, aScimRecord, aUser, CONNECTION, changed, ORGANIZATION } from '../fixtures/users.ts';
import { eachWithStores, type OpenStores, refused } from './open-stores.ts';

const NAMES = ['Bob', 'ada', undefined, 'ADA', 'Zoë', '', 'bob', undefined, '\u{1f642}', '\ufffd', 'Ada', undefined];

/** What every UserStore promises about pages by key, about orders, and about looking at people one by one. */
export function userOrdersContract(open: OpenStores): void {
  const test = eachWithStores(open);
  const ask = (more: Partial<ScimQuery> = {}) =>
    test.stores.users.listForScim({
      organizationId: ORGANIZATION,
      connectionId: CONNECTION,
      from: { after: null },
      limit: 5,
      ...more,
    });
  const save = async (...people: readonly User[]) => {
    const outcomes = await test.stores.users.saveMany(people.map((user) => ({ user, events: [] })));
    expect(outcomes.filter(({ saved }) => !saved)).to.deep.equal([]);
    return people;
  };

  /** Everybody, page by page along the keys. */
  async function walk(query: Partial<ScimQuery>, between?: (page: number, shown: readonly User[]) => Promise<unknown>) {
    const seen: User[] = [];
    let after: string | null = null;
    for (let page = 0; page === 0 || after !== null; page++) {
      const { users, next } = await ask({ ...query, from: { after } });
      seen.push(...users);
      after = next;
      await between?.(page, users);
    }
    return seen;
  }

  /** The same, page by page by offset. */
  async function count(query: Partial<ScimQuery>) {
    const seen: User[] = [];
    for (let total = 1; seen.length < total; ) {
      const page = await ask({ ...query, from: { offset: seen.length } });
      expect(page.next === null).to.equal(seen.length + page.users.length === page.total);
      seen.push(...page.users);
      total = page.total;
      expect(page.users).to.have.length.above(0);
    }
    return seen;
  }

  /** People of whom some have no name, some the same; two belong to others, one to nobody SCIM sees. */
  const crowd = () =>
    save(
      ...NAMES.map((name, n) => {
        const id = String((n * 7) % NAMES.length).padStart(2, '0');
        const named = name === undefined ? {} : { displayName: name, name: { familyName: name } };
        const at = `2026-01-0${1 + (n % 4)}T00:00:00.00${n % 3}Z`;
        const seen = n % 3 === 1 ? { seenByScim: { version: 1, at: `2026-01-0${1 + (n % 5)}T00:00:00.001Z` } } : {};
        const facts = { createdAt: at, updatedAt: at, ...seen, scim: { id: `scim-${id}`, connectionId: CONNECTION } };
        return n % 5 === 4
          ? aUser({
              attributes: named,
              email: `p${id}@example.com`,
              ...facts,
              scim: { ...facts.scim, connectionId: null },
            })
          : anOwnedUser({ userName: `P${id}@example.com`, ...named }, facts);
      }),
    );
  const strangers = () =>
    save(
      anOwnedUser({ userName: 'a', displayName: 'ada' }, {}, { connectionId: 'connection-2' }),
      aUser({ kind: 'agency', attributes: { displayName: 'ada' } }),
      aUser({ scim: { id: null, connectionId: null }, attributes: { displayName: 'ada' } }),
    );

  describe('pages by key', () => {
    for (const [what, query] of PAGED)
      it(`show everybody once, whatever the page: ${what}`, async () => {
        const people = await crowd();
        await strangers();
        for (const limit of [1, 4, 5, 6, 11, 12, 13]) {
          const seen = await walk({ ...query, limit });
          expect(idsOf(seen), `pages of ${limit}`).to.have.members(idsOf(people));
          expect(idsOf(await count({ ...query, limit })), `by offset, pages of ${limit}`).to.deep.equal(idsOf(seen));
        }
      });

    for (const [what, query] of PAGED)
      it(`miss nobody and repeat nobody while people come, change and go: ${what}`, async () => {
        const people = await crowd();
        const gone = new Set<string>();
        const seen = await walk({ ...query, limit: 3 }, async (page, shown) => {
          const last = shown.at(-1);
          if (page > 2 || !last) return;
          gone.add(last.id);
          await save(changed(last, { scim: { id: null, connectionId: null } }));
          await save(anOwnedUser({ userName: `new-${page}@example.com`, displayName: `New ${page}` }));
          const [other] = shown;
          if (other && other !== last) await save(changed(other, { status: 'deactivated' }));
        });
        expect(new Set(idsOf(seen)).size, 'nobody twice').to.equal(seen.length);
        expect(gone.size).to.equal(3);
        expect(idsOf(seen)).to.include.members(idsOf(people));
      });

    it('give the total on every page, and no key after the last or when only counting', async () => {
      await crowd();
      const first = await ask();
      expect(first).to.include({ total: 12 });
      expect(await ask({ from: { after: first.next }, limit: 7 })).to.include({ total: 12, next: null });
      expect(await ask({ limit: 0 })).to.deep.equal({ users: [], total: 12, next: null });
      expect(await ask({ limit: 12 })).to.include({ next: null });
    });

    it('refuse a key that is none', async () => {
      for (const after of ['', 'x', '[]', '[1]', '[null,{}]', '[{},1]', 'null'])
        for (const [, query] of PAGED) await refused(ask({ ...query, from: { after } }), 'invalid');
    });
  });

  describe('orders', () => {
    for (const descending of [false, true])
      for (const [field, valueIn] of FIELDS)
        it(`are kept: ${field} ${descending ? 'descending' : 'ascending'}`, async () => {
          const people = await crowd();
          await strangers();
          const order: UserOrder = { field, descending };
          const wanted = sorted(people, valueIn, descending);
          expect(idsOf(await walk({ order }))).to.deep.equal(idsOf(wanted));
          const computed: UserOrder = { keyOf: valueIn, descending };
          expect(idsOf(await walk({ order: computed })), 'computed').to.deep.equal(idsOf(wanted));
          expect(idsOf((await ask({ order, from: { offset: 10 } })).users)).to.deep.equal(idsOf(wanted.slice(10)));
          expect((await ask({ order, from: { offset: 40 } })).users).to.deep.equal([]);
        });

    it('are kept by a connection that sees one in thirty', async () => {
      const owned = ['b', 'c', undefined, 'a'].map((displayName, n) =>
        anOwnedUser({ userName: `p${n}`, ...(displayName ? { displayName, name: { familyName: displayName } } : {}) }),
      );
      const others = Array.from({ length: 120 }, (_, n) =>
        anOwnedUser({ userName: `x${n}`, displayName: 'b' }, {}, { connectionId: 'connection-2' }),
      );
      await save(...others, ...owned);
      for (const [field, valueIn] of FIELDS)
        for (const descending of [false, true]) {
          const wanted = idsOf(sorted(owned, valueIn, descending));
          expect(idsOf(await walk({ order: { field, descending }, limit: 2 })), field).to.deep.equal(wanted);
        }
    });

    it('are kept among those a condition and a test select', async () => {
      const people = await crowd();
      const condition: Condition = { field: 'userName', op: 'ge', value: 'p04' };
      const order: UserOrder = { field: 'displayName', descending: true };
      const wanted = sorted(people, nameOf, true).filter((user) => userNameOf(user) >= 'p04');
      expect(wanted).to.have.length(8);
      expect(idsOf(await walk({ order, condition, limit: 3 }))).to.deep.equal(idsOf(wanted));
      const accepts = (user: User) => nameOf(user) !== null;
      const byName: UserOrder = { keyOf: nameOf, descending: true };
      const named = wanted.filter(accepts);
      expect(idsOf(await walk({ order: byName, condition, accepts, limit: 2 }))).to.deep.equal(idsOf(named));
    });

    it('may be of numbers and booleans', async () => {
      const people = await crowd();
      const rank = new Map(people.map(({ id }, n) => [id, [10, 9, -1, null][n % 4] ?? null]));
      const order: UserOrder = { keyOf: ({ id }) => rank.get(id) ?? null, descending: false };
      expect((await walk({ order })).map(({ id }) => rank.get(id))).to.deep.equal(
        [-1, 9, 10, null].flatMap((value) => [value, value, value]),
      );
      const isBob: UserOrder = { keyOf: (user) => nameOf(user) === 'bob', descending: true };
      expect((await walk({ order: isBob })).map(nameOf).slice(0, 3)).to.deep.equal([
        'bob',
        'bob',
        nameOf(people[11] as User),
      ]);
    });
  });

  describe('lists of everybody', () => {
    const list = async (order: UserOrder & { field: UserOrderField }, condition: Condition | null, limit: number) => {
      const seen: User[] = [];
      for (let cursor: string | null = null; ; ) {
        const page = await test.stores.users.list(ORGANIZATION, condition, cursor, limit, order);
        expect(page.items).to.have.length.at.most(limit);
        seen.push(...page.items);
        if (page.next === null) return seen;
        cursor = page.next;
      }
    };

    for (const descending of [false, true])
      for (const [field, valueIn] of FIELDS.filter(([name]) => ['name', 'updated', 'lastModified'].includes(name)))
        it(`show everybody once in the order of ${field}, ${descending ? 'descending' : 'ascending'}`, async () => {
          const people = [...(await crowd()), ...(await strangers())];
          const wanted = idsOf(sorted(people, valueIn, descending));
          for (const limit of [1, 4, 14, 15, 16])
            expect(idsOf(await list({ field, descending }, null, limit)), `pages of ${limit}`).to.deep.equal(wanted);
        });

    it('keep the order among those a condition selects', async () => {
      const people = [...(await crowd()), ...(await strangers())];
      const chosen = people.filter((_, n) => n % 2 === 0);
      await save(...chosen.map((user) => changed(user, { access: { ...user.access, pools: ['p1'] } })));
      const condition: Condition = { field: 'pools', op: 'eq', value: 'p1' };
      const wanted = idsOf(sorted(chosen, nameOf, false));
      expect(idsOf(await list({ field: 'name', descending: false }, condition, 3))).to.deep.equal(wanted);
    });

    it('refuse the cursor of another order', async () => {
      await crowd();
      const { users } = test.stores;
      const { next } = await users.list(ORGANIZATION, null, null, 3, { field: 'name', descending: false });
      for (const order of [
        { field: 'name', descending: true },
        { field: 'updated', descending: false },
      ] as const)
        await refused(users.list(ORGANIZATION, null, next, 3, order), 'invalid');
      await refused(users.list(ORGANIZATION, null, next, 3), 'invalid');
      await refused(users.list(ORGANIZATION, null, 'name.x', 3, { field: 'name', descending: false }), 'invalid');
    });
  });

  describe('looking at people one by one', () => {
    const accepts = () => true;
    const odd: Condition = { field: 'displayName', op: 'co', value: 'a' };
    for (const [what, query] of [
      ['a test', { accepts }],
      ['a computed order', { order: { keyOf: nameOf, descending: false } }],
      ['a condition no index leads to', { condition: odd }],
      ['one among alternatives', { condition: { or: [odd, { field: 'userName', op: 'eq', value: 'x' }] } }],
      ['a negation of having a value', { condition: { field: 'displayName', op: 'eq', value: null } }],
      ['a test after a condition on most', { accepts, condition: { field: 'displayName', op: 'ne', value: 'x' } }],
      [
        'a test after a condition for nobody',
        { accepts, condition: { not: { field: 'userName', op: 'pr', value: null } } },
      ],
    ] as const satisfies readonly (readonly [string, Partial<ScimQuery>])[])
      it(`has a limit: ${what}`, async () => {
        await crowd();
        await strangers();
        for (const from of [{ offset: 0 }, { after: null }] as const) {
          await ask({ ...query, from, scanLimit: 12 });
          expect(await refused(ask({ ...query, from, scanLimit: 11 }), 'too_many')).to.deep.equal({ limit: 11 });
          await refused(ask({ ...query, from, scanLimit: 11, limit: 0 }), 'too_many');
        }
      });

    for (const [what, query, looked] of [
      ['nothing asked', {}, 0],
      ['an order by index', { order: { field: 'displayName', descending: true } }, 0],
      ['a condition an index leads to', { condition: { field: 'userName', op: 'sw', value: 'p' } }, 0],
      ['most people', { condition: { field: 'userName', op: 'pr', value: null } }, 0],
      ['nearly everybody', { condition: { not: odd } }, 0],
      ['who is not active', { condition: { field: 'active', op: 'eq', value: false } }, 0],
      ['a test among few', { accepts, condition: { field: 'userName', op: 'sw', value: 'p0' } }, 10],
      ['a part that leads to few', { condition: { and: [odd, { field: 'userName', op: 'sw', value: 'p0' }] } }, 0],
    ] as const satisfies readonly (readonly [string, Partial<ScimQuery>, number])[])
      it(`is not needed for: ${what}`, async () => {
        await crowd();
        await ask({ ...query, scanLimit: looked });
        if (looked > 0) await refused(ask({ ...query, scanLimit: looked - 1 }), 'too_many');
      });
  });

  it('counts the active, the others and both', async () => {
    const people = await crowd();
    await save(
      ...people
        .slice(0, 3)
        .map((user) =>
          changed(user, { records: [aScimRecord({ ...user.attributes, userName: user.id }, { enabled: false })] }),
        ),
    );
    const totalOf = async (value: boolean) =>
      (await ask({ condition: { field: 'active', op: 'eq', value }, from: { offset: 0 }, limit: 1 })).total;
    expect([await totalOf(true), await totalOf(false)]).to.deep.equal([9, 3]);
  });
}

const idsOf = (people: readonly User[]) => people.map(({ id }) => id);

const folded = (value: unknown) => (typeof value === 'string' ? value.normalize('NFC').toLowerCase() : null);
const nameOf = ({ attributes }: User) => folded(attributes.displayName);
const userNameOf = ({ attributes, email }: User) => folded(attributes.userName ?? email) ?? '';

const FIELDS: readonly (readonly [UserOrderField, (user: User) => SortValue])[] = [
  ['scimId', ({ scim }) => scim.id],
  ['userName', userNameOf],
  ['displayName', nameOf],
  ['familyName', nameOf],
  ['givenName', () => null],
  ['name', nameOf],
  ['created', ({ createdAt }) => createdAt],
  ['updated', ({ updatedAt }) => updatedAt],
  ['lastModified', ({ seenByScim, updatedAt }) => seenByScim?.at ?? updatedAt],
];

const PAGED: readonly (readonly [string, Partial<ScimQuery>])[] = [
  ['in the order of creation', {}],
  ['decided one by one', { accepts: () => true }],
  ['by displayName', { order: { field: 'displayName', descending: false } }],
  ['by displayName, descending', { order: { field: 'displayName', descending: true } }],
  ['by userName', { order: { field: 'userName', descending: false } }],
  ['by what is computed', { order: { keyOf: nameOf, descending: true } }],
  ['under a condition', { condition: { field: 'userName', op: 'pr', value: null } }],
];

/** As the port says: no value last, equals in the order of creation, descending the reverse. */
function sorted(people: readonly User[], valueIn: (user: User) => SortValue, descending: boolean): readonly User[] {
  const bytes = (user: User) => Buffer.from(String(valueIn(user)));
  const inOrder = people.toSorted((left, right) => {
    const nulls = Number(valueIn(left) === null) - Number(valueIn(right) === null);
    if (nulls !== 0 || valueIn(left) === null) return nulls;
    return Buffer.compare(bytes(left), bytes(right));
  });
  return descending ? inOrder.reverse() : inOrder;
}
