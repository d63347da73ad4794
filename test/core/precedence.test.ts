import { expect } from 'chai';
import { resolve } from '../../src/core/resolve.ts';
import { recordOf, type SourceRecord, withRecord } from '../../src/core/user.ts';
import { aUser } from '../fixtures/users.ts';
import {
  afterWord,
  aPerson,
  aRecord,
  google,
  manual,
  microsoft,
  type Switch,
  scim,
  settingsWith,
  swept,
} from './records.ts';

const SCIM = scim({ attributes: { title: 'SCIM' } });
const GOOGLE = google({}, { attributes: { title: 'Google' } });
const MICROSOFT = microsoft({}, { attributes: { title: 'Microsoft' } });
const MANUAL = manual({ attributes: { title: 'Typed' } });
const EVERYBODY = [SCIM, GOOGLE, MICROSOFT, MANUAL];

const titleOf = (records: readonly SourceRecord[], on: readonly Switch[]) =>
  resolve(records, settingsWith(on)).attributes.title;

describe('§2.2 (1) every record is kept', () => {
  it("§2.2 (1) every source's record is kept when another one speaks", () => {
    const settings = settingsWith(['scim', 'google', 'microsoft']);
    let user = aPerson(settings, []);
    for (const record of EVERYBODY) user = afterWord(user, record, settings);
    expect(user.records.map(({ source }) => source)).to.have.members(['scim', 'google', 'microsoft', 'manual']);
  });

  it('§2.2 (1) nothing a source says is thrown away because another one outranks it', () => {
    const settings = settingsWith(['scim', 'google']);
    const user = afterWord(aPerson(settings, [SCIM]), GOOGLE, settings);
    expect(user.attributes.title).to.equal('SCIM');
    expect(recordOf(user, 'google')?.attributes).to.deep.equal({ title: 'Google' });
    expect(swept(user, settingsWith(['google'])).attributes.title).to.equal('Google');
  });

  it('§2.2 (1) two connections leave a record each', () => {
    const user = withRecord(withRecord(aUser(), scim()), scim({ connectionId: 'connection-2' }));
    expect(user.records).to.have.length(2);
  });
});

describe('§2.2 (2) rank', () => {
  for (const [title, on, winner] of [
    ['SCIM, when it is on', ['scim', 'google', 'microsoft'], 'SCIM'],
    ['the leading directory, when SCIM is off', ['google', 'microsoft'], 'Google'],
    ['the other directory, when only that one is on', ['microsoft'], 'Microsoft'],
  ] as const)
    it(`§2.2 (2) first comes ${title}`, () => {
      for (const records of permutations(EVERYBODY)) expect(titleOf(records, on)).to.equal(winner);
    });

  it("§2.2 (2) the directories follow the organization's directory order", () => {
    const settings = settingsWith(['google', 'microsoft'], { directoryOrder: ['microsoft', 'google'] });
    expect(resolve(EVERYBODY, settings).attributes.title).to.equal('Microsoft');
  });

  it('§2.2 (2) a directory outranks a younger manual word', () => {
    const old = google({}, { attributes: { title: 'Google' }, stamps: { title: 1 } });
    expect(titleOf([old, manual({ attributes: { title: 'Typed' }, stamps: { title: 9 } })], ['google'])).to.equal(
      'Google',
    );
  });

  it('§2.2 (2) manual and all dormant sources share the last rank: the later version wins, per attribute', () => {
    const records = [
      scim({ attributes: { title: 'SCIM', nickName: 'SCIM' }, stamps: { title: 3, nickName: 1 } }),
      google({}, { attributes: { title: 'Google', nickName: 'Google' }, stamps: { title: 2, nickName: 2 } }),
      manual({ attributes: { title: 'Typed', nickName: 'Typed' }, stamps: { title: 1, nickName: 3 } }),
    ];
    for (const shuffled of permutations(records))
      expect(resolve(shuffled, settingsWith([])).attributes).to.deep.equal({ title: 'SCIM', nickName: 'Typed' });
  });

  it('§2.2 (2) the later version counts for being enabled, too', () => {
    const records = [
      scim({ enabled: false, stamps: { enabled: 4 } }),
      google({}, { enabled: true, stamps: { enabled: 3 } }),
      manual({ enabled: true, stamps: { enabled: 5 } }),
    ];
    expect(resolve(records, settingsWith([])).status).to.equal('active');
    expect(resolve(records.slice(0, 2), settingsWith([])).status).to.equal('deactivated');
  });

  it('§2.2 (2) dormant sources rank below every live one', () => {
    const dormant = scim({ attributes: { title: 'SCIM' }, stamps: { title: 9 } });
    expect(
      titleOf([dormant, google({}, { attributes: { title: 'Google' }, stamps: { title: 1 } })], ['google']),
    ).to.equal('Google');
  });

  it('§2.2 (2) after SCIM is switched off its last word stands until somebody says something newer', () => {
    const off = settingsWith([]);
    const person = aPerson(settingsWith(['scim']), [scim({ attributes: { title: 'SCIM' }, enabled: true })]);
    const silent = swept(person, off);
    expect([silent.status, silent.attributes.title]).to.deep.equal(['active', 'SCIM']);
    const edited = afterWord(silent, manual({ attributes: { title: 'Typed' } }), off);
    expect([edited.status, edited.attributes.title]).to.deep.equal(['active', 'Typed']);
  });

  it('§2.2 (2) an old manual true never lifts a later SCIM false', () => {
    const off = settingsWith([]);
    const on = settingsWith(['scim']);
    const activated = aPerson(off, [manual({ enabled: true })]);
    const taken = afterWord(activated, scim({ enabled: true }), on);
    const deactivated = afterWord(taken, scim({ enabled: false }), on);
    expect(swept(deactivated, off).status).to.equal('deactivated');
  });

  it('§2.2 (2) an admin who says the same again after SCIM is off says something newer', () => {
    const off = settingsWith([]);
    const deactivated = afterWord(
      aPerson(off, [manual({ enabled: true })]),
      scim({ enabled: false }),
      settingsWith(['scim']),
    );
    const former = recordOf(deactivated, 'manual');
    if (!former) throw new Error('the admin has spoken');
    expect(afterWord(deactivated, former, off, { restated: ['enabled'] }).status).to.equal('active');
  });

  it('§2.2 (2) a word that is delivered again does not become younger', () => {
    const off = settingsWith([]);
    const first = aPerson(off, [google({}, { attributes: { title: 'Google' } })]);
    const edited = afterWord(first, manual({ attributes: { title: 'Typed' } }), off);
    const again = afterWord(edited, google({ hash: 'other' }, { attributes: { title: 'Google' } }), off);
    expect(again.attributes.title).to.equal('Typed');
  });

  it('§2.2 (2) switching on restores authority', () => {
    const on = settingsWith(['scim']);
    const person = aPerson(on, [scim({ attributes: { title: 'SCIM' } })]);
    const edited = afterWord(
      swept(person, settingsWith([])),
      manual({ attributes: { title: 'Typed' } }),
      settingsWith([]),
    );
    expect(edited.attributes.title).to.equal('Typed');
    expect(swept(edited, on).attributes.title).to.equal('SCIM');
  });
});

