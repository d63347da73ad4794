import type { DirectoryPerson } from '../../src/core/directory-person.ts';
import type { Activity } from '../../src/core/user.ts';
import { addressesOf, addressOf, cleanText } from '../clean-text.ts';
import { hashPerson } from '../hash-person.ts';
import { isRaw, type Raw } from '../raw.ts';

/**
 * One Google user as a directory person, or a sentence saying why the record cannot be trusted.
 *
 * Parses everything defensively: the key must have been checked by the caller. What Google does not say stays unsaid (`null`,
 * `unknown`); a field of an impossible type makes the whole record untrusted, so that it changes nobody.
 */
export function personOf(raw: Raw, externalId: string): DirectoryPerson | string {
  for (const [name, fits] of EXPECTED) {
    const value = raw[name];
    if (value !== undefined && value !== null && !fits(value)) return `"${name}" has an impossible form`;
  }

  const name = isRaw(raw.name) ? raw.name : {};
  const givenName = cleanText(name.givenName);
  const familyName = cleanText(name.familyName);
  const { activity, reasons } = activityOf(raw);
  const organization = primaryOf(raw.organizations);
  const person = {
    source: 'google',
    externalId,
    tenant: cleanText(raw.customerId),
    email: addressOf(raw.primaryEmail),
    aliases: addressesOf(raw.aliases),
    givenName,
    familyName,
    displayName: [givenName, familyName].filter(Boolean).join(' ') || null,
    activity,
    reasons,
    kind: raw.isGuestUser === true ? 'guest' : 'member',
    title: cleanText(organization.title),
    department: cleanText(organization.department),
    employeeNumber: employeeNumberOf(raw.externalIds),
    orgUnit: cleanText(raw.orgUnitPath),
  } as const;
  return { ...person, hash: hashPerson(person) };
}

const isText = (value: unknown) => typeof value === 'string';

/** Types that Google's schema fixes and that would change a person if misread. */
const EXPECTED: readonly (readonly [field: string, fits: (value: unknown) => boolean])[] = [
  ['name', isRaw],
  ['aliases', (value) => Array.isArray(value) && value.every(isText)],
  ['orgUnitPath', isText],
  ['customerId', isText],
  ['organizations', Array.isArray],
  ['externalIds', Array.isArray],
];

/** Active only when Google says so; suspended or archived is inactive; a flag that is missing or odd is unknown. */
function activityOf(raw: Raw): { readonly activity: Activity; readonly reasons: readonly string[] } {
  const why = raw.suspended === true ? cleanText(raw.suspensionReason) : null;
  const reasons: string[] = [];
  if (raw.suspended === true) reasons.push('suspended');
  if (why !== null) reasons.push(`suspensionReason: ${why}`);
  if (raw.archived === true) reasons.push('archived');
  if (reasons.length > 0) return { activity: 'inactive', reasons };
  if (typeof raw.suspended !== 'boolean') return { activity: 'unknown', reasons: ['suspended is not stated'] };
  if (raw.archived !== undefined && raw.archived !== null && typeof raw.archived !== 'boolean')
    return { activity: 'unknown', reasons: ['archived is not stated'] };
  return { activity: 'active', reasons };
}

function primaryOf(value: unknown): Raw {
  const all = Array.isArray(value) ? value.filter(isRaw) : [];
  return all.find(({ primary }) => primary === true) ?? all[0] ?? {};
}

/** The "Employee ID" of the Admin console is the external id of type `organization`. */
function employeeNumberOf(value: unknown): string | null {
  const all = Array.isArray(value) ? value.filter(isRaw) : [];
  return cleanText(all.find(({ type }) => type === 'organization')?.value);
}
