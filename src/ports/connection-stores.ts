import type { DeactivationWatch } from '../core/deactivation-watch.ts';
import type { ScimClient } from '../core/scim-client.ts';
import type { ScimConnection } from '../core/scim-connection.ts';

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
