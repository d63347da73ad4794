import { expect } from 'chai';
import fc from 'fast-check';
import { describeOnBothStores } from './both-stores.ts';
import type { Answer, Body } from './client.ts';
import { aGroup, expectBody, expectEmpty } from './expectations.ts';
import { groupCalls, named } from './group-calls.ts';
import { type ScimServer, startScim } from './server.ts';

const PEOPLE = 8;
const RUNS = 25;

type Change =
  | { readonly kind: 'add' | 'remove' | 'replace' | 'put'; readonly who: readonly number[] }
  | { readonly kind: 'several'; readonly changes: readonly Change[] };

const who = fc.array(fc.nat(PEOPLE - 1), { maxLength: 5 });
const simple = fc.record({ kind: fc.constantFrom('add', 'remove', 'replace'), who });
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 4, arbitrary: simple },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('put' as const), who }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('several' as const), changes: fc.array(simple, { maxLength: 4 }) }),
  },
);

/** What a set would be after a change. */
function applied(members: ReadonlySet<number>, { kind, ...facts }: Change): ReadonlySet<number> {
  if ('changes' in facts) return facts.changes.reduce(applied, members);
  if (kind === 'add') return new Set([...members, ...facts.who]);
  if (kind === 'remove') return new Set([...members].filter((member) => !facts.who.includes(member)));
  return new Set(facts.who);
}

describeOnBothStores('SCIM members as a set', (on) => {
  let scim: ScimServer;
  before(async () => {
    scim = await startScim(on);
  });
  after(() => scim.stop());

  const { people, group, members } = groupCalls(() => scim);

  it('are after any changes what a set would be, and nobody else ever moves', async () => {
    const ids = await people(PEOPLE);
    const bystander = await group(ids.slice(0, 3));
    const idsOf = (numbers: Iterable<number>) => Array.from(numbers, (number) => ids[number] ?? '');
    const operations = (made: Change, at: number): readonly object[] => {
      if ('changes' in made) return made.changes.flatMap(operations);
      const value = named(idsOf(made.who));
      if (made.kind === 'remove' && at % 2 === 1)
        return value.map((member) => ({ op: 'remove', path: `members[value eq "${member.value}"]` }));
      return at % 3 === 2 && made.kind !== 'remove'
        ? [{ op: made.kind, value: { members: value } }]
        : [{ op: made.kind, path: 'members', value }];
    };
    const send = (id: string, made: Change, at: number): Promise<Answer> =>
      made.kind === 'put'
        ? scim.put(`/Groups/${id}`, aGroup({ members: named(idsOf(made.who)) }))
        : scim.patch(`/Groups/${id}`, operations(made, at));

    const holds = async (first: readonly number[], changes: readonly Change[]) => {
      const { id } = await group(idsOf(first));
      let model: ReadonlySet<number> = new Set(first);
      for (const [at, made] of changes.entries()) {
        const before = await scim.storedGroup(id);
        const answer = await send(id, made, at);
        if (made.kind === 'put') expectBody(answer, 200);
        else expectEmpty(answer, 204);
        const next = applied(model, made);
        const after = await scim.storedGroup(id);
        const stayed = before?.members.filter((member) => idsOf(next).includes(member.id));
        expect(after?.members.filter((member) => idsOf(model).includes(member.id))).to.deep.equal(stayed);
        const isSame = next.size === model.size && [...next].every((member) => model.has(member));
        if (isSame && made.kind !== 'put') expect(after?.version).to.equal(before?.version);
        model = next;
      }
      expect(await members(id)).to.deep.equal(idsOf(model).sort());
    };
    await fc.assert(fc.asyncProperty(who, fc.array(change, { minLength: 1, maxLength: 8 }), holds), { numRuns: RUNS });
    expect(await members(bystander.id)).to.deep.equal(ids.slice(0, 3).sort());
    const shown = expectBody(await scim.get(`/Groups/${bystander.id}`), 200);
    expect(shown.meta.version).to.equal((bystander as Body).meta.version);
  });

  it('are all there after 40 racing additions', async () => {
    const ids = await people(40);
    const { id } = await group();
    const add = (value: string) => scim.patch(`/Groups/${id}`, [{ op: 'add', path: 'members', value: [{ value }] }]);
    for (const answer of await Promise.all(ids.map(add))) expectEmpty(answer, 204);
    expect(await members(id)).to.deep.equal([...ids].sort());
    expect(await scim.storedGroup(id)).to.have.property('version', 41);
  });

  it('are as if one came after the other when additions, removals and renames race', async () => {
    const ids = await people(20);
    const { id } = await group(ids.slice(0, 10));
    const answers = await Promise.all([
      ...ids.slice(10).map((value) => scim.patch(`/Groups/${id}`, [{ op: 'add', path: 'members', value }])),
      ...ids
        .slice(0, 10)
        .map((value) => scim.patch(`/Groups/${id}`, [{ op: 'remove', path: `members[value eq "${value}"]` }])),
      scim.patch(`/Groups/${id}`, [{ op: 'replace', path: 'displayName', value: 'raced' }]),
    ]);
    for (const answer of answers) expectEmpty(answer, 204);
    expect(await members(id)).to.deep.equal(ids.slice(10).sort());
    expect(await scim.storedGroup(id)).to.deep.include({ attributes: { displayName: 'raced' }, version: 22 });
  });

  it('let one of many win who all hold the same tag', async () => {
    const ids = await people(10);
    const { id, meta } = await group();
    const tagged = (value: string) =>
      scim.patch(`/Groups/${id}`, [{ op: 'add', path: 'members', value }], { 'if-match': meta.version });
    const statuses = (await Promise.all(ids.map(tagged))).map(({ status }) => status).sort();
    expect(statuses).to.deep.equal([204, ...Array.from({ length: 9 }, () => 412)]);
    expect(await members(id)).to.have.length(1);
  });
});
