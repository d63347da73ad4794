import { expect } from 'chai';
import fc from 'fast-check';
import { addressOf, cleanText } from '../../../connectors/clean-text.ts';
import { personOf } from '../../../connectors/google/person.ts';
import type { Raw } from '../../../connectors/raw.ts';

const ID = '100000700000000000042';
const ADA: Raw = {
  id: ID,
  etag: '"a"',
  primaryEmail: 'Ada@Sim.example',
  aliases: ['z@sim.example', 'a@sim.example'],
  name: { givenName: 'Ada', familyName: 'Byron' },
  suspended: false,
  archived: false,
  customerId: 'C01',
  orgUnitPath: '/Engineering',
  isGuestUser: false,
  organizations: [{ title: 'Old' }, { title: 'Engineer', department: 'Platform', primary: true }],
  externalIds: [
    { type: 'custom', value: 'X' },
    { type: 'organization', value: 'E42' },
  ],
};

function person(change: Raw = {}, remove: readonly string[] = []) {
  const raw = Object.fromEntries(Object.entries({ ...ADA, ...change }).filter(([name]) => !remove.includes(name)));
  const mapped = personOf(raw, ID);
  if (typeof mapped === 'string') throw new Error(mapped);
  return mapped;
}

describe('personOf', () => {
  it('maps every field', () => {
    const { hash, ...mapped } = person();
    expect(mapped).to.deep.equal({
      source: 'google',
      externalId: ID,
      tenant: 'C01',
      email: 'Ada@Sim.example',
      aliases: ['a@sim.example', 'z@sim.example'],
      givenName: 'Ada',
      familyName: 'Byron',
      displayName: 'Ada Byron',
      activity: 'active',
      reasons: [],
      kind: 'member',
      title: 'Engineer',
      department: 'Platform',
      employeeNumber: 'E42',
      orgUnit: '/Engineering',
    });
    expect(hash).to.match(/^[\w-]{43}$/);
  });

  describe('activity', () => {
    for (const [suspended, archived, activity, reasons] of [
      [false, false, 'active', []],
      [false, undefined, 'active', []],
      [true, false, 'inactive', ['suspended']],
      [true, undefined, 'inactive', ['suspended']],
      [false, true, 'inactive', ['archived']],
      [true, true, 'inactive', ['suspended', 'archived']],
      [undefined, true, 'inactive', ['archived']],
      [undefined, false, 'unknown', ['suspended is not stated']],
      [undefined, undefined, 'unknown', ['suspended is not stated']],
      [null, false, 'unknown', ['suspended is not stated']],
      ['false', false, 'unknown', ['suspended is not stated']],
      [0, false, 'unknown', ['suspended is not stated']],
      [false, 'no', 'unknown', ['archived is not stated']],
    ] as const)
      it(`suspended ${JSON.stringify(suspended)}, archived ${JSON.stringify(archived)} is ${activity}`, () => {
        const mapped = person({ suspended, archived });
        expect(mapped.activity).to.equal(activity);
        expect(mapped.reasons).to.deep.equal(reasons);
      });

    it("gives Google's reason for a suspension", () =>
      expect(person({ suspended: true, suspensionReason: 'ABUSIVE' }).reasons).to.deep.equal([
        'suspended',
        'suspensionReason: ABUSIVE',
      ]));
  });

  it('knows guests', () => {
    expect(person({ isGuestUser: true }).kind).to.equal('guest');
    expect(person({}, ['isGuestUser']).kind).to.equal('member');
  });

  it('leaves unsaid what Google does not say', () => {
    const mapped = person({}, [
      'name',
      'primaryEmail',
      'aliases',
      'organizations',
      'externalIds',
      'orgUnitPath',
      'customerId',
    ]);
    const { email, aliases, givenName, familyName, displayName, title, department, employeeNumber, orgUnit, tenant } =
      mapped;
    expect([
      email,
      givenName,
      familyName,
      displayName,
      title,
      department,
      employeeNumber,
      orgUnit,
      tenant,
    ]).to.deep.equal(Array(9).fill(null));
    expect(aliases).to.deep.equal([]);
  });

  for (const [field, value] of [
    ['name', 'Ada Byron'],
    ['name', ['Ada']],
    ['aliases', 'a@sim.example'],
    ['aliases', [42]],
    ['orgUnitPath', 7],
    ['customerId', {}],
    ['organizations', 'Engineering'],
    ['externalIds', { type: 'organization' }],
  ] as const)
    it(`does not trust a record whose ${field} is ${JSON.stringify(value)}`, () =>
      expect(personOf({ ...ADA, [field]: value }, ID)).to.equal(`"${field}" has an impossible form`));

  for (const email of [
    undefined,
    null,
    '',
    'ada',
    'ada@',
    '@sim.example',
    'a@b@c',
    'a b@c.example',
    42,
    {},
    `${'a'.repeat(65)}@b.example`,
  ])
    it(`takes ${JSON.stringify(email)} for no address`, () =>
      expect(person({ primaryEmail: email }).email).to.equal(null));

  it('shows a mononym without the space that has no width', () => {
    const mapped = person({ name: { givenName: 'Suharto', familyName: '\u200b' } });
    expect([mapped.givenName, mapped.familyName, mapped.displayName]).to.deep.equal(['Suharto', null, 'Suharto']);
  });
});

