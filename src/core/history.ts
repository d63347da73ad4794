import { assertionsOf, EMAIL, ENABLED, stampOf } from './assertions.ts';
import { groupChangesIn } from './group-change.ts';
import { type Json, sameJson } from './json.ts';
import type { Settings } from './organization.ts';
import { replacementIn } from './replacement.ts';
import { resolveUser } from './resolve.ts';
import { type Actor, recordOf, type SourceName, type SourceRecord, type User } from './user.ts';

/** One thing about a person that changed, or that a source said differently. */
export interface HistoryRow {
  /** A canonical attribute name, or what a person has beside attributes: `status`, `email`, `level`, … */
  readonly what: string;
  /** null: nothing. */
  readonly from: Json;
  readonly to: Json;
  /** False: a source said so, and what is true did not become so. */
  readonly effective: boolean;
  /** The source that said it, where that had no effect. */
  readonly source?: SourceName;
}

/** What it takes to undo a save, beside its rows. */
export interface Undo {
  /** The settings it was made under. */
  readonly settingsVersion: number;
  /** What an admin had said of the status before. */
  readonly enabled: SourceRecord['enabled'];
  readonly terminated: boolean;
  /** The version at which they had said it. */
  readonly since: number;
}

/** What one save changed about a person, written with it and never changed. */
export interface HistoryEntry {
  readonly organizationId: string;
  readonly userId: string;
  /** The version of the person that the save made. */
  readonly version: number;
  readonly at: string;
  readonly by: Actor;
  readonly reason?: string;
  readonly rows: readonly HistoryRow[];
  /** Absent: nobody undoes it. */
  readonly undo?: Undo;
}

export interface HistoryTerms {
  readonly by: Actor;
  readonly reason?: string | undefined;
  /** Whoever saves may have to undo it. */
  readonly isProvisional?: boolean;
}

/** What the history says of a change; null when only what nobody asks about changed, such as when a source was last heard. */
export function historyOf(
  before: User,
  after: User,
  settings: Settings,
  { by, reason, isProvisional = false }: HistoryTerms,
): HistoryEntry | null {
  const isNew = before.version === 0;
  const rows = isNew
    ? [created(after)]
    : [
        ...effectiveRows(before, after),
        ...interviewRows(before, after),
        ...groupRows(before, after),
        ...hiddenRows(before, after, settings),
      ];
  if (rows.length === 0) return null;
  const { organizationId, id: userId, version, updatedAt: at } = after;
  const undo = isProvisional ? { undo: undoOf(before, settings) } : {};
  return { organizationId, userId, version, at, by, ...(reason === undefined ? {} : { reason }), rows, ...undo };
}

function undoOf(before: User, { version: settingsVersion }: Settings): Undo {
  const said = recordOf(before, 'manual');
  if (!said) return { settingsVersion, enabled: null, terminated: false, since: 0 };
  return { settingsVersion, enabled: said.enabled, terminated: said.terminated, since: stampOf(said, ENABLED) };
}

/** What somebody starts with is what the first change of it started from. */
const created = ({ status }: User): HistoryRow => ({ what: 'created', from: null, to: status, effective: true });

/** What a person has beside attributes. */
const FIELDS: { readonly [what: string]: (user: User) => unknown } = {
  status: ({ status }) => status,
  email: ({ email }) => email,
  kind: ({ kind }) => kind,
  agencyId: ({ agencyId }) => agencyId,
  hostId: ({ hostId }) => hostId,
  level: ({ access }) => access.level,
  roles: ({ access }) => access.roles,
  dormantRoles: ({ access }) => access.dormantRoles,
  pools: ({ access }) => access.pools,
  block: ({ block }) => block?.reason,
};

function effectiveRows(before: User, after: User): readonly HistoryRow[] {
  const fields = Object.entries(FIELDS).map(
    ([what, read]) => [what, (read(before) ?? null) as Json, (read(after) ?? null) as Json] as const,
  );
  const names = new Set([...Object.keys(before.attributes), ...Object.keys(after.attributes)]);
  const attributes = [...names].map(
    (name) => [name, before.attributes[name] ?? null, after.attributes[name] ?? null] as const,
  );
  return [...fields, ...attributes]
    .filter(([, from, to]) => !sameJson(from, to))
    .map(([what, from, to]) => ({ what, from, to, effective: true }));
}

function interviewRows(before: User, after: User): readonly HistoryRow[] {
  const replaced = replacementIn(before, after);
  return replaced ? [{ what: 'interview', from: replaced[0], to: replaced[1], effective: true }] : [];
}

const groupRows = (before: User, after: User): readonly HistoryRow[] =>
  groupChangesIn(before, after).map(([what, from, to]) => ({ what, from, to, effective: true }));

/** What sources said differently without what is true becoming so: a higher one says otherwise, or the address is held. */
function hiddenRows(before: User, after: User, settings: Settings): readonly HistoryRow[] {
  const changes = after.records.filter((record) => !before.records.includes(record)).flatMap(changesSince(before));
  if (changes.length === 0) return [];
  const { winners } = resolveUser(after, settings);
  return changes
    .filter(({ name, record }) => winners.get(name) !== record || isHeld(name, record, after))
    .filter(({ name }) => sameJson(effectiveValue(before, name), effectiveValue(after, name)))
    .map(({ name, record: { source }, from, to }) => {
      const what = name === ENABLED ? 'status' : name;
      return { what, from, to, effective: false, source };
    });
}

interface Change {
  readonly record: SourceRecord;
  readonly name: string;
  readonly from: Json;
  readonly to: Json;
}

const changesSince =
  (before: User) =>
  (record: SourceRecord): readonly Change[] => {
    const former = recordOf(before, record.source, record.connectionId);
    const was = new Map(former ? assertionsOf(former) : []);
    const is = new Map(assertionsOf(record));
    return [...new Set([...was.keys(), ...is.keys()])].flatMap((name) => {
      const [from, to] = [spoken(name, former, was.get(name)), spoken(name, record, is.get(name))];
      return sameJson(from, to) ? [] : [{ record, name, from, to }];
    });
  };

/** An assertion as people say it: whether somebody is enabled is a status. */
function spoken(name: string, record: SourceRecord | undefined, value: Json | undefined): Json {
  if (name !== ENABLED || value === undefined) return value ?? null;
  if (value) return 'active';
  return record?.terminated ? 'terminated' : 'deactivated';
}

const isHeld = (name: string, { email }: SourceRecord, user: User): boolean =>
  name === EMAIL && email !== undefined && email !== user.email;

function effectiveValue(user: User, name: string): Json {
  if (name === EMAIL) return user.email;
  return name === ENABLED ? user.status : (user.attributes[name] ?? null);
}