describe('§2.2 (3) attribute by attribute', () => {
  const on = ['scim', 'google'] as const;

  it('§2.2 (3) each attribute takes the value of the highest-ranked record that asserts it', () => {
    const records = [
      scim({ attributes: { title: 'SCIM' } }),
      google({}, { attributes: { title: 'Google', displayName: 'Google' } }),
      manual({ attributes: { title: 'Typed', displayName: 'Typed', nickName: 'Typed' } }),
    ];
    expect(resolve(records, settingsWith(on)).attributes).to.deep.equal({
      title: 'SCIM',
      displayName: 'Google',
      nickName: 'Typed',
    });
  });

  for (const [what, value] of [
    ['null', null],
    ['[]', []],
  ] as const)
    it(`§2.2 (3) an explicit removal by ${what} asserts "no value" and hides lower ones`, () => {
      const records = [
        scim({ attributes: { phoneNumbers: value } }),
        manual({ attributes: { phoneNumbers: [{ value: '1' }] } }),
      ];
      const { attributes, winners } = resolve(records, settingsWith(on));
      expect(attributes).to.deep.equal({});
      expect(winners.get('phoneNumbers')?.source).to.equal('scim');
    });

  it('§2.2 (3) an attribute a source never mentions is not asserted', () => {
    const { attributes } = resolve(
      [scim({ attributes: {} }), manual({ attributes: { title: 'Typed' } })],
      settingsWith(on),
    );
    expect(attributes.title).to.equal('Typed');
  });

  it('§2.2 (3) multi-valued attributes are taken whole from the winning record', () => {
    const records = [
      scim({ attributes: { phoneNumbers: [{ value: '1', type: 'work' }] } }),
      manual({ attributes: { phoneNumbers: [{ value: '2', type: 'home' }] } }),
    ];
    expect(resolve(records, settingsWith(on)).attributes.phoneNumbers).to.deep.equal([{ value: '1', type: 'work' }]);
  });

  it('§2.2 (3) a name without displayName asserts the displayName that follows from it', () => {
    const records = [
      scim({ attributes: { name: { givenName: 'Ada', familyName: 'Lovelace' } } }),
      manual({ attributes: { displayName: 'Countess' } }),
    ];
    expect(resolve(records, settingsWith(on)).attributes.displayName).to.equal('Ada Lovelace');
  });

  it('§2.2 (3) being enabled is resolved like any attribute', () => {
    expect(resolve([scim(), manual({ enabled: true })], settingsWith(on)).status).to.equal('active');
    expect(resolve([scim({ enabled: false }), manual({ enabled: true })], settingsWith(on)).status).to.equal(
      'deactivated',
    );
  });
});

