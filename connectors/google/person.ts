import { hash } from 'node:crypto';
import type { DirectoryPerson } from '../../src/core/directory-person.ts';
import type { Activity } from '../../src/core/user.ts';

/** A JSON object as it came. */
export type Raw = { readonly [key: string]: unknown };

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
    aliases: aliasesOf(raw.aliases),
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
  return { ...person, hash: hashOf(person) };
}

export function isRaw(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
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

// Spaces without width stand in for a missing half of a name; joiners (200C, 200D) belong to many scripts and stay.
const INVISIBLE = /[\u200B\u2060\uFEFF]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const CONTROL = /[\u0000-\u001F\u007F-\u009F]/g;
const PLAIN = /^[\x21-\x7E](?:[\x20-\x7E]*[\x21-\x7E])?$/;
const ONLY_MARKS = /^[\u200C-\u200F\u202A-\u202E\u2066-\u2069\s]*$/;

/** Text as people would compare it: NFC, trimmed, nothing invisible; null when nothing is left. */
export function cleanText(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  if (PLAIN.test(value)) return value;
  const text = value.replace(INVISIBLE, '').replace(CONTROL, ' ').normalize('NFC').trim();
  return ONLY_MARKS.test(text) ? null : text;
}

const ADDRESS = /^[^\s@]{1,64}@[^\s@.]+(?:\.[^\s@.]+)*$/;

/** A usable address, or null. */
export function addressOf(value: unknown): string | null {
  const text = cleanText(value);
  return text !== null && text.length <= 254 && ADDRESS.test(text) ? text : null;
}

/** Sorted, so that a change of order is no change. */
function aliasesOf(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  return [...new Set(value.map(addressOf).filter((address) => address !== null))].sort();
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

/** Over the fields in the order written above: the same person always hashes the same. */
function hashOf(person: Omit<DirectoryPerson, 'hash'>): string {
  return hash('sha256', JSON.stringify(Object.values(person)), 'base64url');
}
