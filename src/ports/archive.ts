import type { Agency } from '../core/agency.ts';
import type { ApiKeyRing } from '../core/api-key.ts';
import type { Bulk } from '../core/bulk.ts';
import type { CatalogEntry } from '../core/catalog.ts';
import type { Conflict } from '../core/conflict.ts';
import type { DeactivationWatch } from '../core/deactivation-watch.ts';
import type { DirectoryMember, GroupReading } from '../core/directory-group.ts';
import type { PublishedEvent, UserEvent } from '../core/event.ts';
import type { GroupMapping } from '../core/group-mapping.ts';
import type { HistoryEntry } from '../core/history.ts';
import type { Import } from '../core/import.ts';
import type { Integration } from '../core/integration.ts';
import type { Interview } from '../core/interview.ts';
import type { KeptAnswer } from '../core/kept-answer.ts';
import type { Organization } from '../core/organization.ts';
import type { Run, StagedChange } from '../core/run.ts';
import type { ScimClient } from '../core/scim-client.ts';
import type { ScimConfiguration } from '../core/scim-configuration.ts';
import type { ScimConnection } from '../core/scim-connection.ts';
import type { Member, ScimResource } from '../core/scim-resource.ts';
import type { ScimToken } from '../core/scim-token.ts';
import type { PendingRemoval, SyncState } from '../core/sync-state.ts';
import type { User } from '../core/user.ts';
import type { BulkPage } from './bulk-store.ts';
import type { ImportPart } from './import-store.ts';
import type { ResourceSpace } from './resource-store.ts';
import type { Page } from './user-store.ts';

/** Everything a store holds, kind by kind, in words no store has made. What is derived from it is not in it. */
export interface ArchiveDocuments {
  readonly organizations: Organization;
  readonly integrations: Integration;
  readonly connections: ScimConnection;
  readonly tokens: ScimToken;
  readonly configurations: ScimConfiguration;
  readonly agencies: Agency;
  readonly clients: ScimClient;
  readonly apiKeys: ApiKeyRing;
  readonly keptAnswers: KeptAnswer;
  readonly watches: DeactivationWatch;
  readonly syncStates: SyncState;
  readonly removals: PendingRemoval;
  readonly interviews: Interview;
  readonly catalog: CatalogEntry;
  readonly groupMappings: GroupMapping;
  readonly directoryGroups: GroupReading;
  readonly directoryMembers: DirectoryMember;
  readonly bulks: Bulk;
  readonly bulkPages: BulkPage;
  readonly people: User;
  readonly history: HistoryEntry;
  readonly resources: StoredResource;
  readonly removedResources: RemovedResource;
  readonly memberships: Membership;
  /** With their epochs and reasons. Leases belong to processes and do not travel. */
  readonly runs: Run;
  readonly presence: PresenceMark;
  readonly staged: RunStagedChange;
  readonly members: RunMember;
  readonly conflicts: Conflict;
  readonly imports: Import;
  readonly importParts: ImportPart;
  readonly published: PublishedEvent;
  readonly feeds: FeedPosition;
  /** Events that await the relay: those of an organization in the order they happened. */
  readonly waiting: UserEvent;
}

export type ArchiveKind = keyof ArchiveDocuments;

/** In the order they are moved: what others point at comes first. */
export const ARCHIVE_KINDS: readonly ArchiveKind[] = Object.keys({
  organizations: true,
  integrations: true,
  connections: true,
  tokens: true,
  agencies: true,
  clients: true,
  apiKeys: true,
  keptAnswers: true,
  watches: true,
  syncStates: true,
  removals: true,
  catalog: true,
  groupMappings: true,
  directoryGroups: true,
  directoryMembers: true,
  people: true,
  history: true,
  interviews: true,
  bulks: true,
  bulkPages: true,
  resources: true,
  removedResources: true,
  memberships: true,
  published: true,
  feeds: true,
  waiting: true,
  runs: true,
  presence: true,
  staged: true,
  members: true,
  conflicts: true,
  imports: true,
  importParts: true,
  configurations: true,
} satisfies { readonly [Kind in ArchiveKind]: true }) as readonly ArchiveKind[];

/** A group or other resource with the names that nobody else of its space may have. */
export interface StoredResource {
  readonly resource: ScimResource;
  readonly claims: readonly string[];
}

/** A resource there was: its id is never given again. */
export interface RemovedResource extends ResourceSpace {
  readonly id: string;
}

/** Somebody in a group. */
export interface Membership extends ResourceSpace {
  readonly groupId: string;
  readonly member: Member;
  /** The version of the group they came in with, and their place among those who came in with it. */
  readonly since: number;
  readonly place: number;
}

/** The keys of a directory that a run met on one page; pages below zero are point checks. */
export interface PresenceMark {
  readonly runId: string;
  readonly page: number;
  readonly externalIds: readonly string[];
}

/** Somebody a run has read in a group of the directory. */
export interface RunMember {
  readonly runId: string;
  readonly group: string;
  readonly externalId: string;
}

export interface RunStagedChange {
  readonly runId: string;
  readonly change: StagedChange;
}

/** The number an organization's feed has come to; the next event gets the one after it. */
export interface FeedPosition {
  readonly organizationId: string;
  readonly sequence: number;
}

/** All entries of one kind. */
export interface Shelf<Entry> {
  count(): Promise<number>;
  /**
   * Entries in an order of the store's own, each once; lists that the store shows in the order of writing keep that order.
   * A cursor stays good, also in another process, as long as nothing is written.
   */
  read(cursor: string | null, limit: number): Promise<Page<Entry>>;
  /**
   * Stores entries as they are, versions and numbers included. One that is stored already, by its key, changes nothing: doing it
   * again is safe, killed half-way or not. Throws `stale` when an entry claims what another one holds.
   */
  write(entries: readonly Entry[]): Promise<void>;
}

/** A move of a whole installation, as its target remembers it. */
export interface Move {
  /** Where it comes from, in words; without credentials. */
  readonly source: string;
  readonly startedAt: string;
  /** Null: the target is not complete and must not be used. */
  readonly finishedAt: string | null;
  readonly done: readonly ArchiveKind[];
  /** How far the kind after those done has come. */
  readonly cursor: string | null;
}

/**
 * A store as something to be carried away or filled, as a whole. Adapters pass test/contracts/archive.contract.ts.
 *
 * For a store nobody else writes to meanwhile.
 */
export interface ArchiveStore {
  shelf<Kind extends ArchiveKind>(kind: Kind): Shelf<ArchiveDocuments[Kind]>;
  /** Runs whose lease has not expired: some process is at work. 0 proves nothing. */
  countLeases(): Promise<number>;
  /** The move this store was the target of; null when it was none. */
  move(): Promise<Move | null>;
  setMove(move: Move): Promise<void>;
}
