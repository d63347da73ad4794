import { expect } from 'chai';
import { AppError } from '../../../src/core/errors.ts';
import type { MemberChange, ScimResource } from '../../../src/core/scim-resource.ts';
import type { ResourceStore } from '../../../src/ports/resource-store.ts';
import { resourceCollections } from '../../../src/store/mongo/resource-schema.ts';
import { groupsOf } from '../../contracts/membership.contract.ts';
import { eachWithStores } from '../../contracts/open-stores.ts';
import { aGroup, membersOf, nextVersion, SPACE, writing } from '../../fixtures/resources.ts';
import { aUser } from '../../fixtures/users.ts';
import { describeOnMongo } from '../../servers/describe-on.ts';
import { oneDatabase, storesIn } from './open-stores.ts';
import { type Command, steppingResources } from './stepping.ts';

class Died extends Error {}

/** What the writer that dies or freezes does to a group of a, b and c, and who is in it afterwards. */
const WRITES: readonly (readonly [string, Partial<MemberChange> | 'removed', readonly string[] | null])[] = [
  ['adds', { add: membersOf(['d', 'e']) }, ['a', 'b', 'c', 'd', 'e']],
  ['removes', { remove: ['a', 'c'] }, ['b']],
  ['does both', { add: membersOf(['e', 'd']), remove: ['b'] }, ['a', 'c', 'e', 'd']],
  ['replaces', { replace: true, add: membersOf(['e', 'b']) }, ['b', 'e']],
  ['empties', { replace: true }, []],
  ['removes the group', 'removed', null],
];

/** The ways to ask who is in a group. */
const READS: readonly (readonly [string, (of: ResourceStore, group: ScimResource) => Promise<readonly string[]>])[] = [
  [
    'all members',
    async (resources, { id }) => (await resources.members(SPACE, [id])).get(id)?.members.map((one) => one.id) ?? [],
  ],
  ['some members', async (resources, { id }) => [...(await resources.membersAmong(SPACE, id, PEOPLE)).keys()]],
  [
    'the groups of people',
    async (resources, { id }) => {
      const found = await resources.groupsOf(SPACE, PEOPLE);
      return [...found].flatMap(([person, groups]) => (groups.some((group) => group.id === id) ? [person] : []));
    },
  ],
];

const PEOPLE = ['a', 'b', 'c', 'd', 'e'];
const MINUTES = 120_000;

