import { isUnassigned, type Json } from './json.ts';
import { isOwnAttribute } from './person-attributes.ts';
import { type Attributes, recordOf, type SeenByScim, type SourceRecord, type User } from './user.ts';

/** Among the attributes of a SCIM record: null once the client took it away. Whether the person is enabled is not kept there. */
export const ACTIVE = 'active';

/** What a SCIM connection sees of a person. */
export interface ScimView {
  readonly scimId: string;
  readonly externalId: string | null;
  readonly active: boolean;
  /** The client took `active` away: it is not shown, though the person stays what they were. */
  readonly withoutActive?: true;
  /** Without nulls. */
  readonly attributes: Attributes;
  /** Unknown extension content the client sent, as one JSON text. */
  readonly opaque: string | undefined;
  readonly created: string;
  /** When and under which version of the person something changed last that SCIM sees. */
  readonly lastModified: string;
  readonly version: number;
}

/**
 * Shows a person to the SCIM connection that owns them as it last described them, and to any connection as they effectively are
 * while nobody owns them (design §2.3). The person must have a living SCIM id.
 */
export function scimView(user: User): ScimView {
  const owned = ownerRecord(user);
  const { version, at } = seenByScim(user);
  return {
    scimId: user.scim.id ?? '',
    externalId: owned?.externalId ?? null,
    active: owned?.enabled ?? user.status === 'active',
    ...(owned?.attributes[ACTIVE] === null ? { withoutActive: true } : {}),
    attributes: owned ? withoutNulls(owned.attributes) : unownedAttributes(user),
    opaque: owned?.opaque,
    created: user.createdAt,
    lastModified: at,
    version,
  };
}

/** The version of a person that SCIM is told, and its time. */
export function seenByScim(user: Pick<User, 'seenByScim' | 'version' | 'updatedAt'>): SeenByScim {
  return user.seenByScim ?? { version: user.version, at: user.updatedAt };
}

/** The record of the connection that owns the person, if one does. */
export function ownerRecord(user: User): SourceRecord | undefined {
  const { connectionId } = user.scim;
  return connectionId === null ? undefined : recordOf(user, 'scim', connectionId);
}

/** An unowned person's userName is their address, and the only email shown; whoever has none is named by their own id. */
function unownedAttributes({ attributes, email, id }: User): Attributes {
  const shown: { [name: string]: Json } = {};
  for (const name in attributes) if (name !== 'emails' && !isOwnAttribute(name)) shown[name] = attributes[name] as Json;
  shown.userName = email ?? id;
  if (email !== null) shown.emails = [{ value: email, type: 'work', primary: true }];
  return shown;
}

/** The attributes themselves when all have a value, as most people's do. */
function withoutNulls(attributes: Attributes): Attributes {
  const blank: string[] = [];
  for (const name in attributes) if (isUnassigned(attributes[name] ?? null)) blank.push(name);
  if (blank.length === 0) return attributes;
  const shown: { [name: string]: Json } = { ...attributes };
  for (const name of blank) delete shown[name];
  return shown;
}
