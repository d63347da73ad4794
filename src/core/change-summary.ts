import type { UserEvent } from './event.ts';
import type { Effect } from './lifecycle.ts';
import { isLive, liveSources, type Settings } from './organization.ts';
import { resolveUser } from './resolve.ts';
import type { SourceName, SourceRecord, Status, User } from './user.ts';
import { visibleChanges } from './user-events.ts';

/** What a change of settings would do to one person. */
export interface PreviewItem {
  readonly user: { readonly id: string; readonly name: string | null; readonly email: string | null };
  /** Status and changed attributes before. */
  readonly from: { readonly [name: string]: unknown };
  readonly to: { readonly [name: string]: unknown };
  readonly effects: readonly Effect[];
  readonly why: string;
}

/** Describes a change in words an admin can weigh. */
export function describeChange(before: User, after: User, effects: readonly Effect[], settings: Settings): PreviewItem {
  const changes = visibleChanges(before, after);
  const { id, email } = before;
  return {
    user: { id, name: nameOf(before), email },
    from: side(changes, 0),
    to: side(changes, 1),
    effects,
    why: whyStatus(after, settings),
  };
}

function side(changes: UserEvent['changes'], index: 0 | 1): { readonly [name: string]: unknown } {
  return Object.fromEntries(Object.entries(changes).map(([name, pair]) => [name, pair[index]]));
}

/** The name a person is shown by: displayName, else nothing. */
export function nameOf({ attributes }: User): string | null {
  return typeof attributes.displayName === 'string' ? attributes.displayName : null;
}

export const SOURCE_TITLES: Readonly<Record<SourceName, string>> = {
  scim: 'SCIM',
  google: 'Google Workspace',
  microsoft: 'Microsoft 365',
  manual: 'an administrator',
};

const STATUS_WORDS: Readonly<Record<Exclude<Status, 'unprovisioned'>, string>> = {
  active: 'active',
  deactivated: 'deactivated',
  terminated: 'terminated',
};

/** Names of SCIM connections by id, where an organization has several. */
export type ConnectionNames = ReadonlyMap<string, string>;

export const NO_NAMES: ConnectionNames = new Map();

/** What a record's source is called, with the name of the connection where there are several. */
export function titleOf(
  { source, connectionId }: Pick<SourceRecord, 'source' | 'connectionId'>,
  names: ConnectionNames,
): string {
  const name = names.get(connectionId ?? '');
  return name === undefined ? SOURCE_TITLES[source] : `${SOURCE_TITLES[source]} (${name})`;
}

/**
 * One sentence that says why a person has the status they have.
 */
export function whyStatus(user: User, settings: Settings, names: ConnectionNames = NO_NAMES): string {
  const { status } = user;
  if (status === 'unprovisioned') return whyUnprovisioned(user, settings);
  const winner = resolveUser(user, settings).winners.get('enabled');
  if (!winner) return `The user is ${STATUS_WORDS[status]}.`;
  const title = titleOf(winner, names);
  const live = isLive(settings, winner);
  const dormant = live || winner.source === 'manual' ? '' : ' (switched off now; its last word stands)';
  const reasons = winner.directory?.reasons.join(', ');
  const because = reasons && !winner.enabled ? `: ${reasons}` : '';
  const mark = status === 'terminated' ? ', and they were marked as terminated' : '';
  const stays = status === 'active' && !winner.enabled ? ', but the last admin of the organization stays active' : '';
  return `${capital(title)}${dormant} says the user is ${winner.enabled ? 'enabled' : 'disabled'}${because}${mark}${stays}.`;
}

function whyUnprovisioned({ records }: User, settings: Settings): string {
  const directory = records.find((record) => record.directory?.present && record.directory.activity === 'active');
  if (settings.scim.enabled && !records.some(({ source }) => source === 'scim'))
    return directory
      ? 'SCIM is on and has not provisioned this person.'
      : 'Nobody has activated this user, and SCIM, which is on, has not provisioned them.';
  if (!directory) return 'Nobody has activated this user yet.';
  const title = SOURCE_TITLES[directory.source];
  if (!liveSources(settings).includes(directory.source))
    return `${title} reports the user active, but syncing users from it is switched off.`;
  return `${title} reports the user active, but synced users are not enabled automatically; activate them, or let them sign in.`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