describe('the hash', () => {
  it('stays when only order or unrelated fields change', () => {
    const same = [
      person({ etag: '"b"', lastLoginTime: '2026-01-01T00:00:00Z', isAdmin: true }),
      person({ aliases: ['a@sim.example', 'z@sim.example', 'a@sim.example'] }),
      person({ name: { familyName: 'Byron', givenName: ' Ada\u200b' } }),
    ];
    for (const other of same) expect(other.hash).to.equal(person().hash);
  });

  for (const change of [
    { primaryEmail: 'ada@sim.example' },
    { name: { givenName: 'Ada', familyName: 'King' } },
    { suspended: true },
    { archived: true },
    { suspended: undefined },
    { isGuestUser: true },
    { aliases: ['a@sim.example'] },
    { organizations: [{ title: 'Lead', department: 'Platform' }] },
    { externalIds: [] },
    { orgUnitPath: '/Sales' },
    { customerId: 'C02' },
  ])
    it(`moves with ${JSON.stringify(change)}`, () => expect(person(change).hash).not.to.equal(person().hash));

  it('does not confuse a value in one field with the same in another', () => {
    const title = person({ organizations: [{ title: 'X', primary: true }] });
    const department = person({ organizations: [{ department: 'X', primary: true }] });
    expect(title.hash).not.to.equal(department.hash);
  });
});

const TRICKY = [...'Aé e\u0301\u200b\u200c\u200d\u200e\u202e\u2060\ufeff\u0000\n\t\u0085\u00a0م\u{1f98a}'];

describe('cleanText', () => {
  for (const [input, expected] of [
    ['  Ada ', 'Ada'],
    ['Ame\u0301lie', 'Amélie'],
    ['\u200b', null],
    ['\ufeff\u2060', null],
    ['\u200e\u202b', null],
    ['محمد', 'محمد'],
    ['می\u200cترا', 'می\u200cترا'],
    ['Ada\u0000Byron\n', 'Ada Byron'],
    ['', null],
    [42, null],
  ] as const)
    it(`makes ${JSON.stringify(expected)} of ${JSON.stringify(input)}`, () =>
      expect(cleanText(input)).to.equal(expected));

  it('changes nothing when applied again', () =>
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...TRICKY)).map((letters) => letters.join('')),
        (text) => {
          const once = cleanText(text);
          expect(once === null ? null : cleanText(once)).to.equal(once);
        },
      ),
    ));
});

describe('addressOf', () => {
  it('never lets through what has not exactly one @', () =>
    fc.assert(
      fc.property(fc.string(), (text) => {
        const address = addressOf(text);
        if (address !== null) expect(address.split('@')).to.have.length(2);
      }),
    ));
});

describe('personOf on anything', () => {
  it('never throws, and never claims activity that was not stated', () =>
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...Object.keys(ADA)), fc.jsonValue()), (raw) => {
        const mapped = personOf(raw, ID);
        if (typeof mapped !== 'string' && mapped.activity === 'active') expect(raw.suspended).to.equal(false);
      }),
      { numRuns: 2_000 },
    ));
});
