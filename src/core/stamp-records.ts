import { assertionsOf, ENABLED, stampOf } from './assertions.ts';
import { type Json, sameJson } from './json.ts';
import type { Actor, SourceRecord, User } from './user.ts';

export interface StampTerms {
  readonly at: string;
  readonly by: Actor;
  /** Assertions an admin makes again on purpose: with the value they had, too, they become the youngest. */
  readonly restated: readonly string[];
  /** What an admin says of the status is taken back to what was said at this version; left out: it is not. */
  readonly enabledSince?: number | undefined;
}

/**
 * Stamps what records newly assert with the version of the person that is about to be written.
 *
 * An assertion that keeps its value keeps its stamp, so redelivery never makes an old word younger. A record that says the
 * same as before is returned as the very object that was stored: identity then means "nothing changed".
 */
export function stampRecords(
  before: User,
  records: readonly SourceRecord[],
  { at, by, restated, enabledSince }: StampTerms,
): readonly SourceRecord[] {
  const version = before.version + 1;
  return records.map((record) => {
    const former = before.records.find(
      ({ source, connectionId }) => source === record.source && connectionId === record.connectionId,
    );
    if (former && record.source === 'manual' && enabledSince !== undefined)
      return { ...record, stamps: { ...stampsOf(former, record, version, []), [ENABLED]: enabledSince }, at, by };
    const again = record.source === 'manual' ? restated : [];
    if (former && again.length === 0 && (former === record || saysTheSame(former, record))) return former;
    return { ...record, stamps: stampsOf(former, record, version, again), at, by };
  });
}

function stampsOf(
  former: SourceRecord | undefined,
  record: SourceRecord,
  version: number,
  restated: readonly string[],
): SourceRecord['stamps'] {
  const known = new Map<string, Json>(former ? assertionsOf(former) : []);
  const stamps: { [assertion: string]: number } = {};
  for (const [name, value] of assertionsOf(record)) {
    const kept = former && known.has(name) && !restated.includes(name) && sameJson(known.get(name), value);
    stamps[name] = kept ? stampOf(former, name) : version;
  }
  return stamps;
}

function saysTheSame(former: SourceRecord, record: SourceRecord): boolean {
  return (
    former.enabled === record.enabled &&
    former.terminated === record.terminated &&
    former.email === record.email &&
    former.externalId === record.externalId &&
    former.linked === record.linked &&
    former.opaque === record.opaque &&
    sameJson(former.uniqueValues, record.uniqueValues) &&
    sameDirectory(former, record) &&
    sameJson(former.attributes, record.attributes)
  );
}

function sameDirectory({ directory: former }: SourceRecord, { directory }: SourceRecord): boolean {
  if (former === directory) return true;
  if (!former || !directory) return false;
  return (
    former.activity === directory.activity &&
    former.granted === directory.granted &&
    former.present === directory.present &&
    former.hash === directory.hash
  );
}
