import { fold } from './fold.ts';

/** How strictly a connection is held to the letter of the RFCs. */
export type Dialect = 'compat' | 'strict';

/** One identity provider's line into one organization. An organization starts with one, `default`. */
export interface ScimConnection {
  readonly id: string;
  readonly organizationId: string;
  /** For people to read; unique within the organization when folded. */
  readonly name: string;
  readonly version: number;
  readonly dialect: Dialect;
  /** Whether PATCH answers 204 instead of the resource. */
  readonly quietPatch: boolean;
  /** False: every request of it is refused. What follows for its people stands in the settings (`scim.switchedOff`). */
  readonly enabled: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A connection as it may lie in a store: one of an earlier version lacks what came later. */
export type StoredConnection = Omit<ScimConnection, 'version' | 'quietPatch' | 'enabled' | 'updatedAt'> &
  Partial<ScimConnection>;

/** The name of the connection every organization starts with. */
export const DEFAULT_CONNECTION = 'default';

/** Names that are sources, actors or the first connection's: a connection called so would be taken for them. */
const RESERVED_NAMES: ReadonlySet<string> = new Set([
  DEFAULT_CONNECTION,
  'scim',
  'google',
  'microsoft',
  'manual',
  'csv',
  'operator',
  'settings',
  'system',
  'run',
  'sign-in',
  'connection',
]);

export function isReservedName(name: string): boolean {
  return RESERVED_NAMES.has(fold(name.trim()));
}

/** The connection of a stored document, complete. */
export function wholeConnection(stored: StoredConnection): ScimConnection {
  return { version: 1, quietPatch: false, enabled: true, updatedAt: stored.createdAt, ...stored };
}
