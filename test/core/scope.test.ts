import { expect } from 'chai';
import { outOfScope } from '../../src/core/scope.ts';
import { type ScopeRules, type SyncScope, WHOLE_DIRECTORY } from '../../src/core/sync-options.ts';
import { aDirectoryPerson } from './directory-people.ts';

const person = aDirectoryPerson({ externalId: 'g1', email: 'Ada@Sim.Example', orgUnit: '/Sales/EMEA' });
const scope = (include: Partial<ScopeRules>, exclude: Partial<ScopeRules> = {}): SyncScope => ({
  include: { ...WHOLE_DIRECTORY.include, ...include },
  exclude: { ...WHOLE_DIRECTORY.exclude, ...exclude },
  onLeave: 'keep',
});

describe('The rules of a scope', () => {
  it('an empty one takes everybody', () => expect(outOfScope(WHOLE_DIRECTORY, person, [])).to.equal(null));

  const IN: readonly (readonly [string, Partial<ScopeRules>, readonly string[]])[] = [
    ['an organizational unit', { orgUnits: ['/Sales/EMEA'] }, []],
    ['a unit above it', { orgUnits: ['/sales'] }, []],
    ['the top unit', { orgUnits: ['/'] }, []],
    ['a domain', { domains: ['sim.example'] }, []],
    ['an address', { people: ['ada@sim.example'] }, []],
    ['a key', { people: ['g1'] }, []],
    ['a group', { groups: ['sales', 'other'] }, ['sales']],
    ['one of each kind', { orgUnits: ['/Sales'], domains: ['x.example', 'sim.example'], groups: ['sales'] }, ['sales']],
  ];
  for (const [title, rules, groups] of IN)
    it(`${title} names them, to take them and to leave them out`, () => {
      expect(outOfScope(scope(rules), person, groups)).to.equal(null);
      expect(outOfScope(scope({}, rules), person, groups)).to.match(/^out of scope: the .+ is excluded$/);
      expect(outOfScope(scope(rules, { people: ['g1'] }), person, groups)).to.match(/is excluded$/);
    });

  const OUT: readonly (readonly [string, Partial<ScopeRules>, string])[] = [
    ['a unit that only begins alike', { orgUnits: ['/Sales/EM', '/Sal'] }, 'organizational unit'],
    ['a domain above theirs', { domains: ['example'] }, 'domain'],
    ['a group they are not in', { groups: ['sales'] }, 'group'],
    [
      'one kind that names them, and one that does not',
      { domains: ['sim.example'], people: ['eve@sim.example'] },
      'person',
    ],
  ];
  for (const [title, rules, kind] of OUT)
    it(`${title} does not`, () => {
      expect(outOfScope(scope(rules), person, [])).to.equal(`out of scope: not in any ${kind} that is included`);
    });

  it('without an address or a unit only what can be known counts', () => {
    const bare = aDirectoryPerson({ externalId: 'g2', email: null, orgUnit: null });
    expect(outOfScope(scope({ domains: ['sim.example'] }), bare, [])).not.to.equal(null);
    expect(outOfScope(scope({}, { domains: ['sim.example'], orgUnits: ['/'] }), bare, [])).to.equal(null);
  });
});
