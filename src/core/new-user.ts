import { NO_ACCESS, type User } from './user.ts';

export interface NewUser {
  readonly id: string;
  readonly organizationId: string;
  readonly kind: User['kind'];
  /** Given once; null for agency people, whom SCIM never sees. */
  readonly scimId: string | null;
  readonly at: string;
}

/** A person about whom nobody has said anything yet; version 0 until saved. */
export function newUser({ id, organizationId, kind, scimId, at }: NewUser): User {
  return {
    id,
    organizationId,
    kind,
    records: [],
    status: 'unprovisioned',
    email: null,
    heldEmail: null,
    attributes: {},
    access: NO_ACCESS,
    scim: { id: scimId, connectionId: null },
    version: 0,
    settingsVersion: 0,
    eventCount: 0,
    createdAt: at,
    updatedAt: at,
  };
}
