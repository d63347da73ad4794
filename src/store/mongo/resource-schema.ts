import { fold } from '../../core/fold.ts';
import type { Member, ScimResource } from '../../core/scim-resource.ts';
import type { ResourceSpace } from '../../ports/resource-store.ts';
import type { Database } from './database.ts';
import type { Collection } from './driver.ts';
import type { PendingChange } from './pending-change.ts';
import { COLLECTION, type CollectionDeclaration } from './schema.ts';

/** One resource. Of a removed one only its key, version, pending change and `removedFrom` are left: its id is never given again. */
export interface ResourceRow {
  readonly _id: string;
  /** Random, of the write that came last: tells a writer that got no answer whether it was theirs. */
  readonly writeId: string;
  readonly version: number;
  readonly space?: string;
  readonly removedFrom?: string;
  readonly id: string;
  readonly claims?: readonly string[];
  readonly externalId?: string;
  /** Folded. */
  readonly displayName?: string;
  /** As spelled. */
  readonly shownName?: string;
  readonly created?: string;
  readonly updated?: string;
  /** The resource as JSON: nothing is ever looked for in it. */
  readonly document?: string;
  /** What this version does to the members and is perhaps not done yet. */
  readonly pending?: PendingChange;
}

/** Somebody in a group; with `present` false somebody who left it, kept so that no writer of before can bring them back. */
export interface MembershipRow {
  readonly _id: string;
  readonly group: string;
  readonly space: string;
  readonly member: string;
  readonly kind: Member['kind'];
  readonly display?: string;
  readonly present: boolean;
  /** The version of the group that wrote this row. */
  readonly version: number;
  /** The version they came in with, and their place among those who came in with it. */
  readonly since: number;
  readonly place: number;
  readonly goneAt?: Date;
}

/** Where resources and memberships are kept. */
export interface ResourceCollections {
  readonly resources: Collection<ResourceRow>;
  readonly memberships: Collection<MembershipRow>;
}

export function resourceCollections(database: Database): ResourceCollections {
  return {
    resources: database.collection<ResourceRow>(COLLECTION.resources),
    memberships: database.collection<MembershipRow>(COLLECTION.memberships),
  };
}

/** A space as one text without anything that could be taken for its end. */
export function spaceKey({ organizationId, connectionId, type }: ResourceSpace): string {
  return [organizationId, connectionId, type].map(encodeURIComponent).join('/');
}

export function spaceOf(key: string): ResourceSpace {
  const [organizationId = '', connectionId = '', type = ''] = key.split('/').map(decodeURIComponent);
  return { organizationId, connectionId, type };
}

/** Ids stand in the order of creation, also within the key. */
export function resourceKey(space: string, id: string): string {
  return `${space}/${id}`;
}

export function membershipKey(group: string, member: string): string {
  return `${group}/${member}`;
}

/** What a living resource has and a removed one has not. */
export type LivingFields = Omit<ResourceRow, '_id' | 'writeId' | 'id' | 'removedFrom' | 'pending'>;

/** Fields that a living resource may be without. */
export const OPTIONAL_FIELDS = ['claims', 'externalId', 'displayName', 'shownName'] as const;
/** Fields that a removed resource is without. */
export const LIVING_FIELDS = ['space', 'created', 'updated', 'document', ...OPTIONAL_FIELDS] as const;

export function livingFields(resource: ScimResource, claims: readonly string[]): LivingFields {
  const { version, externalId, attributes, createdAt, updatedAt } = resource;
  const shownName = typeof attributes.displayName === 'string' ? attributes.displayName : undefined;
  return {
    space: spaceKey(resource),
    version,
    created: createdAt,
    updated: updatedAt,
    document: JSON.stringify(resource),
    ...(claims.length > 0 ? { claims: [...new Set(claims)] } : {}),
    ...(externalId === null ? {} : { externalId }),
    ...(shownName === undefined ? {} : { shownName, displayName: fold(shownName) }),
  };
}

export function resourceOf({ document = 'null' }: Pick<ResourceRow, 'document'>): ScimResource {
  return JSON.parse(document) as ScimResource;
}

export function memberOf({ member, kind, display }: Pick<MembershipRow, 'member' | 'kind' | 'display'>): Member {
  return display === undefined ? { id: member, kind } : { id: member, kind, display };
}

/** Longer than any writer may stand still and go on. */
const GONE_SECONDS = 86_400;

/** What the second migration adds. One that was released is never changed: a new migration follows. */
export const RESOURCE_COLLECTIONS: readonly CollectionDeclaration[] = [
  {
    name: COLLECTION.users,
    indexes: [
      {
        name: 'users_former_scim_ids',
        key: { organization: 1, formerScimIds: 1 },
        partialFilterExpression: { formerScimIds: { $exists: true } },
      },
    ],
  },
  {
    name: COLLECTION.resources,
    indexes: [
      { name: 'resources_space', key: { space: 1, id: 1 } },
      { name: 'resources_claims', unique: true, ...having('claims') },
      { name: 'resources_external_id', ...having('externalId') },
      { name: 'resources_display_name', ...having('displayName') },
      { name: 'resources_created', key: { space: 1, created: 1 } },
      { name: 'resources_updated', key: { space: 1, updated: 1 } },
      {
        name: 'resources_pending',
        key: { 'pending.at': 1 },
        partialFilterExpression: { 'pending.at': { $exists: true } },
      },
    ],
  },
  {
    name: COLLECTION.memberships,
    indexes: [
      { name: 'memberships_group', key: { group: 1, present: 1, version: 1 } },
      {
        name: 'memberships_member',
        key: { space: 1, member: 1 },
        partialFilterExpression: { present: true },
      },
      {
        name: 'memberships_gone',
        key: { goneAt: 1 },
        partialFilterExpression: { goneAt: { $exists: true } },
        expireAfterSeconds: GONE_SECONDS,
      },
    ],
  },
];

/** An index of those resources of a space only that have the field. */
function having(field: string) {
  return { key: { space: 1, [field]: 1 } as const, partialFilterExpression: { [field]: { $exists: true } } };
}
