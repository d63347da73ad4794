import { type Shadow, shadowOf } from '../../src/core/shadow.ts';
import type { SourceName, User } from '../../src/core/user.ts';
import type { SaveOutcome } from '../../src/ports/user-store.ts';

export type Code = Exclude<Extract<SaveOutcome, { saved: false }>['code'], 'stale'>;

/** A stored person. */
export interface Entry {
  readonly user: User;
  readonly shadow: Shadow;
  /** What only one person of the organization may hold. */
  readonly claims: ReadonlyMap<string, Code>;
}

/** A person with their shadow and everything they claim. */
export function entryOf(user: User): Entry {
  const shadow = shadowOf(user);
  const claims = new Map<string, Code>();
  if (shadow.emailKey !== null) claims.set(`email:${shadow.emailKey}`, 'email_taken');
  if (shadow.userNameKey !== null) claims.set(`name:${shadow.userNameKey}`, 'user_name_taken');
  if (shadow.scimId !== null) claims.set(`scim:${shadow.scimId}`, 'source_key_taken');
  for (const value of shadow.uniqueValues) claims.set(`value:${value}`, 'value_taken');
  if (shadow.hostId !== null) claims.set(`host:${shadow.hostId}`, 'host_id_taken');
  for (const { source, connectionId, externalId } of shadow.sourceKeys)
    claims.set(keyClaim(source, connectionId, externalId), 'source_key_taken');
  return { user, shadow, claims };
}

export const keyClaim = (source: SourceName, connectionId: string | null, externalId: string): string =>
  `key:${source}:${connectionId ?? ''}:${externalId}`;

/** Whether the connection sees the person. */
export function isVisible({ shadow }: Entry, connectionId: string): boolean {
  return shadow.visible && (shadow.connectionId ?? connectionId) === connectionId;
}
