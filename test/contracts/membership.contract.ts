import { expect } from 'chai';
import { isAppError } from '../../src/core/errors.ts';
import { type Member, type MemberChange, type ScimResource, settledMembers } from '../../src/core/scim-resource.ts';
import { aGroup, membersOf, nextVersion, SPACE, writing } from '../fixtures/resources.ts';
import { anOwnedUser, aUser, changed, ORGANIZATION } from '../fixtures/users.ts';
import { eachWithStores, type OpenStores, type StoresUnderTest } from './open-stores.ts';
import { chanceOf } from './random-people.ts';

/** What every home of groups promises about who is in them. */
export function membershipContract(open: OpenStores): void {
  const test = eachWithStores(open);
  const { change, named, membersIn, people } = groupsOf(test);

  it('case-G12 shows members by the name the client gave them, else their own, in the order in which they came', async () => {
    const ids = await people(
      anOwnedUser({ userName: 'ada', displayName: 'Ada L.', name: { formatted: 'no' } }),
      anOwnedUser({ userName: 'bob', name: { givenName: 'Bob', familyName: 'B.' } }),
      anOwnedUser({ userName: 'cyd', name: { formatted: 'Cyd C.', givenName: 'no' } }),
      anOwnedUser({ userName: 'Dan' }),
      aUser({ email: 'Eve@Example.com' }),
    );
    const [ada = '', bob = '', cyd = '', dan = '', eve = ''] = ids;
    const child = aGroup({ attributes: { displayName: 'Staff' } });
    const nameless = aGroup({ attributes: {} });
    await test.stores.resources.save({ resource: child, claims: [] });
    await test.stores.resources.save({ resource: nameless, claims: [] });
    const group = aGroup();
    await change(group, { add: [...membersOf([dan, ada]), { id: bob, kind: 'User', display: 'new User' }] });
    await change(nextVersion(group), {
      add: [...membersOf([child.id, nameless.id], 'Group'), ...membersOf([eve, cyd])],
    });
    expect(await named(group.id)).to.deep.equal([
      [dan, 'Dan'],
      [ada, 'Ada L.'],
      [bob, 'new User'],
      [child.id, 'Staff'],
      [nameless.id, undefined],
      [eve, 'Eve@Example.com'],
      [cyd, 'Cyd C.'],
    ]);
  });

  it('case-G15 shows the name a person has now', async () => {
    const user = anOwnedUser({ userName: 'ada', displayName: 'Ada' });
    const [ada = ''] = await people(user);
    const group = aGroup();
    await change(group, { add: membersOf([ada]) });
    const record = { ...user.records[0], attributes: { userName: 'ada', displayName: 'Countess' } };
    await test.stores.users.save({ user: changed(user, { records: [record as never] }), events: [] });
    expect(await named(group.id)).to.deep.equal([[ada, 'Countess']]);
  });

  it('case-G13 has nobody twice: who is added again keeps their place, and their name unless they are given one', async () => {
    const [a = '', b = ''] = await people(aUser(), aUser());
    const group = aGroup();
    await change(group, { add: [{ id: a, kind: 'User', display: 'A' }, ...membersOf([b, a, b])] });
    expect(await named(group.id)).to.deep.equal([
      [a, 'A'],
      [b, await ownName(b)],
    ]);
    await change(nextVersion(group), { add: [{ id: b, kind: 'User', display: 'B' }, ...membersOf([a])] });
    expect(await named(group.id)).to.deep.equal([
      [a, 'A'],
      [b, 'B'],
    ]);
  });

  const ownName = async (scimId: string) =>
    (await test.stores.users.findByScimId(ORGANIZATION, scimId))?.email ?? undefined;

  it('case-G05 case-G07 removes only those named, and nobody who is not in it', async () => {
    const ids = await people(aUser(), aUser(), aUser());
    const [a = '', b = '', c = ''] = ids;
    const group = aGroup();
    await change(group, { add: membersOf(ids) });
    await change(nextVersion(group), { remove: [b, 'stranger', b] });
    expect(await membersIn(group.id)).to.deep.equal([a, c]);
  });

  it('case-G25 keeps out who is both added and removed', async () => {
    const [a = '', b = ''] = await people(aUser(), aUser());
    const group = aGroup();
    await change(group, { add: membersOf([a]) });
    await change(nextVersion(group), { add: membersOf([a, b]), remove: [a] });
    expect(await membersIn(group.id)).to.deep.equal([b]);
  });

  it('case-G08 case-G09 case-G16 replaces all members, takes names as they are given now, and empties', async () => {
    const [a = '', b = '', c = ''] = await people(aUser(), aUser(), aUser());
    const group = aGroup();
    await change(group, { add: [{ id: a, kind: 'User', display: 'A' }, ...membersOf([b])] });
    const second = nextVersion(group);
    await change(second, { replace: true, add: membersOf([c, a]), remove: [c] });
    expect(await membersIn(group.id)).to.deep.equal([a]);
    expect(await named(group.id)).to.deep.equal([[a, await ownName(a)]]);
    const third = nextVersion(second);
    await change(third, { replace: true, add: membersOf([c, a]) });
    expect(await membersIn(group.id)).to.deep.equal([a, c]);
    await change(nextVersion(third), { replace: true });
    expect(await membersIn(group.id)).to.deep.equal([]);
  });

  it('puts who comes back behind those who stayed', async () => {
    const [a = '', b = ''] = await people(aUser(), aUser());
    const group = aGroup();
    await change(group, { add: [{ id: a, kind: 'User', display: 'A' }, ...membersOf([b])] });
    await change(nextVersion(group), { remove: [a] });
    await change(nextVersion(nextVersion(group)), { add: membersOf([a]) });
    expect(await named(group.id)).to.deep.equal([
      [b, await ownName(b)],
      [a, await ownName(a)],
    ]);
  });

  it('changes no member of a write that is refused, or that names none', async () => {
    const [a = '', b = ''] = await people(aUser(), aUser());
    const group = aGroup();
    await change(group, { add: membersOf([a]) });
    await test.stores.resources.save(writing(aGroup(), {}, ['displayName:taken']));
    const second = nextVersion(group);
    const refusals = [
      writing(group, { add: membersOf([b]) }),
      writing(second, { replace: true }, ['displayName:taken']),
    ];
    for (const write of refusals) expect(await test.stores.resources.save(write).catch(isAppError)).to.equal(true);
    await test.stores.resources.save({ resource: second, claims: [] });
    expect(await membersIn(group.id)).to.deep.equal([a]);
    const shown = await test.stores.resources.members(SPACE, [group.id]);
    expect(shown.get(group.id)?.version).to.equal(2);
  });

  it('case-G23 shows nobody the connection does not see', async () => {
    const gone = aUser();
    const removed = aGroup();
    await test.stores.resources.save({ resource: removed, claims: [] });
    const others = { connectionId: 'connection-2' };
    const ids = await people(
      aUser(),
      gone,
      aUser({ kind: 'agency' }),
      anOwnedUser({ userName: 'theirs' }, {}, others),
      aUser({ organizationId: 'organization-2' }),
    );
    const group = aGroup();
    const everybody = [...membersOf([...ids, 'nobody']), ...membersOf([removed.id, 'none'], 'Group')];
    await change(group, { add: everybody });
    await test.stores.users.save({ user: changed(gone, { scim: { id: null, connectionId: null } }), events: [] });
    await test.stores.resources.remove(SPACE, removed.id);
    expect(await membersIn(group.id)).to.deep.equal([ids[0]]);
    const among = await test.stores.resources.membersAmong(SPACE, group.id, [gone.scim.id ?? '', 'nobody', 'stranger']);
    expect([...among.keys()]).to.have.members([gone.scim.id, 'nobody']);
  });

  it('does not take a person for a group, nor a group for a person', async () => {
    const [ada = ''] = await people(aUser());
    const child = aGroup();
    await test.stores.resources.save({ resource: child, claims: [] });
    const group = aGroup();
    await change(group, { add: [...membersOf([ada], 'Group'), ...membersOf([child.id], 'User')] });
    expect(await membersIn(group.id)).to.deep.equal([]);
  });

  it('shows many groups at once, and none that is not there', async () => {
    const ids = await people(aUser(), aUser());
    const [first, second, empty, removed] = [aGroup(), aGroup(), aGroup(), aGroup()];
    await change(first, { add: membersOf(ids) });
    await change(second, { add: membersOf(ids.slice(1)) });
    await change(empty, {});
    await change(removed, { add: membersOf(ids) });
    await test.stores.resources.remove(SPACE, removed.id);
    const shown = await test.stores.resources.members(SPACE, [second.id, removed.id, first.id, empty.id, 'none']);
    expect([...shown].map(([id, { members }]) => [id, members.map((member) => member.id)])).to.have.deep.members([
      [first.id, ids],
      [second.id, ids.slice(1)],
      [empty.id, []],
    ]);
  });

  it('tells who of some is in the group, as the client named them', async () => {
    const group = aGroup();
    const members: readonly Member[] = [
      { id: 'a', kind: 'User', display: 'A' },
      { id: 'b', kind: 'Group' },
      { id: 'c', kind: 'User' },
    ];
    await change(group, { add: members });
    const among = (ids: readonly string[]) => test.stores.resources.membersAmong(SPACE, group.id, ids);
    expect(await among(['b', 'x', 'a', 'a'])).to.deep.equal(
      new Map(members.slice(0, 2).map((member) => [member.id, member])),
    );
    expect(await among([])).to.deep.equal(new Map());
    expect(await test.stores.resources.membersAmong(SPACE, 'none', ['a'])).to.deep.equal(new Map());
  });

  it('case-G19 case-G22 tells the groups of people, the oldest first', async () => {
    const [first, second, nameless] = [
      aGroup({ attributes: { displayName: 'First' } }),
      aGroup({ attributes: { displayName: 'Second' } }),
      aGroup({ attributes: {} }),
    ];
    for (const group of [first, nameless, second]) await change(group, { add: membersOf(['a']) });
    await change(nextVersion(second), { add: membersOf(['b']) });
    const groupsOf = (ids: readonly string[]) => test.stores.resources.groupsOf(SPACE, ids);
    const [inFirst, inSecond, inNameless] = [
      { id: first.id, displayName: 'First' },
      { id: second.id, displayName: 'Second' },
      { id: nameless.id, displayName: null },
    ];
    const inOrder = [inFirst, inSecond, inNameless].sort((left, right) => (left.id < right.id ? -1 : 1));
    const found = await groupsOf(['b', 'a', 'c', 'a']);
    expect(found.get('a')).to.have.deep.members(inOrder);
    expect(found.get('b')).to.deep.equal([inSecond]);
    expect(found.size).to.equal(2);
    await test.stores.resources.remove(SPACE, second.id);
    expect(await groupsOf(['a', 'b'])).to.deep.equal(new Map([['a', inOrder.filter(({ id }) => id !== second.id)]]));
  });

  it('takes a removed group out of the groups it was in, and forgets who was in it', async () => {
    const [parent, child] = [aGroup(), aGroup()];
    await change(child, { add: membersOf(['a']) });
    await change(parent, { add: [...membersOf([child.id], 'Group'), ...membersOf(['a'])] });
    await test.stores.resources.remove(SPACE, child.id);
    expect(await test.stores.resources.membersAmong(SPACE, parent.id, [child.id, 'a'])).to.have.keys('a');
    expect(await test.stores.resources.membersAmong(SPACE, child.id, ['a'])).to.deep.equal(new Map());
    expect((await test.stores.resources.groupsOf(SPACE, ['a'])).get('a')).to.have.length(1);
    expect((await test.stores.resources.groupsOf(SPACE, [child.id])).size).to.equal(0);
  });

  it('adds 40 members by 40 racing writers, and gives each a version of its own', async () => {
    const group = aGroup();
    await change(group, {});
    const versions = await Promise.all(
      Array.from({ length: 40 }, (_, n) => insistently(test, group.id, { add: membersOf([`m${n}`]) })),
    );
    expect(versions.toSorted((left, right) => left - right)).to.deep.equal(versions.map((_, n) => n + 2));
    const ids = versions.map((_, n) => `m${n}`);
    expect([...(await test.stores.resources.membersAmong(SPACE, group.id, ids)).keys()]).to.have.members(ids);
  }).timeout(60_000);

  it('ends as racing writers say, one after the other', async () => {
    const chance = chanceOf(5);
    const pick = (count: number) => Array.from({ length: count }, () => `m${chance.below(12)}`);
    const group = aGroup();
    await change(group, {});
    const made = new Map<number, MemberChange>();
    const write = async () => {
      for (let n = 0; n < 8; n++) {
        const next: MemberChange = { replace: chance.below(4) === 0, add: membersOf(pick(3)), remove: pick(2) };
        made.set(await insistently(test, group.id, next), next);
      }
    };
    await Promise.all(Array.from({ length: 5 }, write));
    let model = new Set<string>();
    for (const [, { replace, add, remove }] of [...made].toSorted(([left], [right]) => left - right)) {
      const settled = settledMembers({ replace, add, remove });
      if (replace) model = new Set();
      for (const { id } of settled.add) model.add(id);
      for (const id of settled.remove) model.delete(id);
    }
    const ids = Array.from({ length: 12 }, (_, n) => `m${n}`);
    expect(made.size).to.equal(40);
    expect([...(await test.stores.resources.membersAmong(SPACE, group.id, ids)).keys()]).to.have.members([...model]);
  }).timeout(60_000);

  it('shows a reader whole states only while 1,000 members are exchanged for 1,000 others', async () => {
    const users = Array.from({ length: 2_000 }, () => aUser());
    await test.stores.users.saveMany(users.map((user) => ({ user, events: [] })));
    const ids = users.map(({ scim }) => scim.id ?? '');
    const halves = [ids.slice(0, 1_000), ids.slice(1_000)] as const;
    const group = aGroup();
    await change(group, { add: membersOf(halves[0]) });
    let isOver = false;
    const seen = new Set<number>();
    const read = async () => {
      while (!isOver) {
        const { version, members } = (await test.stores.resources.members(SPACE, [group.id])).get(group.id) ?? {};
        const expected = halves[((version ?? 0) + 1) % 2] ?? [];
        expect(members?.map(({ id }) => id)).to.have.members(expected);
        const sample = [...expected.slice(0, 5), ...(halves[(version ?? 0) % 2] ?? []).slice(0, 5)];
        const among = await test.stores.resources.membersAmong(SPACE, group.id, sample);
        expect(new Set([...among.keys()].map((id) => halves[0].includes(id)))).to.have.property('size', 1);
        expect(among.size).to.equal(5);
        const groups = await test.stores.resources.groupsOf(SPACE, sample);
        expect(new Set([...groups.keys()].map((id) => halves[0].includes(id)))).to.have.property('size', 1);
        expect(groups.size).to.equal(5);
        seen.add(version ?? 0);
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const readers = Promise.all([read(), read()]);
    let version: ScimResource = group;
    for (let n = 1; n <= 3; n++) {
      version = nextVersion(version);
      await change(version, { replace: true, add: membersOf(halves[n % 2] ?? []) });
    }
    isOver = true;
    await readers;
    expect(seen.size).to.be.greaterThan(0);
  }).timeout(120_000);
}

/** Short forms of what the tests of members do again and again. */
export function groupsOf(test: StoresUnderTest) {
  const membersIn = async (id: string) =>
    (await test.stores.resources.members(SPACE, [id])).get(id)?.members.map((member) => member.id);
  return {
    membersIn,
    change: (group: ScimResource, members: Partial<MemberChange>) =>
      test.stores.resources.save(writing(group, members)),
    named: async (id: string) =>
      (await test.stores.resources.members(SPACE, [id])).get(id)?.members.map((member) => [member.id, member.display]),
    /** Saves people and returns the ids SCIM knows them by. */
    async people(...users: readonly ReturnType<typeof aUser>[]): Promise<readonly string[]> {
      for (const user of users) await test.stores.users.save({ user, events: [] });
      return users.map(({ scim }) => scim.id ?? '');
    },
  };
}

/** Changes the members of a group however often somebody else is faster; returns the version that did it. */
export async function insistently(
  test: Pick<StoresUnderTest, 'stores'>,
  id: string,
  members: Partial<MemberChange>,
): Promise<number> {
  for (;;) {
    const stored = await test.stores.resources.get(SPACE, id);
    if (!stored) throw new Error(`${id} is not there`);
    const next = nextVersion(stored);
    const outcome = await test.stores.resources.save(writing(next, members)).catch((error: unknown) => error);
    if (outcome === undefined) return next.version;
    if (!isAppError(outcome, 'stale')) throw outcome;
  }
}
