import type { DirectoryPerson, UnsaidField } from '../../src/core/directory-person.ts';
import type { MicrosoftPeople } from '../../src/core/integration.ts';
import type { Activity } from '../../src/core/user.ts';
import { addressesOf, addressOf, cleanText } from '../clean-text.ts';
import { hashPerson } from '../hash-person.ts';
import type { Raw } from '../raw.ts';

/** The properties asked for; most are not among those Graph shows by itself. */
export const SELECT =
  'id,displayName,givenName,surname,mail,userPrincipalName,otherMails,accountEnabled,userType,externalUserState,assignedLicenses,department,jobTitle,employeeId';

/** The tenant a person belongs to, and by which address they are taken. */
export interface Taking extends MicrosoftPeople {
  readonly tenantId: string;
}

/**
 * One Graph user as a directory person, or a sentence saying why the record cannot be trusted.
 *
 * Parses everything defensively: the key must have been checked by the caller. A property that is absent is unsaid, not empty; one of
 * an impossible type makes the whole record untrusted, so that it changes nobody.
 */
export function personOf(raw: Raw, externalId: string, taking: Taking): DirectoryPerson | string {
  for (const [name, fits] of EXPECTED) {
    const value = raw[name];
    if (value !== undefined && value !== null && !fits(value)) return `"${name}" has an impossible form`;
  }
  const givenName = cleanText(raw.givenName);
  const familyName = cleanText(raw.surname);
  const person = {
    source: 'microsoft',
    externalId,
    // Graph's records do not name it; the token can read no other.
    tenant: taking.tenantId,
    email: emailOf(raw, taking),
    aliases: addressesOf(raw.otherMails),
    givenName,
    familyName,
    displayName: cleanText(raw.displayName) ?? ([givenName, familyName].filter(Boolean).join(' ') || null),
    ...activityOf(raw.accountEnabled),
    kind: raw.userType === 'Guest' ? 'guest' : 'member',
    title: cleanText(raw.jobTitle),
    department: cleanText(raw.department),
    employeeNumber: cleanText(raw.employeeId),
    orgUnit: null,
    unsaid: UNSAID.flatMap(([property, field]) => (raw[property] === undefined ? [field] : [])),
  } as const;
  return { ...person, hash: hashPerson(person) };
}

/** Properties without which a person could be taken for somebody else, or for active: absent, they must be asked for. */
const DECISIVE = ['accountEnabled', 'mail', 'userPrincipalName', 'userType', 'assignedLicenses'] as const;

/** Whether a record leaves open what decides about a person; a page may do so, the answer about one person does not. */
export const isOpen = (raw: Raw): boolean => DECISIVE.some((property) => raw[property] === undefined);

/** Whether a license is assigned; people without one are often rooms, shared mailboxes and accounts of machines. */
export const isLicensed = (raw: Raw): boolean => Array.isArray(raw.assignedLicenses) && raw.assignedLicenses.length > 0;

const UNSAID: readonly (readonly [property: string, field: UnsaidField])[] = [
  ['givenName', 'givenName'],
  ['surname', 'familyName'],
  ['displayName', 'displayName'],
  ['jobTitle', 'title'],
  ['department', 'department'],
  ['employeeId', 'employeeNumber'],
];

const isText = (value: unknown) => typeof value === 'string';

/** Types that Graph's schema fixes and that would change a person if misread. */
const EXPECTED: readonly (readonly [property: string, fits: (value: unknown) => boolean])[] = [
  ['displayName', isText],
  ['givenName', isText],
  ['surname', isText],
  ['mail', isText],
  ['userPrincipalName', isText],
  ['otherMails', (value) => Array.isArray(value) && value.every(isText)],
  ['userType', isText],
  ['assignedLicenses', Array.isArray],
  ['department', isText],
  ['jobTitle', isText],
  ['employeeId', isText],
];

/** Active only when Graph says so; a flag that is missing or odd is unknown. */
function activityOf(enabled: unknown): { readonly activity: Activity; readonly reasons: readonly string[] } {
  if (enabled === true) return { activity: 'active', reasons: [] };
  if (enabled === false) return { activity: 'inactive', reasons: ['accountEnabled: false'] };
  return { activity: 'unknown', reasons: ['accountEnabled is not stated'] };
}

const INITIAL_DOMAIN = /\.onmicrosoft\.(com|us|cn)$/i;

/** The mailbox, else the sign-in name unless it is a guest's made-up one or, but for an admin's choice, of the first domain. */
function emailOf({ mail, userPrincipalName }: Raw, { useInitialDomain }: Taking): string | null {
  const address = addressOf(mail);
  if (address !== null) return address;
  const name = addressOf(userPrincipalName);
  if (name === null || name.toUpperCase().includes('#EXT#')) return null;
  return INITIAL_DOMAIN.test(name) && !useInitialDomain ? null : name;
}