describe('§2.2 (4) from enabled to status', () => {
  const settings = settingsWith(['scim']);

  for (const [enabled, terminated, status] of [
    [true, false, 'active'],
    [true, true, 'active'],
    [false, false, 'deactivated'],
    [false, true, 'terminated'],
    [null, false, 'unprovisioned'],
    [null, true, 'unprovisioned'],
  ] as const)
    it(`§2.2 (4) enabled ${enabled}${terminated ? ' with a terminated mark' : ''} is ${status}`, () =>
      expect(resolve([scim({ enabled }), manual({ terminated })], settings).status).to.equal(status));

  it('§2.2 (4) any record may carry the mark, whoever asserts false', () => {
    for (const marked of [
      scim({ enabled: false, terminated: true }),
      google({ activity: 'inactive' }, { terminated: true }),
    ])
      expect(resolve([marked, scim({ connectionId: 'other', enabled: false })], settings).status).to.equal(
        'terminated',
      );
  });

  it('§2.2 (4) any return to active clears all marks', () => {
    const person = aPerson(settings, [
      scim({ enabled: false, terminated: true }),
      manual({ enabled: false, terminated: true }),
    ]);
    expect(person.status).to.equal('terminated');
    const returned = afterWord(person, scim({ enabled: true, terminated: true }), settings);
    expect(returned.status).to.equal('active');
    expect(returned.records.map(({ terminated }) => terminated)).to.deep.equal([false, false]);
    expect(afterWord(returned, scim({ enabled: false }), settings).status).to.equal('deactivated');
  });

  it('§2.2 (4) a rehire comes back with limited access and no roles', () => {
    const role = { role: 'interviewer', scope: { kind: 'organization', id: 'organization-1' } } as const;
    const access = { level: 'elevated', roles: [role], dormantRoles: [role], pools: ['pool'] } as const;
    const person = { ...aPerson(settings, [scim({ enabled: true })]), access };
    const left = afterWord(person, scim({ enabled: false, terminated: true }), settings);
    const returned = afterWord(left, scim({ enabled: true, terminated: true }), settings);
    expect(returned.access).to.deep.equal({ level: 'limited', roles: [], dormantRoles: [], pools: [] });
  });
});

describe('§2.2 (8) same records and settings, same answer', () => {
  const settings = settingsWith(['scim', 'google', 'microsoft', 'google auto']);

  it('§2.2 (8) whatever the order in which the sources arrive', () => {
    const words = [
      scim({ attributes: { title: 'SCIM' }, enabled: true }),
      google({ activity: 'inactive' }, { attributes: { title: 'Google', nickName: 'Google' } }),
      microsoft({}, { attributes: { nickName: 'Microsoft', displayName: 'Microsoft' } }),
    ];
    const ends = permutations(words).map((order) => {
      let user = aPerson(settings, []);
      for (const word of order) user = afterWord(user, word, settings);
      return JSON.stringify([user.status, Object.entries(user.attributes).sort()]);
    });
    expect(new Set(ends).size).to.equal(1);
  });

  it('§2.2 (8) whatever is repeated: saying it again changes nothing', () => {
    const word = scim({ attributes: { title: 'SCIM', name: { givenName: 'Ada' } }, enabled: true });
    const user = aPerson(settings, [word]);
    for (const again of [word, { ...word, at: '2030-01-01T00:00:00.000Z', attributes: { ...word.attributes } }])
      expect(afterWord(user, again, settings)).to.equal(user);
  });

  it('§2.2 (8) whatever the order in which records are stored', () => {
    const answers = permutations([
      aRecord({ source: 'google', attributes: { title: 'Google' } }),
      aRecord({ source: 'microsoft', attributes: { title: 'Microsoft' } }),
      aRecord({ source: 'manual', attributes: { title: 'Typed' } }),
    ]).map((records) => resolve(records, settingsWith([])).attributes.title);
    expect(new Set(answers).size, 'three words of one version').to.equal(1);
  });

  it('§2.2 (8) two connections that say something of one version give one answer, too', () => {
    const answers = permutations([
      scim({ connectionId: 'a', attributes: { title: 'A' } }),
      scim({ connectionId: 'b', attributes: { title: 'B' } }),
    ]).flatMap((records) => [titleOf(records, ['scim']), titleOf(records, [])]);
    expect(new Set(answers).size).to.equal(1);
  });
});

function permutations<T>(values: readonly T[]): readonly (readonly T[])[] {
  if (values.length <= 1) return [values];
  return values.flatMap((value, index) => permutations(values.toSpliced(index, 1)).map((rest) => [value, ...rest]));
}
