import { expect } from 'chai';
import { goneRecord } from '../../src/core/directory-record.ts';
import type { Activity, SourceRecord } from '../../src/core/user.ts';
import { recordOf, type User } from '../../src/core/user.ts';
import { afterWord, aPerson, google, manual, microsoft, scim, settingsWith, swept } from './records.ts';

const AUTO = settingsWith(['google', 'google auto']);
const SCIM_ON = settingsWith(['scim', 'google', 'google auto']);
const NO_AUTO = settingsWith(['google']);

const granted = (user: User): boolean | undefined => recordOf(user, 'google')?.directory?.granted;
const asserted = (user: User): boolean | null | undefined => recordOf(user, 'google')?.enabled;
const inactive = google({ activity: 'inactive', hash: 'inactive' });
const active = google({ hash: 'active' });

/** The record of a person that the directory has stopped to list. */
function gone(user: User, source: 'google' | 'microsoft' = 'google'): SourceRecord {
  const former = recordOf(user, source);
  if (!former) throw new Error(`${source} has not spoken`);
  return goneRecord(former);
}

/** As `directoryRecord` does: what was granted and asserted before stays until it is judged. */
function word(user: User, activity: Activity): SourceRecord {
  const former = recordOf(user, 'google');
  return google(
    { activity, hash: activity, granted: former?.directory?.granted ?? false },
    { enabled: former?.enabled ?? null },
  );
}

describe('§2.2 (5) what a directory may assert', () => {
  for (const reason of ['suspended', 'archived', 'accountEnabled false'])
    it(`§2.2 (5) it asserts false when inactive: ${reason}`, () => {
      const person = aPerson(NO_AUTO, [google({ activity: 'inactive', reasons: [reason] })]);
      expect([asserted(person), person.status]).to.deep.equal([false, 'deactivated']);
    });

  it('§2.2 (5) it asserts false when confirmed gone', () => {
    const person = aPerson(AUTO, [active]);
    const left = afterWord(person, gone(person), AUTO);
    expect([asserted(left), left.status]).to.deep.equal([false, 'deactivated']);
  });

  it('§2.2 (5) it asserts true when active and granted', () =>
    expect(asserted(aPerson(AUTO, [active]))).to.equal(true));

  it('§2.2 (5) it asserts nothing when active and not granted', () => {
    const person = aPerson(NO_AUTO, [active]);
    expect([asserted(person), person.status]).to.deep.equal([null, 'unprovisioned']);
  });

  for (const [before, settings] of [
    ['true', AUTO],
    ['nothing', NO_AUTO],
  ] as const)
    it(`§2.2 (5) unknown leaves it as it was: ${before}`, () => {
      const person = aPerson(settings, [active]);
      const unknown = afterWord(person, word(person, 'unknown'), settings);
      expect(asserted(unknown)).to.equal(asserted(person));
      expect(unknown.status).to.equal(person.status);
    });

  it('§2.2 (5) unknown leaves it as it was: false', () => {
    const person = aPerson(AUTO, [inactive]);
    expect(asserted(afterWord(person, word(person, 'unknown'), AUTO))).to.equal(false);
  });

  it('§2.2 (5) unknown grants nothing', () => {
    const person = aPerson(AUTO, [google({ activity: 'unknown' })]);
    expect([granted(person), person.status]).to.deep.equal([false, 'unprovisioned']);
  });
});

describe('§2.2 (5) when `granted` is set', () => {
  it('§2.2 (5) because *Automatically enable synced users?* is on', () =>
    expect(aPerson(AUTO, [active]).status).to.equal('active'));

  it('§2.2 (5) because an unprovisioned person signs in', () => {
    const person = aPerson(NO_AUTO, [active]);
    const entered = swept(person, NO_AUTO, { signingIn: true });
    expect([granted(entered), entered.status]).to.deep.equal([true, 'active']);
  });

  it('§2.2 (5) only while SCIM is off', () => {
    const person = aPerson(SCIM_ON, [active]);
    expect(granted(person)).to.equal(false);
    expect(swept(person, SCIM_ON, { signingIn: true }).status).to.equal('unprovisioned');
  });

  it('§2.2 (5) only while the person is active there', () => {
    expect(granted(aPerson(AUTO, [inactive]))).to.equal(false);
    const person = aPerson(NO_AUTO, [active]);
    expect(granted(swept(afterWord(person, gone(person), NO_AUTO), AUTO))).to.equal(false);
  });

  for (const [who, record] of [
    ['an admin', manual({ enabled: false })],
    ['SCIM, switched off', scim({ enabled: false })],
    ['another directory', microsoft({ activity: 'inactive' })],
  ] as const)
    it(`§2.2 (5) only while no record asserts false, such as that of ${who}`, () =>
      expect(granted(aPerson(AUTO, [record, active]))).to.equal(false));

  it('§2.2 (5) only by a directory whose sync is on', () => {
    expect(granted(aPerson(settingsWith(['google auto']), [active]))).to.equal(false);
    expect(swept(aPerson(settingsWith([]), [active]), settingsWith([]), { signingIn: true }).status).to.equal(
      'unprovisioned',
    );
  });

  it("§2.2 (5) one directory's flag does not grant another one's people", () =>
    expect(granted(aPerson(settingsWith(['google', 'microsoft', 'microsoft auto']), [active]))).to.equal(false));

  it('§2.2 (5) in the sweep after auto-enable is switched on, without a directory call', () =>
    expect(swept(aPerson(NO_AUTO, [active]), AUTO).status).to.equal('active'));

  it('§2.2 (5) in the sweep after sync is switched on', () =>
    expect(swept(aPerson(settingsWith(['google auto']), [active]), AUTO).status).to.equal('active'));

  it('§2.2 (5) in the sweep after SCIM is switched off', () =>
    expect(swept(aPerson(SCIM_ON, [active]), AUTO).status).to.equal('active'));

  it('§2.2 (5) as soon as the last word against it is taken back', () => {
    const person = aPerson(AUTO, [active, manual({ enabled: false })]);
    expect(afterWord(person, manual({ enabled: true }), AUTO).status).to.equal('active');
    expect(granted(afterWord(person, manual({ enabled: true }), AUTO))).to.equal(true);
  });
});

