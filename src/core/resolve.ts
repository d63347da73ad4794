import { assertionsOf, EMAIL, ENABLED, stampOf } from './assertions.ts';
import type { Json } from './json.ts';
import { liveSources, type Settings } from './organization.ts';
import type { Attributes, SourceName, SourceRecord, Status } from './user.ts';

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

/**
 * Decides what is true about a person from what every source last said: SCIM over directories over manual edits.
 *
 * Pure: same records and settings, same answer, whatever the order of arrival. Live sources decide by rank, attribute by
 * attribute; `manual` and all dormant sources share the last rank, where the assertion of the later version wins.
 */
export function resolve(records: readonly SourceRecord[], settings: Settings): Resolved {
  const winners = new Map<string, { record: SourceRecord; value: Json; live: boolean }>();
  const live = liveSources(settings);
  for (const source of live)
    for (const record of records)
      if (record.source === source)
        for (const [name, value] of assertionsOf(record))
          if (!winners.has(name)) winners.set(name, { record, value, live: true });
  for (const source of LAST_RANK_ORDER) {
    if (live.includes(source)) continue;
    for (const record of records)
      if (record.source === source)
        for (const [name, value] of assertionsOf(record)) {
          const held = winners.get(name);
          if (!held || (!held.live && stampOf(record, name) > stampOf(held.record, name)))
            winners.set(name, { record, value, live: false });
        }
  }
  return resolvedFrom(winners, records);
}

function resolvedFrom(
  won: ReadonlyMap<string, { record: SourceRecord; value: Json }>,
  records: readonly SourceRecord[],
): Resolved {
  const attributes: { [name: string]: Json } = {};
  const winners = new Map<string, SourceRecord>();
  for (const [name, { record, value }] of won) {
    winners.set(name, record);
    if (name !== EMAIL && name !== ENABLED && value !== null) attributes[name] = value;
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
  for (const source of liveSources(settings))
    for (const record of records)
      if (record.source === source) for (const [name] of assertionsOf(record)) if (name === assertion) return source;
  return null;
}
