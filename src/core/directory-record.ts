import type { DirectoryPerson, UnsaidField } from './directory-person.ts';
import { sameAddress } from './email-claim.ts';
import type { Json } from './json.ts';
import type { Harm } from './run.ts';
import type { Actor, Attributes, SourceRecord } from './user.ts';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/**
 * The record a directory leaves about a person: what it shows, and whether it reports them active.
 *
 * What it does not show is not asserted, and what it leaves unsaid stays as it was. `enabled` is judged later, with the settings (`regrant`); `unknown` leaves it as it was.
 */
export function directoryRecord(
  former: SourceRecord | undefined,
  person: DirectoryPerson,
  linked: boolean,
  by: Actor,
): SourceRecord {
  const directory = {
    activity: person.activity,
    granted: former?.directory?.granted ?? false,
    present: true,
    hash: person.hash,
    reasons: person.reasons,
  };
  return {
    source: person.source,
    connectionId: null,
    externalId: person.externalId,
    attributes: attributesOf(filledIn(person, former)),
    email: person.email,
    enabled: former?.enabled ?? null,
    terminated: former?.terminated ?? false,
    linked: former?.linked ?? linked,
    stamps: former?.stamps ?? {},
    directory,
    at: '',
    by,
  };
}

/** The record after the directory confirmed that the person is gone: all it ever said stays, but for being there. */
export function goneRecord(former: SourceRecord): SourceRecord {
  if (!former.directory) return former;
  return { ...former, directory: { ...former.directory, present: false, granted: false, reasons: ['gone'] } };
}

/** The person with what the directory left unsaid as it was known before. */
function filledIn(person: DirectoryPerson, former: SourceRecord | undefined): DirectoryPerson {
  if (!former || !person.unsaid?.length) return person;
  const known = person.unsaid.map((field) => [field, textOf(KNOWN[field](former.attributes))]);
  return { ...person, ...Object.fromEntries(known) };
}

const KNOWN: { readonly [field in UnsaidField]: (attributes: Attributes) => Json | undefined } = {
  givenName: ({ name }) => partOf(name, 'givenName'),
  familyName: ({ name }) => partOf(name, 'familyName'),
  displayName: ({ displayName }) => displayName,
  title: ({ title }) => title,
  department: (attributes) => attributes[`${ENTERPRISE}:department`],
  employeeNumber: (attributes) => attributes[`${ENTERPRISE}:employeeNumber`],
};

const textOf = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null);

function partOf(name: Json | undefined, part: 'givenName' | 'familyName'): Json | undefined {
  return typeof name === 'object' && name !== null && !Array.isArray(name)
    ? (name as { readonly [part: string]: Json })[part]
    : undefined;
}

function attributesOf(person: DirectoryPerson): Attributes {
  const attributes: { [name: string]: Json } = {};
  const name = nameOf(person);
  if (name) attributes.name = name;
  if (person.displayName) attributes.displayName = person.displayName;
  if (person.title) attributes.title = person.title;
  if (person.department) attributes[`${ENTERPRISE}:department`] = person.department;
  if (person.employeeNumber) attributes[`${ENTERPRISE}:employeeNumber`] = person.employeeNumber;
  return attributes;
}

function nameOf({ givenName, familyName }: DirectoryPerson): { [part: string]: string } | null {
  if (!givenName && !familyName) return null;
  return { ...(givenName ? { givenName } : {}), ...(familyName ? { familyName } : {}) };
}

/** What a change of a directory's record takes away from a person; such a change is staged, not applied page by page. */
export function harmsOf(
  former: SourceRecord | undefined,
  next: SourceRecord,
  personIsActive: boolean,
): readonly Harm[] {
  const harms: Harm[] = [];
  const wasActive = former ? lastSaidActive(former) : personIsActive;
  if (wasActive && next.directory?.activity === 'inactive') harms.push('inactive');
  if (!former) return harms;
  if (hasName(former) && !hasName(next)) harms.push('blank_name');
  if (former.email && !next.email) harms.push('blank_email');
  else if (former.email && next.email && !sameAddress(former.email, next.email)) harms.push('changed_email');
  return harms;
}

/** `unknown` takes nothing back: whoever was not inactive before it still counts. */
function lastSaidActive({ directory, enabled }: SourceRecord): boolean {
  if (!directory?.present) return false;
  return directory.activity === 'active' || (directory.activity === 'unknown' && enabled !== false);
}

function hasName({ attributes }: SourceRecord): boolean {
  return attributes.name !== undefined || attributes.displayName !== undefined;
}
