import { expect } from 'chai';
import type { DirectoryCandidates } from '../../src/core/match-directory.ts';
import { matchDirectory } from '../../src/core/match-directory.ts';
import { matchScim, type ScimCandidates } from '../../src/core/match-scim.ts';
import { scimAddress } from '../../src/core/scim-address.ts';
import type { Activity, User } from '../../src/core/user.ts';
import { aUser, CONNECTION } from '../fixtures/users.ts';
import { aDirectoryPerson } from './directory-people.ts';
import { google, scim, settingsWith } from './records.ts';

describe("§2.3 a SCIM person's address", () => {
  const userName = 'ada';
  const emails = [
    { value: 'home@example.com', type: 'home' },
    { value: 'work@example.com', type: 'work' },
    { value: 'primary@example.com', primary: true },
  ];

  it('§2.3 the primary email value', () => expect(scimAddress({ userName, emails })).to.equal('primary@example.com'));
  it('§2.3 else the first `work`', () =>
    expect(scimAddress({ userName, emails: emails.slice(0, 2) })).to.equal('work@example.com'));
  it('§2.3 … whatever its case', () =>
    expect(scimAddress({ emails: [emails[0] ?? {}, { value: 'w@example.com', type: 'Work' }] })).to.equal(
      'w@example.com',
    ));
  it('§2.3 else the first', () =>
    expect(scimAddress({ userName, emails: emails.slice(0, 1) })).to.equal('home@example.com'));
  it('§2.3 else userName', () => expect(scimAddress({ userName: 'ada@example.com' })).to.equal('ada@example.com'));

  for (const bad of ['ada', 'ada@home@example.com', '@example.com', 'ada@', '', 7, null])
    it(`§2.3 a candidate without exactly one @ is skipped: ${JSON.stringify(bad)}`, () =>
      expect(scimAddress({ emails: [{ value: bad, primary: true }, { value: 'ada@example.com' }] })).to.equal(
        'ada@example.com',
      ));

  it('§2.3 none is allowed', () => expect(scimAddress({ userName: 'ada' })).to.equal(undefined));
  it('§2.3 none where emails were emptied is "no address"', () => {
    expect(scimAddress({ userName: 'ada', emails: [] })).to.equal(null);
    expect(scimAddress({ userName: 'ada', emails: null })).to.equal(null);
  });
});

const owned = (enabled: boolean | null, facts: Partial<User> = {}): User =>
  aUser({
    records: [scim({ connectionId: CONNECTION, externalId: 'x', enabled })],
    scim: { id: 'scim-1', connectionId: CONNECTION },
    ...facts,
  });
const unowned = (facts: Partial<User> = {}): User => aUser({ scim: { id: 'scim-2', connectionId: null }, ...facts });
const deleted = (): User => owned(false, { scim: { id: null, connectionId: null } });
const foreign = (): User =>
  aUser({
    records: [scim({ connectionId: 'other', enabled: true })],
    scim: { id: 'scim-3', connectionId: 'other' },
  });

const NOBODY: ScimCandidates = { byExternalId: [], byUserName: null, byEmail: null };
const post = (candidates: Partial<ScimCandidates>, active?: boolean) =>
  matchScim({ ...NOBODY, ...candidates }, CONNECTION, active);

