import { assertionsOf, EMAIL, ENABLED } from './assertions.ts';
import { type ConnectionNames, NO_NAMES, whyStatus } from './change-summary.ts';
import type { Json } from './json.ts';
import type { Settings } from './organization.ts';
import { resolveUser } from './resolve.ts';
import type { SourceName, SourceRecord, User } from './user.ts';

/** What one source says. */
export interface Saying {
  readonly value: Json;
  readonly source: SourceName;
  /** Name of the SCIM connection, where the organization has several. */
  readonly connection?: string;
}

export interface ExplainedAttribute extends Saying {
  /** What other sources say and cannot make true. */
  readonly hidden: readonly Saying[];
}

export interface ExplainedRecord {
  readonly source: SourceName;
  readonly connectionId: string | null;
  /** Its name, where the organization has several. */
  readonly connection: string | null;
  readonly externalId: string | null;
  readonly enabled: boolean | null;
  readonly activity: string | null;
  readonly present: boolean | null;
  readonly granted: boolean | null;
  readonly terminated: boolean;
  readonly attributes: SourceRecord['attributes'];
  readonly email: string | null;
  readonly at: string;
  readonly by: SourceRecord['by'];
}

export interface ExplainedUser {
  readonly status: { readonly value: User['status']; readonly sentence: string };
  readonly attributes: { readonly [name: string]: ExplainedAttribute };
  readonly records: readonly ExplainedRecord[];
}

/**
 * Explains a person: the status and its reason in a sentence, each attribute with its winner and what that hides, and every record
 * with its age (design §2.5).
 */
export function explainUser(user: User, settings: Settings, names: ConnectionNames = NO_NAMES): ExplainedUser {
  const { winners } = resolveUser(user, settings);
  const attributes: { [name: string]: ExplainedAttribute } = {};
  for (const [name, winner] of winners) {
    const said = sayings(user, name);
    const own = said.find(({ record }) => record === winner);
    attributes[name === ENABLED ? 'enabled' : name] = {
      ...saying(winner, name === EMAIL ? user.email : (own?.value ?? null), names),
      hidden: said.flatMap(({ record, value }) => (record === winner ? [] : [saying(record, value, names)])),
    };
  }
  const sentence = [whyStatus(user, settings, names), ...heldSentence(user)].join(' ');
  return {
    status: { value: user.status, sentence },
    attributes,
    records: user.records.map((record) => explainRecord(record, names)),
  };
}

function saying({ source, connectionId }: SourceRecord, value: Json, names: ConnectionNames): Saying {
  const connection = names.get(connectionId ?? '');
  return { value, source, ...(connection === undefined ? {} : { connection }) };
}

function sayings(user: User, name: string): readonly { record: SourceRecord; value: Json }[] {
  return user.records.flatMap((record) => {
    for (const [said, value] of assertionsOf(record)) if (said === name) return [{ record, value }];
    return [];
  });
}

function heldSentence({ heldEmail, email }: User): readonly string[] {
  if (!heldEmail) return [];
  const wanted = heldEmail.wanted ?? 'none';
  const because = {
    linking: 'linking never changes an address by itself',
    foreign_domain: "it lies outside the organization's own domains",
    taken: 'another user holds it',
  }[heldEmail.reason];
  return [`The address stays ${email ?? 'empty'}: ${heldEmail.source} wants ${wanted}, but ${because}.`];
}

function explainRecord(record: SourceRecord, names: ConnectionNames): ExplainedRecord {
  const { source, connectionId, externalId, enabled, terminated, attributes, at, by, directory } = record;
  return {
    source,
    connectionId,
    connection: names.get(connectionId ?? '') ?? null,
    externalId,
    enabled,
    activity: directory?.activity ?? null,
    present: directory?.present ?? null,
    granted: directory?.granted ?? null,
    terminated,
    attributes,
    email: record.email ?? null,
    at,
    by,
  };
}
