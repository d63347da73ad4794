import type { JsonObject } from '../src/core/json.ts';

const GIVEN = ['Ada', 'Grace', 'Chidi', 'Zoë', 'Maximilian', 'Nguyễn', 'Fatima', 'José', 'Ingrid', 'Li'];
const FAMILY = ['Lovelace', 'Hopper', 'Okonkwo', 'Müller-Lüdenscheidt', 'Ng', 'García Márquez', 'Björk', 'Sato'];
const TITLES = ['Engineer', 'Recruiter', 'Account Manager', 'Head of Operations', 'Senior Data Scientist'];
const DEPARTMENTS = ['Engineering', 'People & Culture', 'Sales', 'Legal', 'Research'];

const pick = (values: readonly string[], index: number): string => values[index % values.length] ?? '';

export const userNameOf = (index: number): string =>
  `${pick(['ada', 'grace', 'chidi', 'zoe', 'max', 'linh'], index)}.${pick(['l', 'hopper', 'okonkwo'], index)}.${index}@bench.example`;

/**
 * A SCIM user as a large identity provider sends one: about 1.5 kB, core and enterprise attributes, no manager. The same index is
 * always the same person.
 */
export function scimPerson(index: number, title: string = pick(TITLES, index)): JsonObject {
  const givenName = pick(GIVEN, index);
  const familyName = pick(FAMILY, Math.floor(index / GIVEN.length));
  const userName = userNameOf(index);
  const displayName = `${givenName} ${familyName}`;
  return {
    schemas: [
      'urn:ietf:params:scim:schemas:core:2.0:User',
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
    ],
    externalId: `00u${String(index).padStart(9, '0')}bench`,
    userName,
    name: { formatted: displayName, givenName, familyName, honorificPrefix: 'Dr.' },
    displayName,
    nickName: givenName,
    profileUrl: `https://people.bench.example/profiles/${index}`,
    title,
    userType: 'Employee',
    preferredLanguage: 'en-GB',
    locale: 'en-GB',
    timezone: 'Europe/London',
    active: true,
    emails: [
      { value: userName, type: 'work', primary: true },
      { value: `private.${index}@mail.example`, type: 'home', primary: false },
    ],
    phoneNumbers: [
      { value: `+44 20 7946 ${String(index % 10_000).padStart(4, '0')}`, type: 'work' },
      { value: `+44 7700 ${String(index % 1_000_000).padStart(6, '0')}`, type: 'mobile' },
    ],
    addresses: [
      {
        type: 'work',
        streetAddress: `${(index % 300) + 1} Long Acre`,
        locality: 'London',
        region: 'Greater London',
        postalCode: 'WC2E 9LH',
        country: 'GB',
        formatted: `${(index % 300) + 1} Long Acre\nLondon WC2E 9LH\nUnited Kingdom`,
        primary: true,
      },
    ],
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': {
      employeeNumber: `E${100_000 + index}`,
      costCenter: `CC-${index % 40}`,
      organization: 'Example Holdings International',
      division: 'Europe, Middle East and Africa',
      department: pick(DEPARTMENTS, index),
    },
  };
}

const SHORT: ReadonlySet<string> = new Set([
  'schemas',
  'externalId',
  'userName',
  'name',
  'displayName',
  'title',
  'active',
  'emails',
]);

/** The same people in about 600 bytes each, so that a thousand fit into a bulk. */
export function shortPerson(index: number): JsonObject {
  return Object.fromEntries(Object.entries(scimPerson(index)).filter(([name]) => SHORT.has(name)));
}
