import type { Json } from '../../src/core/json.ts';
import type { Settings } from '../../src/core/organization.ts';
import type { Attributes, SourceRecord, Status, User } from '../../src/core/user.ts';
import { isPresent, keyOf, type Word } from './world.ts';

/** What must be true of a person in the end, told from the last word of each source alone. */
export interface Expected {
  readonly status: Status;
  readonly attributes: Attributes;
  /** undefined: nobody says anything about an address. */
  readonly email: string | null | undefined;
  readonly emailFrom: SourceRecord | null;
}

/** A source's last word beside the record it left; the record gives grants, marks and versions, which are inputs here. */
interface Speaker {
  readonly record: SourceRecord;
  readonly word: Word;
  /** Smaller decides first; equal for all on the last rank. */
  readonly rank: number;
}

const LAST = 100;
/** Among words of one version on the last rank. */
const TIES: readonly string[] = ['scim', 'google', 'microsoft', 'manual'];

/**
 * The reference: rank the sources, take each value from the first that says it. Shares no code with the resolver.
 *
 * Grants, terminated marks and the versions of words on the last rank are taken from the records, as the design allows.
 */
export function expectedOf(user: User, words: ReadonlyMap<string, Word>, settings: Settings): Expected {
  const speakers = user.records.flatMap((record) => {
    const word = words.get(keyOf(record, user));
    return word ? [{ record, word, rank: rankOf(record, settings) }] : [];
  });
  const values = new Map<string, { readonly value: Json; readonly from: SourceRecord }>();
  for (const name of new Set(speakers.flatMap((speaker) => [...sayings(speaker, speakers, settings).keys()]))) {
    const [first] = speakers
      .filter((speaker) => sayings(speaker, speakers, settings).has(name))
      .sort((left, right) => compare(left, right, name));
    if (first) values.set(name, { value: sayings(first, speakers, settings).get(name) ?? null, from: first.record });
  }
  const enabled = values.get('?enabled')?.value;
  const marked = user.records.some(({ terminated }) => terminated);
  const shown = [...values].filter(([name, { value }]) => !name.startsWith('?') && value !== null);
  const address = values.get('?email');
  return {
    status: enabled === undefined ? 'unprovisioned' : enabled ? 'active' : marked ? 'terminated' : 'deactivated',
    attributes: Object.fromEntries(shown.map(([name, { value }]) => [name, value])),
    email: address ? (address.value as string | null) : undefined,
    emailFrom: address?.from ?? null,
  };
}

function rankOf({ source }: SourceRecord, settings: Settings): number {
  if (source === 'manual') return LAST;
  if (source === 'scim') return settings.scim.enabled ? 0 : LAST;
  return settings[source].syncUsers ? 1 + settings.directoryOrder.indexOf(source) : LAST;
}

function compare(left: Speaker, right: Speaker, name: string): number {
  if (left.rank !== right.rank) return left.rank - right.rank;
  const age = stampOf(right.record, name) - stampOf(left.record, name);
  return age || TIES.indexOf(left.record.source) - TIES.indexOf(right.record.source);
}

function stampOf({ stamps }: SourceRecord, name: string): number {
  return stamps[name.replace('?', '')] ?? 0;
}

/** Everything a word says, by name; `?email` and `?enabled` beside the attributes. */
function sayings(
  { record, word }: Speaker,
  speakers: readonly Speaker[],
  settings: Settings,
): ReadonlyMap<string, Json> {
  const said = new Map<string, Json>(Object.entries(word.attributes) as [string, Json][]);
  const name = word.attributes.name as { readonly givenName?: string } | null | undefined;
  if (name?.givenName && !said.has('displayName')) said.set('displayName', name.givenName);
  if (word.email !== undefined) said.set('?email', word.email);
  const enabled = enabledOf({ record, word }, speakers, settings);
  if (enabled !== null) said.set('?enabled', enabled);
  return said;
}

/** A directory says no when the person is inactive or gone, yes when active and granted, and nothing new when unknown. */
export function enabledOf(
  { record, word }: Pick<Speaker, 'record' | 'word'>,
  speakers: readonly Pick<Speaker, 'record' | 'word'>[],
  settings: Settings,
): boolean | null {
  if (record.source === 'manual' || record.source === 'scim') return word.enabled;
  if (!isPresent(word)) return isActiveElsewhere(record, speakers, settings) ? null : false;
  if (word.activity === 'inactive') return false;
  if (word.activity === 'active') return record.directory?.granted ? true : null;
  return record.enabled;
}

function isActiveElsewhere(
  { source }: SourceRecord,
  speakers: readonly Pick<Speaker, 'record' | 'word'>[],
  settings: Settings,
): boolean {
  return speakers.some(
    ({ record, word }) =>
      record.source !== source &&
      (record.source === 'google' || record.source === 'microsoft') &&
      settings[record.source].syncUsers &&
      isPresent(word) &&
      word.activity === 'active',
  );
}
