import type { DirectoryPerson } from './directory-person.ts';
import { sameAddress } from './email-claim.ts';
import { mapPerson } from './mapping.ts';
import type { Harm } from './run.ts';
import type { MappingRule } from './sync-options.ts';
import type { Actor, SourceRecord } from './user.ts';

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
  mapping: readonly MappingRule[] = [],
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
    attributes: mapPerson(person, mapping, former?.attributes),
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

/** The record of somebody who is there and whom the integration is no longer told to take: for us they are not active. */
export function leftRecord(former: SourceRecord, why: string): SourceRecord {
  if (!former.directory) return former;
  // Whoever comes back is news, whatever they look like then.
  const directory = { ...former.directory, activity: 'inactive', granted: false, hash: '', reasons: [why] } as const;
  return { ...former, directory };
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