describeOnMongo('a change of members, command by command, on MongoDB', (mongo) => {
  const suite = oneDatabase(mongo);
  const test = eachWithStores(storesIn(suite));
  const { change, membersIn } = groupsOf(test);

  beforeEach(async () => {
    const people = PEOPLE.map((id) => aUser({ scim: { id, connectionId: null } }));
    await test.stores.users.saveMany(people.map((user) => ({ user, events: [] })));
  });

  /** A group of a, b and c, in which d was once and e never. */
  async function aGroupOfThree(): Promise<ScimResource> {
    const group = aGroup();
    await change(group, { add: membersOf(['a', 'd', 'b', 'c']) });
    const second = nextVersion(group);
    await change(second, { remove: ['d'] });
    return second;
  }

  function write(resources: ResourceStore, group: ScimResource, what: (typeof WRITES)[number][1]): Promise<unknown> {
    if (what === 'removed') return resources.remove(SPACE, group.id, group.version);
    return resources.save(writing(nextVersion(group), what));
  }

  /** Who is in the group, by each way to ask; null for a group that is not there. */
  async function seenIn({ id }: ScimResource): Promise<readonly string[] | null> {
    const { resources } = test.stores;
    const listed = (await membersIn(id)) ?? null;
    const among = [...(await resources.membersAmong(SPACE, id, PEOPLE)).keys()];
    const groups = await resources.groupsOf(SPACE, PEOPLE);
    const inGroup = [...groups].filter(([, found]) => found.some((group) => group.id === id)).map(([member]) => member);
    expect(among.toSorted()).to.deep.equal((listed ?? []).toSorted());
    expect(inGroup.toSorted()).to.deep.equal((listed ?? []).toSorted());
    for (const person of PEOPLE) {
      const single = await resources.groupsOf(SPACE, [person]);
      expect(single.get(person)?.some((group) => group.id === id) ?? false).to.equal(listed?.includes(person) ?? false);
    }
    return listed;
  }

  /** Who is in the group by its rows alone. */
  async function rowsOf({ id }: ScimResource): Promise<readonly string[]> {
    const { memberships } = resourceCollections(suite.database);
    const rows = await memberships.find({ present: true, group: { $regex: `/${id}$` } }).toArray();
    return rows.map(({ member }) => member).sort();
  }

  /** The write by somebody who dies at a step; whether they lived to the end of it. */
  async function dies(at: number, work: (resources: ResourceStore) => Promise<unknown>): Promise<boolean> {
    let steps = 0;
    const resources = steppingResources(suite.database, test.clock, async () => {
      if (++steps > at) throw new Died();
    });
    return work(resources).then(
      () => true,
      (error: unknown) => {
        if (error instanceof Died) return false;
        throw error;
      },
    );
  }

  for (const [what, members, after] of WRITES) {
    it(`of somebody who ${what} and dies anywhere is seen whole or not at all, and the repair finishes it`, async () => {
      for (let at = 0, lived = false; !lived; at++) {
        const group = await aGroupOfThree();
        lived = await dies(at, (resources) => write(resources, group, members));
        const seen = await seenIn(group);
        expect(seen, `after step ${at}`).to.be.deep.oneOf([['a', 'b', 'c'], after]);
        test.clock.advance(MINUTES);
        await test.stores.resources.repair(10);
        expect(await seenIn(group), `repaired after step ${at}`).to.deep.equal(seen);
        expect(await rowsOf(group)).to.deep.equal((seen ?? []).toSorted());
        expect(await test.stores.resources.repair(10)).to.equal(0);
        if (lived) expect(at).to.be.above(5);
      }
    }).timeout(MINUTES);

    if (after !== null)
      it(`of somebody who ${what} and dies anywhere is finished by the next writer`, async () => {
        for (let at = 0, lived = false; !lived; at++) {
          const group = await aGroupOfThree();
          lived = await dies(at, (resources) => write(resources, group, members));
          const seen = (await seenIn(group)) ?? [];
          const stored = await test.stores.resources.get(SPACE, group.id);
          await change(nextVersion(stored ?? group), { add: membersOf(['c', 'd']), remove: ['b'] });
          const expected = [...seen.filter((id) => id !== 'b'), ...['c', 'd'].filter((id) => !seen.includes(id))];
          expect(await seenIn(group), `after step ${at}`).to.deep.equal(expected);
          expect(await rowsOf(group)).to.deep.equal(expected.toSorted());
        }
      }).timeout(MINUTES);

    it(`of somebody who ${what}, freezes anywhere and wakes after others undoes nothing of theirs`, async () => {
      for (let at = 0, slept = true; slept; at++) {
        const group = await aGroupOfThree();
        let steps = 0;
        const [asleep, awake] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
        const resources = steppingResources(suite.database, test.clock, async () => {
          if (++steps !== at + 1) return;
          asleep.resolve();
          await awake.promise;
        });
        const writing = write(resources, group, members).catch((error: unknown) => error);
        slept = await Promise.race([asleep.promise.then(() => true), writing.then(() => false)]);
        const stored = await test.stores.resources.get(SPACE, group.id);
        if (stored) {
          const second = nextVersion(stored);
          await change(second, { replace: true, add: membersOf(['d', 'a']) });
          await change(nextVersion(second), { remove: ['d'], add: membersOf(['c', 'b']) });
        }
        const expected = stored ? ['a', 'c', 'b'] : null;
        expect((await seenIn(group))?.toSorted() ?? null, `before it wakes at ${at}`).to.deep.equal(
          expected?.toSorted() ?? null,
        );
        awake.resolve();
        const outcome = await writing;
        expect((await seenIn(group))?.toSorted() ?? null, `awake at ${at}`).to.deep.equal(expected?.toSorted() ?? null);
        expect(await rowsOf(group), `awake at ${at}`).to.deep.equal(expected?.toSorted() ?? []);
        const won = stored === null || stored.version === group.version + 1;
        if (won) expect(outcome instanceof Error, `told at ${at}: ${outcome}`).to.equal(false);
        else expect(outcome).to.be.instanceOf(AppError).with.property('code', 'stale');
      }
    }).timeout(MINUTES);
  }

  const both: Partial<MemberChange> = { add: membersOf(['e', 'd']), remove: ['b'] };

  for (const [how, read] of READS)
    it(`is seen whole by somebody who asks for ${how} and is overtaken at any command`, async () => {
      for (const left of [0, 1, 5])
        for (let overtakenAt = 0, isOver = false; !isOver; overtakenAt++)
          for (const diesAt of [0, 1, 3, 5, 7]) {
            // Before the reader comes, one writer dies; while it reads, one writes and another one dies.
            const group = await aGroupOfThree();
            if (left > 0) await dies(left, (resources) => write(resources, group, both));
            const second = (await test.stores.resources.get(SPACE, group.id)) ?? group;
            const first = left > 0 ? ['a', 'c', 'e', 'd'] : ['a', 'b', 'c'];
            let commands = 0;
            const resources = steppingResources(suite.database, test.clock, async () => {
              if (commands++ !== overtakenAt * 2) return;
              await change(nextVersion(second), { remove: ['a', 'd'], add: membersOf(['b']) });
              await dies(diesAt, (others) =>
                write(others, nextVersion(second), { replace: true, add: membersOf(['d', 'c']) }),
              );
            });
            const seen = await read(resources, group);
            const then = left > 0 ? ['b', 'c', 'e'] : ['b', 'c'];
            const said = `${left} left, overtaken at ${overtakenAt}, died at ${diesAt}`;
            expect(seen.toSorted(), said).to.be.deep.oneOf([first.toSorted(), then, ['c', 'd']]);
            isOver = commands <= overtakenAt * 2;
          }
    }).timeout(MINUTES);

  it('costs the same commands and documents whatever the size of the group', async () => {
    const costs: Command[][] = [];
    for (const size of [10, 2_000]) {
      const group = aGroup();
      await change(group, { add: membersOf(Array.from({ length: size }, (_, n) => `${size}-${n}`)) });
      const commands: Command[] = [];
      const resources = steppingResources(
        suite.database,
        test.clock,
        async () => undefined,
        (command) => commands.push(command),
      );
      const second = nextVersion(group);
      await resources.save(writing(second, { add: membersOf(['new']) }));
      await resources.save(writing(nextVersion(second), { remove: ['new', `${size}-5`] }));
      await resources.membersAmong(SPACE, group.id, [`${size}-1`, 'new']);
      await resources.groupsOf(SPACE, [`${size}-1`]);
      costs.push(commands);
    }
    expect(costs[0]).to.deep.equal(costs[1]);
    const add = costs[0]?.slice(0, 4).map(({ name, sent, received }) => [name, sent, received]);
    expect(add).to.deep.equal([
      ['updateOne', 1, 0],
      ['find', 1, 0],
      ['bulkWrite', 1, 0],
      ['updateOne', 1, 0],
    ]);
  }).timeout(MINUTES);

  it('writes no row of a member who stays when all are replaced by the same', async () => {
    const group = await aGroupOfThree();
    const commands: Command[] = [];
    const resources = steppingResources(
      suite.database,
      test.clock,
      async () => undefined,
      (command) => commands.push(command),
    );
    await resources.save(writing(nextVersion(group), { replace: true, add: membersOf(['c', 'b', 'a']) }));
    expect(commands.map(({ name }) => name)).to.deep.equal(['updateOne', 'find', 'updateOne']);
    expect(await membersIn(group.id)).to.deep.equal(['a', 'b', 'c']);
  });
});
