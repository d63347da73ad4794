import { expect } from 'chai';
import { nextVersion } from '../../src/core/next-version.ts';
import { scimView } from '../../src/core/scim-view.ts';
import type { User } from '../../src/core/user.ts';
import { anOwnedUser, aScimRecord, CONNECTION } from '../fixtures/users.ts';

const LATER = '2026-02-01T00:00:00.000Z';
const by = { kind: 'operator', id: null } as const;

const UNSEEN: readonly Partial<User>[] = [
  { block: { reason: 'a lost laptop', at: LATER, by } },
  { access: { level: 'elevated', roles: [], dormantRoles: [], pools: ['p1'] } },
  { formerPools: ['p1'] },
  { hostId: 'h1' },
  { agencyId: 'a1' },
  { heldEmail: { wanted: 'ada@example.org', source: 'google', reason: 'taken' } },
  { lastReplacement: { interview: 'i1', version: 1, part: 'left' } },
  {
    lastGroupChange: { group: 'g1', joined: true, mark: 'm', level: ['limited', 'elevated'], roles: [[], []] },
  },
];

const SEEN: readonly Partial<User>[] = [
  { records: [aScimRecord({ userName: 'ada' }, { externalId: 'e1' })] },
  { attributes: { userName: 'ada', title: 'Countess' } },
  { status: 'deactivated' },
  { email: 'lovelace@example.com' },
  { kind: 'agency' },
  { scim: { id: 'another', connectionId: CONNECTION } },
  { scim: { id: 'scim-ada', connectionId: null } },
];

const nameOf = (facts: Partial<User>): string => Object.keys(facts).join();

describe('the next version of a person', () => {
  const ada = anOwnedUser({ userName: 'ada' }, { id: 'ada', version: 7 });
  const next = (before: User, facts: Partial<User>) =>
    nextVersion(before, { ...before, ...facts }, { settingsVersion: 3, updatedAt: LATER });

  for (const facts of UNSEEN)
    it(`is none to SCIM while nothing changes but ${nameOf(facts)}, however often`, () => {
      const changed = next(ada, facts);
      expect(changed).to.include({ version: 8, settingsVersion: 3, updatedAt: LATER });
      expect(scimView(changed)).to.deep.equal(scimView(ada));
      const again = next(changed, { hostId: 'another' });
      expect(again.version).to.equal(9);
      expect(scimView(again)).to.deep.equal(scimView(ada));
    });

  for (const facts of SEEN)
    it(`is one to SCIM as soon as it changes ${nameOf(facts)}, whatever it never saw before`, () => {
      for (const before of [ada, next(ada, { hostId: 'h1' })]) {
        const changed = next(before, { ...facts, formerPools: ['p1'] });
        expect(changed).not.to.have.property('seenByScim');
        expect(scimView(changed)).to.include({ version: before.version + 1, lastModified: LATER });
      }
    });

  it('is the first one to SCIM of whoever was never saved', () => {
    expect(next({ ...ada, version: 0 }, {}))
      .to.include({ version: 1 })
      .and.not.have.property('seenByScim');
  });
});