describe('§2.2 (5) when `granted` is cleared', () => {
  it('§2.2 (5) it is cleared when the directory says inactive', () => {
    const person = aPerson(AUTO, [active]);
    expect(granted(afterWord(person, word(person, 'inactive'), AUTO))).to.equal(false);
  });

  it('§2.2 (5) it is cleared when absence is confirmed', () => {
    const person = aPerson(AUTO, [active]);
    expect(granted(afterWord(person, gone(person), AUTO))).to.equal(false);
  });

  for (const [how, leave] of [
    ['suspended', (user: User) => word(user, 'inactive')],
    ['gone', (user: User) => gone(user)],
  ] as const)
    it(`§2.2 (5) so nobody who was ${how} comes back by a directory while SCIM is on`, () => {
      const person = aPerson(AUTO, [active]);
      const left = afterWord(person, leave(person), SCIM_ON);
      const back = afterWord(left, word(left, 'active'), SCIM_ON);
      expect([granted(back), back.status]).to.deep.equal([false, 'unprovisioned']);
    });

  it('§2.2 (5) it stays when the flag is later turned off', () => {
    const person = swept(aPerson(AUTO, [active]), NO_AUTO);
    expect([granted(person), person.status]).to.deep.equal([true, 'active']);
  });

  it('§2.2 (5) it stays while SCIM is on, where SCIM says nothing', () =>
    expect(swept(aPerson(AUTO, [active]), SCIM_ON).status).to.equal('active'));

  it('§2.2 (5) it stays when sync is switched off', () => {
    const person = swept(aPerson(AUTO, [active]), settingsWith(['google auto']));
    expect([granted(person), person.status]).to.deep.equal([true, 'active']);
  });

  it('§2.2 (5) it stays while the directory does not know', () => {
    const person = aPerson(AUTO, [active]);
    expect(granted(afterWord(person, word(person, 'unknown'), AUTO))).to.equal(true);
  });

  it('§2.2 (5) whoever is suspended and restored with SCIM off and auto-enable on comes back', () => {
    const person = aPerson(AUTO, [active]);
    const left = afterWord(person, word(person, 'inactive'), AUTO);
    expect(afterWord(left, word(left, 'active'), AUTO).status).to.equal('active');
  });
});

describe('§2.2 (5) absence and other directories', () => {
  const both = settingsWith(['google', 'google auto', 'microsoft', 'microsoft auto']);

  it('§2.2 (5) confirmed absence asserts false only while no other live directory reports the person active', () => {
    const person = aPerson(both, [active, microsoft({ hash: 'active' })]);
    const left = afterWord(person, gone(person), both);
    expect([asserted(left), left.status]).to.deep.equal([null, 'active']);
    expect(swept(left, settingsWith(['google'])).status).to.equal('deactivated');
  });

  it('§2.2 (5) a directory that is not live does not count', () => {
    const person = aPerson(AUTO, [active, microsoft({ hash: 'active' })]);
    expect(afterWord(person, gone(person), AUTO).status).to.equal('deactivated');
  });

  for (const [state, facts] of [
    ['inactive', { activity: 'inactive' }],
    ['unknown', { activity: 'unknown' }],
    ['gone', { present: false }],
  ] as const)
    it(`§2.2 (5) another directory that says ${state} does not count`, () => {
      const person = aPerson(both, [active, microsoft(facts)]);
      expect(asserted(afterWord(person, gone(person), both))).to.equal(false);
    });

  it('§2.2 (5) suspended or archived always asserts false', () => {
    const person = aPerson(both, [active, microsoft({ hash: 'active' })]);
    const suspended = afterWord(person, word(person, 'inactive'), both);
    expect([asserted(suspended), suspended.status]).to.deep.equal([false, 'deactivated']);
  });

  it('§2.2 (5) who is gone and still listed elsewhere leaves when that directory says inactive', () => {
    const person = aPerson(both, [active, microsoft({ hash: 'active' })]);
    const left = afterWord(person, gone(person), both);
    const suspended = microsoft({ activity: 'inactive', hash: 'inactive' });
    const out = afterWord(left, suspended, both);
    expect([asserted(out), out.status]).to.deep.equal([false, 'deactivated']);
  });
});

describe('§2.2 (5) manual', () => {
  const off = settingsWith([]);
  for (const [act, record, status] of [
    ['activate → true', manual({ enabled: true }), 'active'],
    ['deactivate → false', manual({ enabled: false }), 'deactivated'],
    ['terminate → false + mark', manual({ enabled: false, terminated: true }), 'terminated'],
  ] as const)
    it(`§2.2 (5) ${act}`, () => expect(aPerson(off, [record]).status).to.equal(status));
});

describe('§2.2 (6) while SCIM is on directories only observe', () => {
  it('§2.2 (6) a record is updated and enables nobody', () => {
    const person = aPerson(SCIM_ON, [google({ hash: '1' }, { attributes: { title: 'one' } })]);
    const observed = afterWord(person, google({ hash: '2' }, { attributes: { title: 'two' } }), SCIM_ON);
    expect([observed.status, observed.attributes.title]).to.deep.equal(['unprovisioned', 'two']);
  });

  it('§2.2 (6) a directory may still say that somebody has left', () =>
    expect(aPerson(SCIM_ON, [inactive]).status).to.equal('deactivated'));
});
