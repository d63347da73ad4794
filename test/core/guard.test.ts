import { expect } from 'chai';
import { directoryRecord, harmsOf } from '../../src/core/directory-record.ts';
import { exceedsRemovalLimits, GUARD_LIMITS, type ProposedHarm, weigh } from '../../src/core/guard.ts';
import type { SourceRecord } from '../../src/core/user.ts';
import { aDirectoryPerson } from './directory-people.ts';
import { google } from './records.ts';

const NO_HARM: ProposedHarm = { activeBefore: 0, listed: 0, removed: 0, blanked: 0, changedEmails: 0, failed: 0 };
const verdictOf = (harm: Partial<ProposedHarm>): readonly string[] =>
  weigh({ ...NO_HARM, listed: 1, ...harm }).map(({ code }) => code);

describe('§2.6 the guard: people who would leave', () => {
  for (const [activeBefore, removed, trips] of [
    [0, 5, false],
    [1, 1, false],
    [5, 5, false],
    [6, 5, false],
    [6, 6, true],
    [50, 5, false],
    [50, 6, true],
    [59, 5, false],
    [59, 6, true],
    [60, 6, false],
    [60, 7, true],
    [100, 10, false],
    [100, 11, true],
    [5_000, 500, false],
    [5_000, 501, true],
    [100_000, 500, false],
    [100_000, 501, true],
  ] as const)
    it(`§2.6 ${removed} of ${activeBefore} ${trips ? 'trips' : 'passes'}`, () =>
      expect(verdictOf({ activeBefore, removed })).to.deep.equal(trips ? ['too_many_removals'] : []));

  it('§2.6 the limit is max(5, 10 %) and 500, exactly, for every number of people', () => {
    for (let activeBefore = 0; activeBefore <= 6_000; activeBefore++) {
      const most = Math.min(500, Math.max(5, Math.floor(activeBefore / 10)));
      expect(exceedsRemovalLimits(most, activeBefore), `${most} of ${activeBefore}`).to.equal(false);
      expect(exceedsRemovalLimits(most + 1, activeBefore), `${most + 1} of ${activeBefore}`).to.equal(true);
    }
  });
});

describe('§2.6 the guard: what else trips it', () => {
  it('§2.6 when the listing has 0 people while at least 1 was active', () => {
    expect(verdictOf({ activeBefore: 1, listed: 0 })).to.deep.equal(['empty_listing']);
    expect(verdictOf({ activeBefore: 0, listed: 0 })).to.deep.equal([]);
    expect(verdictOf({ activeBefore: 1, listed: 1 })).to.deep.equal([]);
  });

  for (const [name, code] of [
    ['blanked', 'too_many_blanked'],
    ['changedEmails', 'too_many_changed_emails'],
  ] as const)
    it(`§2.6 when more than 10 % would be ${name}, exactly, without a floor`, () => {
      for (let activeBefore = 0; activeBefore <= 6_000; activeBefore++) {
        const most = Math.floor(activeBefore / 10);
        expect(verdictOf({ activeBefore, [name]: most }), `${most} of ${activeBefore}`).to.deep.equal([]);
        expect(verdictOf({ activeBefore, [name]: most + 1 }), `${most + 1} of ${activeBefore}`).to.deep.equal([code]);
      }
    });

  it('§2.6 when more than 10 % of the records failed, exactly', () => {
    for (let listed = 1; listed <= 6_000; listed++) {
      const most = Math.floor(listed / 10);
      expect(verdictOf({ listed, failed: most }), `${most} of ${listed}`).to.deep.equal([]);
      expect(verdictOf({ listed, failed: most + 1 }), `${most + 1} of ${listed}`).to.deep.equal(['too_many_failed']);
    }
  });

  it('§2.6 every rule that is broken is named', () =>
    expect(
      verdictOf({ activeBefore: 10, listed: 0, removed: 10, blanked: 2, changedEmails: 2, failed: 1 }),
    ).to.deep.equal([
      'empty_listing',
      'too_many_removals',
      'too_many_blanked',
      'too_many_changed_emails',
      'too_many_failed',
    ]));

  it('§2.6 limits are settable, and any share is exact', () => {
    for (let percent = 1; percent < 100; percent++) {
      const limits = { ...GUARD_LIMITS, removalFloor: 0, removalMost: 1_000, removalShare: percent / 100 };
      expect(exceedsRemovalLimits(percent, 100, limits), `${percent} of 100`).to.equal(false);
      expect(exceedsRemovalLimits(percent + 1, 100, limits), `${percent + 1} of 100`).to.equal(true);
    }
  });
});

describe("§2.6 the guard counts changes of the source's own assertions", () => {
  const by = { kind: 'run', id: 'run' } as const;
  const PERSON = aDirectoryPerson({ givenName: 'Ada' });
  const listed = directoryRecord(undefined, PERSON, false, by);
  const harm = (
    former: SourceRecord | undefined,
    facts: Parameters<typeof aDirectoryPerson>[0],
    personIsActive = false,
  ) => harmsOf(former, directoryRecord(former, { ...PERSON, ...facts }, false, by), personIsActive);

  it('§2.6 active → inactive', () => expect(harm(listed, { activity: 'inactive' })).to.deep.equal(['inactive']));

  it('§2.6 … hidden by a higher source or not: what the person is does not count', () => {
    expect(harm(listed, { activity: 'inactive' }, false)).to.deep.equal(['inactive']);
    expect(harm(listed, { activity: 'inactive' }, true)).to.deep.equal(['inactive']);
  });

  it('§2.6 inactive → inactive is no change', () => {
    const out = google({ activity: 'inactive' }, { email: PERSON.email, attributes: listed.attributes });
    expect(harm(out, { activity: 'inactive' })).to.deep.equal([]);
  });

  it('§2.6 active → unknown → inactive is one: unknown took nothing back', () => {
    const unknown = { ...listed, enabled: true, directory: { ...google().directory, activity: 'unknown' } };
    expect(harm(unknown as SourceRecord, { activity: 'inactive' })).to.deep.equal(['inactive']);
  });

  it('§2.6 a linked active person whom the directory reports inactive counts', () => {
    expect(harm(undefined, { activity: 'inactive' }, true)).to.deep.equal(['inactive']);
    expect(harm(undefined, { activity: 'inactive' }, false)).to.deep.equal([]);
  });

  it('§2.6 a blank name', () => expect(harm(listed, { givenName: null })).to.deep.equal(['blank_name']));
  it('§2.6 a name that is left unsaid is no blank name, and stays', () => {
    const unsaid = { ...PERSON, givenName: null, title: null, unsaid: ['givenName', 'title'] } as const;
    expect(harm(listed, unsaid)).to.deep.equal([]);
    expect(directoryRecord(listed, unsaid, false, by).attributes).to.deep.equal(listed.attributes);
    expect(directoryRecord(undefined, unsaid, false, by).attributes).to.deep.equal({});
  });
  it('§2.6 a blank email', () => expect(harm(listed, { email: null })).to.deep.equal(['blank_email']));
  it('§2.6 a changed address', () =>
    expect(harm(listed, { email: 'new@example.com' })).to.deep.equal(['changed_email']));
  it('§2.6 another spelling is no changed address', () =>
    expect(harm(listed, { email: PERSON.email?.toUpperCase() ?? null })).to.deep.equal([]));
  it('§2.6 a first address or name is no harm', () =>
    expect(harm(google({}, {}), { email: 'new@example.com' })).to.deep.equal([]));
});
