import { defaultSettings, type Settings } from '../../src/core/organization.ts';
import { PLAIN_TERMS, type Settled, type SettleTerms, settle } from '../../src/core/settle.ts';
import type { DirectoryName, DirectoryState, SourceRecord, User } from '../../src/core/user.ts';
import { withRecord } from '../../src/core/user.ts';
import { aUser } from '../fixtures/users.ts';

const AT = '2026-01-01T00:00:00.000Z';

/** A record that asserts nothing; say only what matters. */
export function aRecord(facts: Partial<SourceRecord> = {}): SourceRecord {
  return {
    source: 'manual',
    connectionId: null,
    externalId: null,
    attributes: {},
    enabled: null,
    terminated: false,
    linked: false,
    stamps: {},
    at: AT,
    by: { kind: 'system', id: null },
    ...facts,
  };
}

export const manual = (facts: Partial<SourceRecord> = {}): SourceRecord => aRecord({ source: 'manual', ...facts });

export const scim = (facts: Partial<SourceRecord> = {}): SourceRecord =>
  aRecord({ source: 'scim', connectionId: 'connection-1', ...facts });

/** What a directory left about a person it lists as active and has not been granted. */
export function directory(
  source: DirectoryName,
  state: Partial<DirectoryState> = {},
  facts: Partial<SourceRecord> = {},
): SourceRecord {
  const directoryState = {
    activity: 'active',
    granted: false,
    present: true,
    hash: '',
    reasons: [],
    ...state,
  } as const;
  return aRecord({ source, externalId: `${source}-1`, directory: directoryState, ...facts });
}

export const google = (state: Partial<DirectoryState> = {}, facts: Partial<SourceRecord> = {}) =>
  directory('google', state, facts);
export const microsoft = (state: Partial<DirectoryState> = {}, facts: Partial<SourceRecord> = {}) =>
  directory('microsoft', state, facts);

export type Switch = 'scim' | 'google' | 'microsoft' | 'google auto' | 'microsoft auto';

/** Default settings with these switches on; `google` means *Sync … users?*, `google auto` enabling them automatically. */
export function settingsWith(on: readonly Switch[], facts: Partial<Settings> = {}): Settings {
  const directoryOf = (name: DirectoryName) => ({
    syncUsers: on.includes(name),
    autoEnableUsers: on.includes(`${name} auto`),
    syncVersion: 0,
  });
  return {
    ...defaultSettings(['example.com']),
    scim: { enabled: on.includes('scim') },
    google: directoryOf('google'),
    microsoft: directoryOf('microsoft'),
    ...facts,
  };
}

/** A stored person with these records, settled with these settings. */
export function aPerson(settings: Settings, records: readonly SourceRecord[], facts: Partial<User> = {}): User {
  const blank = aUser({ status: 'unprovisioned', email: 'ada@example.com', ...facts, version: 0 });
  return settle(blank, { ...blank, records }, settings, terms()).user;
}

/** What becomes of a person when a source speaks. */
export function afterWord(
  before: User,
  record: SourceRecord,
  settings: Settings,
  circumstances: Partial<SettleTerms> = {},
): User {
  return outcomeOf(before, record, settings, circumstances).user;
}

export function outcomeOf(
  before: User,
  record: SourceRecord,
  settings: Settings,
  circumstances: Partial<SettleTerms> = {},
): Settled {
  return settle(before, withRecord(before, record), settings, terms(circumstances));
}

/** What becomes of a person when only the settings change, as in a sweep. */
export function swept(before: User, settings: Settings, circumstances: Partial<SettleTerms> = {}): User {
  return settle(before, before, settings, terms(circumstances)).user;
}

export function terms(circumstances: Partial<SettleTerms> = {}): SettleTerms {
  return { ...PLAIN_TERMS, at: AT, by: { kind: 'system', id: null }, ...circumstances };
}
