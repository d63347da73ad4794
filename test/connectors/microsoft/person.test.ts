import { expect } from 'chai';
import { personOf, type Taking } from '../../../connectors/microsoft/person.ts';
import type { Raw } from '../../../connectors/raw.ts';
import type { DirectoryPerson } from '../../../src/core/directory-person.ts';

const TAKING: Taking = { tenantId: 'tenant', includeGuests: false, onlyLicensed: false, useInitialDomain: false };
const ADA: Raw = {
  id: 'one',
  displayName: 'Ada Byron',
  givenName: 'Ada',
  surname: 'Byron',
  mail: 'ada@example.com',
  userPrincipalName: 'ada.byron@example.com',
  otherMails: ['b@example.com', 'a@example.com', 'no address'],
  accountEnabled: true,
  userType: 'Member',
  externalUserState: null,
  assignedLicenses: [],
  department: 'Engines',
  jobTitle: 'Analyst',
  employeeId: 'E1',
};

function made(fields: Raw, taking: Partial<Taking> = {}): DirectoryPerson {
  const person = personOf({ ...ADA, ...fields }, 'one', { ...TAKING, ...taking });
  if (typeof person === 'string') throw new Error(person);
  return person;
}

function without(...properties: readonly string[]): DirectoryPerson {
  const left = Object.fromEntries(Object.entries(ADA).filter(([name]) => !properties.includes(name)));
  return personOf(left, 'one', TAKING) as DirectoryPerson;
}

describe('a Graph user as a directory person', () => {
  it('keeps what both know', () => {
    const { hash, ...person } = made({});
    expect(person).to.deep.equal({
      source: 'microsoft',
      externalId: 'one',
      tenant: 'tenant',
      email: 'ada@example.com',
      aliases: ['a@example.com', 'b@example.com'],
      givenName: 'Ada',
      familyName: 'Byron',
      displayName: 'Ada Byron',
      activity: 'active',
      reasons: [],
      kind: 'member',
      title: 'Analyst',
      department: 'Engines',
      employeeNumber: 'E1',
      orgUnit: null,
      unsaid: [],
    });
    expect(hash).to.match(/^[\w-]{43}$/);
  });

  for (const [what, fields, email] of [
    ['the mailbox', {}, 'ada@example.com'],
    ['the sign-in name without a mailbox', { mail: null }, 'ada.byron@example.com'],
    ['the sign-in name when the mailbox is no address', { mail: 'ada at example' }, 'ada.byron@example.com'],
    [
      'none of a guest without a mailbox',
      { mail: null, userPrincipalName: 'a_b.example#EXT#@t.onmicrosoft.com' },
      null,
    ],
    ['none of a guest, whatever the case', { mail: null, userPrincipalName: 'a_b.example#ext#@example.com' }, null],
    ['none of the first domain', { mail: null, userPrincipalName: 'ada@t.onmicrosoft.com' }, null],
    ['the mailbox even of the first domain', { mail: 'ada@t.onmicrosoft.com' }, 'ada@t.onmicrosoft.com'],
  ] as const)
    it(`takes ${what} for the address`, () => {
      expect(made(fields).email).to.equal(email);
    });

  it('takes a sign-in name of the first domain when an admin says so', () => {
    const fields = { mail: null, userPrincipalName: 'ada@t.onmicrosoft.com' };
    expect(made(fields, { useInitialDomain: true }).email).to.equal('ada@t.onmicrosoft.com');
  });

  for (const [value, activity] of [
    [true, 'active'],
    [false, 'inactive'],
    [null, 'unknown'],
    ['true', 'unknown'],
    [1, 'unknown'],
  ] as const)
    it(`takes accountEnabled ${JSON.stringify(value)} for ${activity}`, () => {
      expect(made({ accountEnabled: value }).activity).to.equal(activity);
    });

  it('does not take a missing accountEnabled for either', () => {
    expect(without('accountEnabled').activity).to.equal('unknown');
  });

  it('tells a guest by the type alone; an old account without one is a member', () => {
    expect(made({ userType: 'Guest' }).kind).to.equal('guest');
    expect(made({ userType: null }).kind).to.equal('member');
  });

  it('tells what is absent from what is empty, and hashes both differently', () => {
    const [absent, empty] = [without('jobTitle'), made({ jobTitle: null })];
    expect([absent.unsaid, empty.unsaid]).to.deep.equal([['title'], []]);
    expect(absent.hash).not.to.equal(empty.hash);
  });

  for (const [property, value] of [
    ['displayName', 7],
    ['mail', {}],
    ['otherMails', 'a@b'],
    ['otherMails', [7]],
    ['assignedLicenses', {}],
    ['userType', true],
  ] as const)
    it(`trusts no record whose ${property} is ${JSON.stringify(value)}`, () => {
      expect(personOf({ ...ADA, [property]: value }, 'one', TAKING)).to.equal(`"${property}" has an impossible form`);
    });
});
