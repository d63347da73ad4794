import type { DeactivationWatch } from '../core/deactivation-watch.ts';
import type { ScimClient } from '../core/scim-client.ts';
import type { ScimConfiguration } from '../core/scim-configuration.ts';
import type { ScimConnection } from '../core/scim-connection.ts';
import type { ScimToken } from '../core/scim-token.ts';

export interface ClientStore {
  insert(client: ScimClient): Promise<void>;
  /** Compare-and-swap: the stored version must be `client.version - 1`, else `stale`. */
  save(client: ScimClient): Promise<void>;
  get(organizationId: string, id: string): Promise<ScimClient | null>;
  /** Those of a connection, the oldest first, revoked ones too. */
  list(organizationId: string, connectionId: string): Promise<readonly ScimClient[]>;
  /** By `client_id` alone, with its connection; what another process changed shows within a second. */
  find(id: string): Promise<{ readonly client: ScimClient; readonly connection: ScimConnection } | null>;
}

export interface WatchStore {
  get(organizationId: string, connectionId: string): Promise<DeactivationWatch | null>;
  /** Compare-and-swap: the stored version (0 without one) must be `watch.version - 1`, else `stale`. */
  save(watch: DeactivationWatch): Promise<void>;
}

/** When a token that is being replaced shall expire. */
export interface TokenEnd {
  readonly id: string;
  readonly expiresAt: string;
}

export interface TokenStore {
  /** Throws `resource_name_taken` when another connection of the organization has the name, folded. */
  insertConnection(connection: ScimConnection): Promise<void>;
  /** Compare-and-swap: the stored version must be `connection.version - 1`, else `stale`. Throws `resource_name_taken`. */
  saveConnection(connection: ScimConnection): Promise<void>;
  connection(organizationId: string, id: string): Promise<ScimConnection | null>;
  /** By id: the one the organization started with comes first. */
  connections(organizationId: string): Promise<readonly ScimConnection[]>;
  /**
   * Throws `token_limit` when the connection already has two tokens that are neither revoked nor expired at `token.createdAt`. With
   * `replaced`, the end of that token is set in the same write; throws `not_found` when the connection has no such living token.
   */
  insert(token: ScimToken, replaced?: TokenEnd): Promise<void>;
  list(organizationId: string): Promise<readonly ScimToken[]>;
  findByKeyId(keyId: string): Promise<{ readonly token: ScimToken; readonly connection: ScimConnection } | null>;
  /** False when there is no such living token in the organization. */
  revoke(organizationId: string, id: string, at: string): Promise<boolean>;
  touch(id: string, at: string, userAgent: string | null): Promise<void>;
}

export interface ConfigurationStore {
  /** Version 0, with nothing in it, for an organization that has none. */
  get(organizationId: string): Promise<ScimConfiguration>;
  /** The same at next to no cost: what another process wrote may be missing for a second. */
  recent(organizationId: string): Promise<ScimConfiguration>;
  /** Compare-and-swap: the stored version (0 without one) must be `configuration.version - 1`, else `stale`. */
  save(configuration: ScimConfiguration): Promise<void>;
}
