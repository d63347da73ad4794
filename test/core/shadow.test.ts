import { expect } from 'chai';
import { type Shadow, shadowOf } from '../../src/core/shadow.ts';
import type { User } from '../../src/core/user.ts';
import { aDirectoryRecord, anOwnedUser, aScimRecord, aUser, CONNECTION } from '../fixtures/users.ts';

const attributes = {
  userName: 'Ada.L',
  displayName: 'ADA L.',
  name: { familyName: 'Lovelace', givenName: 'Ada' },
  emails: [{ value: 'Ada@Home.example' }, { value: 'ada@home.EXAMPLE' }, { type: 'work' }, { value: 'A@work.example' }],
};
const effective = { displayName: 'Countess', name: { familyName: 'King' } };
const dead = { id: null, connectionId: null };

const CASES: readonly (readonly [string, User, Partial<Shadow>])[] = [
  [
    'an owned person is shadowed as their owner described them',
    anOwnedUser(attributes, { email: 'Countess@Example.com', attributes: effective }, { externalId: 'Okta-1' }),
    {
      visible: true,
      connectionId: CONNECTION,
      userName: 'Ada.L',
      userNameKey: 'ada.l',
      shownName: 'ADA L.',
      externalId: 'Okta-1',
      emailKey: 'countess@example.com',
      emails: ['ada@home.example', 'a@work.example'],
      displayName: 'ada l.',
      familyName: 'lovelace',
      givenName: 'ada',
    },
  ],
  [
    'a person nobody owns is shadowed by effective values, and named by their address',
    aUser({ email: 'Ada@Example.com', attributes: effective, records: [aScimRecord(attributes, { externalId: 'x' })] }),
    {
      visible: true,
      connectionId: null,
      userName: 'Ada@Example.com',
      userNameKey: 'ada@example.com',
      shownName: 'Countess',
      externalId: null,
      emails: ['ada@example.com'],
      displayName: 'countess',
      familyName: 'king',
      givenName: null,
    },
  ],
  [
    'a person nobody owns who has no address is named by their id',
    aUser({ id: 'User-1', email: null }),
    { userNameKey: 'user-1', emailKey: null, emails: [] },
  ],
  [
    'agency people have no userName',
    aUser({ kind: 'agency', email: 'Ada@Example.com', scim: dead }),
    {
      visible: false,
      shownName: '',
      userName: null,
      userNameKey: null,
      formerUserNameKey: null,
      emails: ['ada@example.com'],
    },
  ],
  [
    'a person without a displayName is shown by the whole name',
    anOwnedUser({ userName: 'a', displayName: '', name: { formatted: 'Dr. Ada', givenName: 'Ada' } }),
    { shownName: 'Dr. Ada' },
  ],
  [
    'a person whose whole name is not told is shown by its parts',
    anOwnedUser({ userName: 'a', name: { givenName: 'Ada', familyName: 'King' } }),
    { shownName: 'Ada King' },
  ],
  ['a person without any name is shown by the userName', anOwnedUser({ userName: 'Ada' }), { shownName: 'Ada' }],
  [
    'SCIM ids that died stay known',
    aUser({ scim: { ...dead, formerIds: ['Scim-1', 'scim-2'] } }),
    { scimId: null, shownName: '', formerScimIds: ['Scim-1', 'scim-2'] },
  ],
  [
    'a dead SCIM id leaves the userName of the last record behind',
    aUser({
      scim: dead,
      records: [
        aScimRecord({ userName: 'Later' }, { connectionId: 'b', at: '2026-02-01' }),
        aScimRecord({ userName: 'Earlier' }, { connectionId: 'a', at: '2026-01-01' }),
      ],
    }),
    { visible: false, userNameKey: null, formerUserNameKey: 'later', externalId: null },
  ],
  [
    'a person is active as their owner says',
    anOwnedUser({}, { status: 'active' }, { enabled: false }),
    { active: false },
  ],
  [
    'a person is active as they are when the owner says nothing',
    anOwnedUser({}, { status: 'deactivated' }, { enabled: null }),
    { active: false },
  ],
  ['a person nobody owns is active as they are', aUser({ status: 'active' }), { active: true }],
  [
    'a search looks into effective and shown names, and the address',
    anOwnedUser({ displayName: 'Ada' }, { email: 'A@Example.com', attributes: effective }),
    { search: 'countess\nking\nada\na@example.com' },
  ],
  [
    'every record with a key of its own is found by it',
    aUser({
      records: [
        aDirectoryRecord('google', 'g1', { activity: 'inactive', present: false, granted: true }),
        aScimRecord({}, { externalId: 's1' }),
        aScimRecord({}, { connectionId: 'connection-2' }),
      ],
    }),
    {
      sources: ['google', 'scim'],
      sourceKeys: [
        {
          source: 'google',
          connectionId: null,
          externalId: 'g1',
          activity: 'inactive',
          present: false,
          hash: 'hash',
          granted: true,
        },
        {
          source: 'scim',
          connectionId: CONNECTION,
          externalId: 's1',
          activity: 'unknown',
          present: true,
          hash: null,
          granted: false,
        },
      ],
    },
  ],
];

describe('the shadow of a person', () => {
  for (const [rule, user, expected] of CASES)
    it(rule, () => {
      const shadow = shadowOf(user);
      for (const [name, value] of Object.entries(expected))
        expect(shadow[name as keyof Shadow], name).to.deep.equal(value);
    });
});
