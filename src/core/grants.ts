import type { Settings } from './organization.ts';
import { DIRECTORIES, type DirectoryName, type DirectoryState, type SourceRecord } from './user.ts';

/**
 * Brings what directory records assert about "enabled" up to the settings and to one another (design §2.2, rule 5).
 *
 * A directory asserts false when it says inactive, or when absence was confirmed and no other live directory reports the person
 * active; true when active and granted; else nothing; `unknown` leaves it as it was. A grant is set only while SCIM is off, the
 * person is active there and no record asserts false: by *Automatically enable synced users?*, or because they sign in.
 */
export function regrant(
  records: readonly SourceRecord[],
  settings: Settings,
  signingIn = false,
): readonly SourceRecord[] {
  const judged = records.map((record) =>
    record.directory ? judge(record, record.directory, records, settings) : record,
  );
  if (settings.scim.enabled || judged.some(({ enabled }) => enabled === false)) return same(records, judged);
  const granted = judged.map((record) => (earnsGrant(record, settings, signingIn) ? grant(record) : record));
  return same(records, granted);
}

/** Whether the settings give a grant to whoever the directory reports active, unless another record asserts false. */
export function grantsActive(settings: Settings, name: DirectoryName): boolean {
  const { syncUsers, autoEnableUsers } = settings[name];
  return !settings.scim.enabled && syncUsers && autoEnableUsers;
}

function judge(
  record: SourceRecord,
  directory: DirectoryState,
  records: readonly SourceRecord[],
  settings: Settings,
): SourceRecord {
  const out = directory.activity === 'inactive' || !directory.present;
  const granted = directory.granted && !out;
  const enabled = assertedEnabled(record, { ...directory, granted }, records, settings);
  if (enabled === record.enabled && granted === directory.granted) return record;
  return { ...record, enabled, directory: { ...directory, granted } };
}

function assertedEnabled(
  record: SourceRecord,
  { activity, present, granted }: DirectoryState,
  records: readonly SourceRecord[],
  settings: Settings,
): boolean | null {
  if (present && activity === 'inactive') return false;
  if (!present) return reportedActiveElsewhere(record, records, settings) ? null : false;
  if (activity === 'unknown') return record.enabled;
  return granted ? true : null;
}

function reportedActiveElsewhere(record: SourceRecord, records: readonly SourceRecord[], settings: Settings): boolean {
  return records.some(
    (other) =>
      other.source !== record.source &&
      other.directory?.present === true &&
      other.directory.activity === 'active' &&
      isLiveDirectory(other, settings),
  );
}

function earnsGrant(record: SourceRecord, settings: Settings, signingIn: boolean): boolean {
  const directory = record.directory;
  if (!directory?.present || directory.activity !== 'active' || directory.granted) return false;
  if (!isLiveDirectory(record, settings)) return false;
  return signingIn || settings[record.source as DirectoryName].autoEnableUsers;
}

function isLiveDirectory(record: SourceRecord, settings: Settings): boolean {
  const name = DIRECTORIES.find((directory) => directory === record.source);
  return name !== undefined && settings[name].syncUsers;
}

function grant(record: SourceRecord): SourceRecord {
  return record.directory ? { ...record, enabled: true, directory: { ...record.directory, granted: true } } : record;
}

function same(before: readonly SourceRecord[], after: readonly SourceRecord[]): readonly SourceRecord[] {
  return after.every((record, index) => record === before[index]) ? before : after;
}