describe('§2.3 a POST matches', () => {
  it('§2.3 nobody: a new person', () => expect(post({}).verdict).to.equal('create'));

  it('§2.3 by externalId in this connection when exactly one record has it', () => {
    const user = unowned();
    expect(post({ byExternalId: [user] })).to.deep.equal({ verdict: 'link', user });
    expect(post({ byExternalId: [user, unowned()] }).verdict).to.equal('create');
  });

  for (const by of ['byUserName', 'byEmail'] as const)
    it(`§2.3 by ${by === 'byUserName' ? 'userName' : 'address'}`, () => {
      const user = unowned();
      expect(post({ [by]: user })).to.deep.equal({ verdict: 'link', user });
    });

  it('§2.3 the same person in several ways is one person', () => {
    const user = unowned();
    expect(post({ byExternalId: [user], byUserName: user, byEmail: user }).verdict).to.equal('link');
  });

  for (const [how, candidates] of [
    ['externalId and userName', { byExternalId: [unowned()], byUserName: unowned() }],
    ['externalId and address', { byExternalId: [unowned()], byEmail: unowned() }],
    ['userName and address', { byUserName: unowned(), byEmail: unowned() }],
  ] as const)
    it(`§2.3 two different people by ${how} are a 409`, () => {
      const match = post(candidates);
      expect(match.verdict === 'refuse' && match.code).to.equal('already_provisioned');
    });

  for (const active of [true, undefined])
    it(`§2.3 a matched record of this connection that is inactive is restored when active is ${active}`, () =>
      expect(post({ byUserName: owned(false) }, active).verdict).to.equal('restore'));

  it('§2.3 … unless the POST says `active: false`', () =>
    expect(post({ byUserName: owned(false) }, false).verdict).to.equal('refuse'));

  it('§2.3 a deleted one is restored', () => expect(post({ byUserName: deleted() }, true).verdict).to.equal('restore'));

  it('§2.3 any other owned match is 409', () => {
    for (const user of [owned(true), owned(null)]) expect(post({ byUserName: user }, true).verdict).to.equal('refuse');
  });

  it("§2.3 another connection's person is 409 and a conflict", () => {
    const match = post({ byEmail: foreign() });
    expect(match.verdict === 'refuse' && [match.code, match.contested]).to.deep.equal(['already_provisioned', true]);
  });

  it("§2.3 an agency user's address is 409 and a conflict", () => {
    const match = post({ byEmail: unowned({ kind: 'agency' }) });
    expect(match.verdict === 'refuse' && [match.code, match.contested]).to.deep.equal(['email_taken', true]);
  });
});

describe('§2.3 a directory record finds its person', () => {
  const auto = settingsWith(['google']);
  const ask = settingsWith(['google'], { linkExistingUsers: 'ask' });
  const person = aDirectoryPerson();
  const find = (candidates: Partial<DirectoryCandidates>, settings = auto, shown = person) =>
    matchDirectory(shown, { byKey: null, byEmail: null, accepted: false, ...candidates }, settings);
  const known = (present = true): User => aUser({ records: [google({ present }, { externalId: 'former' })] });

  it('§2.3 by its own key', () => {
    const user = known();
    expect(find({ byKey: user })).to.deep.equal({ verdict: 'own', user });
    expect(find({ byKey: user, byEmail: user }).verdict).to.equal('own');
  });

  it('§2.3 else by the address of a person who has no record of that source yet', () => {
    const user = aUser();
    expect(find({ byEmail: user })).to.deep.equal({ verdict: 'link', user });
  });

  it('§2.3 that links them automatically, or, with *Link existing users* on `ask`, after an admin confirms', () => {
    const match = find({ byEmail: aUser() }, ask);
    expect(match.verdict === 'conflict' && match.kind).to.equal('link');
    expect(find({ byEmail: aUser(), accepted: true }, ask).verdict).to.equal('link');
  });

  for (const settings of [auto, ask])
    it(`§2.3 a new external id on the address of a person whose former id is gone always waits, with ${settings.linkExistingUsers}`, () => {
      const match = find({ byEmail: known(false) }, settings);
      expect(match.verdict === 'conflict' && match.kind).to.equal('link');
      expect(find({ byEmail: known(false), accepted: true }, settings).verdict).to.equal('link');
    });

  it('§2.3 the address of somebody this directory still lists may be free at the end of the run', () =>
    expect(find({ byEmail: known() }).verdict).to.equal('wait'));

  it('§2.3 own key and address pointing at two different people is a conflict', () => {
    const match = find({ byKey: known(), byEmail: aUser() });
    expect(match.verdict === 'conflict' && match.kind).to.equal('identity');
  });

  it('§2.3 … unless the directory reports the holder of the address, too: then the address is only claimed', () =>
    expect(find({ byKey: known(), byEmail: known() }).verdict).to.equal('own'));

  it("§2.3 an agency user's address is a conflict", () => {
    const match = find({ byEmail: aUser({ kind: 'agency' }) });
    expect(match.verdict === 'conflict' && match.kind).to.equal('agency_user');
  });

  for (const [activity, verdict] of [
    ['active', 'create'],
    ['inactive', 'skip'],
    ['unknown', 'skip'],
  ] as readonly (readonly [Activity, string])[])
    it(`§2.3 nobody: ${activity} people are ${verdict === 'create' ? 'created' : 'not added'}`, () =>
      expect(find({}, auto, aDirectoryPerson({ activity })).verdict).to.equal(verdict));

  it('§2.3 nobody: who has no address is not added', () =>
    expect(find({}, auto, aDirectoryPerson({ email: null })).verdict).to.equal('skip'));
});
