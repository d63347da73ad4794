import { assertionsOf, EMAIL, ENABLED, stampOf } from './assertions.ts';
import { isUnassigned, type Json } from './json.ts';
import { liveRank, liveSources, type Settings } from './organization.ts';
import type { Attributes, SourceName, SourceRecord, Status, User } from './user.ts';

/** What is true about a person, and who decided it. */
export interface Resolved {
  readonly status: Status;
  readonly enabled: boolean | null;
  /** Effective values; "no value" is absent. */
  readonly attributes: Attributes;
  /** undefined: nobody asserts an address; null: the winner says there is none. */
  readonly email: string | null | undefined;
  /** The winning record of each assertion, `email` and `enabled` among them. */
  readonly winners: ReadonlyMap<string, SourceRecord>;
}

/** Among assertions of one version on the last rank, the order that makes the answer one and the same. */
const LAST_RANK_ORDER: readonly SourceName[] = ['scim', 'google', 'microsoft', 'manual'];

/** An assertion that wants to be true; a smaller rank decides first. */
interface Contender {
  readonly name: string;
  readonly value: Json;
  readonly record: SourceRecord;
  readonly rank: number;
}

/**
 * Decides what is true about a person from what every source last said: SCIM over directories over manual edits.
 *
 * Pure: same records and settings, same answer, whatever the order of arrival. Live sources decide by rank, attribute by
 * attribute; `manual` and all dormant sources share the last rank, where the assertion of the later version wins. Of several
 * SCIM connections the one that owns the person (`owner`) comes first, then whoever said it later.
 */
export function resolve(records: readonly SourceRecord[], settings: Settings, owner: string | null = null): Resolved {
  const live = liveSources(settings);
  const won = new Map<string, Contender>();
  for (const record of records) {
    const index = liveRank(live, settings, record);
    const rank = index < 0 ? live.length : index;
    for (const [name, value] of assertionsOf(record)) {
      const held = won.get(name);
      const contender = { name, value, record, rank };
      if (!held || outranks(contender, held, rank < live.length ? owner : null)) won.set(name, contender);
    }
  }
  return resolvedFrom(won, records);
}

/** The records that count: of an agency user only what admins say, as no provider and no directory speaks about them. */
export function countingRecords({ kind, records }: Pick<User, 'kind' | 'records'>): readonly SourceRecord[] {
  return kind === 'agency' ? records.filter(({ source }) => source === 'manual') : records;
}

/** Decides what is true about a person. */
export function resolveUser(user: Pick<User, 'kind' | 'records' | 'scim'>, settings: Settings): Resolved {
  return resolve(countingRecords(user), settings, user.scim.connectionId);
}

function outranks(one: Contender, other: Contender, owner: string | null): boolean {
  if (one.rank !== other.rank) return one.rank < other.rank;
  if (owner !== null && one.record.connectionId !== other.record.connectionId)
    for (const { record } of [one, other]) if (record.connectionId === owner) return record === one.record;
  const age = stampOf(other.record, one.name) - stampOf(one.record, one.name);
  return (age || compareSources(one.record, other.record)) < 0;
}

function compareSources(one: SourceRecord, other: SourceRecord): number {
  const order = LAST_RANK_ORDER.indexOf(one.source) - LAST_RANK_ORDER.indexOf(other.source);
  return order || ((one.connectionId ?? '') < (other.connectionId ?? '') ? -1 : 1);
}

function resolvedFrom(won: ReadonlyMap<string, Contender>, records: readonly SourceRecord[]): Resolved {
  const attributes: { [name: string]: Json } = {};
  const winners = new Map<string, SourceRecord>();
  for (const [name, { record, value }] of won) {
    winners.set(name, record);
    if (name !== EMAIL && name !== ENABLED && !isUnassigned(value)) attributes[name] = value;
  }
  const enabled = (won.get(ENABLED)?.value ?? null) as boolean | null;
  const email = won.get(EMAIL)?.value as string | null | undefined;
  return { status: statusOf(enabled, records), enabled, attributes, email, winners };
}

/** The status an answer to "enabled?" stands for (design §2.2, rule 4). */
export function statusOf(enabled: boolean | null, records: readonly SourceRecord[]): Status {
  if (enabled === null) return 'unprovisioned';
  if (enabled) return 'active';
  return records.some(({ terminated }) => terminated) ? 'terminated' : 'deactivated';
}

/** The sources that outrank manual edits for one assertion and assert it: an admin's edit is refused in their favour. */
export function liveAsserter(
  records: readonly SourceRecord[],
  settings: Settings,
  assertion: string,
): SourceName | null {
  const live = liveSources(settings);
  for (const [rank, source] of live.entries())
    for (const record of records)
      if (liveRank(live, settings, record) === rank)
        for (const [name] of assertionsOf(record)) if (name === assertion) return source;
  return null;
}
