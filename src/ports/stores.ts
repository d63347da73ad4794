import type { Conflict } from '../core/conflict.ts';
import type { PublishedEvent, UserEvent } from '../core/event.ts';
import type { Integration } from '../core/integration.ts';
import type { Organization } from '../core/organization.ts';
import type { Run, StagedChange } from '../core/run.ts';
import type { DirectoryName } from '../core/user.ts';
import type { AgencyStore } from './agency-store.ts';
import type { ApiKeyStore } from './api-key-store.ts';
import type { ArchiveStore } from './archive.ts';
import type { BulkStore } from './bulk-store.ts';
import type { CatalogStore } from './catalog-store.ts';
import type { ClientStore, ConfigurationStore, TokenStore, WatchStore } from './connection-stores.ts';
import type { DirectoryGroupStore } from './directory-group-store.ts';
import type { GroupMappingStore } from './group-mapping-store.ts';
import type { HistoryStore } from './history-store.ts';
import type { ImportStore } from './import-store.ts';
import type { InterviewStore } from './interview-store.ts';
import type { KeptAnswerStore } from './kept-answer-store.ts';
import type { ResourceStore } from './resource-store.ts';
import type { RemovalStore, RunMemberStore, SyncStateStore } from './sync-stores.ts';
import type { Fence, Page, UserStore } from './user-store.ts';

export interface OrganizationStore {
  insert(organization: Organization): Promise<void>;
  /** Compare-and-swap: the stored version must be `organization.version - 1`, else `stale`. */
  save(organization: Organization): Promise<void>;
  get(id: string): Promise<Organization | null>;
  list(cursor: string | null, limit: number): Promise<Page<Organization>>;
  count(): Promise<number>;
  /** Organizations whose sweep is running. */
  sweeping(): Promise<readonly Organization[]>;
}

export interface IntegrationStore {
  /** Inserts (`version` 1) or replaces by organization and source. */
  put(integration: Integration): Promise<void>;
  /**
   * Compare-and-swap: the stored revision must be `integration.revision - 1` (absent = 1), else `stale`. The due time stays as stored.
   */
  save(integration: Integration): Promise<void>;
  get(organizationId: string, source: DirectoryName): Promise<Integration | null>;
  list(organizationId: string): Promise<readonly Integration[]>;
  /** Integrations due at or before `now`, oldest due first. */
  due(now: string, limit: number): Promise<readonly Integration[]>;
  /** Moves the due time only if it still is `from`; true for exactly one of many callers. */
  claimDue(organizationId: string, source: DirectoryName, from: string | null, to: string | null): Promise<boolean>;
  /** Pins the tenant if none is pinned yet; returns the pinned one. */
  pinTenant(organizationId: string, source: DirectoryName, tenant: string): Promise<string>;
}

export interface RunProgress {
  readonly run: Run;
  /** External ids on the page just applied: one row per page. */
  readonly presence?: { readonly page: number; readonly externalIds: readonly string[] };
  readonly staged?: readonly StagedChange[];
  /** Members of a group as far as they were read; read again, they are members once. The end of the run forgets them. */
  readonly members?: { readonly group: string; readonly externalIds: readonly string[] };
  /** Forgets presence marks, staged changes and members of the run, before those given here are stored. */
  readonly forget?: boolean;
}

/** Runs that are not forgotten. */
export interface KeptRuns {
  /** RFC 3339. */
  readonly before: string;
  readonly newest: number;
  readonly runId: string | null;
}

export interface RunStore extends RunMemberStore {
  /** Throws `run_in_progress` (details.runId) while a queued or running run of the same integration exists. */
  insert(run: Run): Promise<void>;
  get(organizationId: string, id: string): Promise<Run | null>;
  /**
   * Forgets ended runs of an integration with all they left, at most `limit` of those made before a time and not among its newest;
   * returns how many. Never `runId`, whose plan may still be looked at.
   */
  prune(organizationId: string, source: DirectoryName, keep: KeptRuns, limit: number): Promise<number>;
  /** Newest first. */
  list(organizationId: string, cursor: string | null, limit: number): Promise<Page<Run>>;
  count(organizationId: string): Promise<number>;
  latest(organizationId: string, source: DirectoryName): Promise<Run | null>;
  /** Queued and running runs of all organizations that nobody holds the lease of, those with the lowest ids first. */
  unheld(limit: number): Promise<readonly Run[]>;
  /**
   * Takes the run's lease for `owner` when it is free, expired, or already the owner's: raises the epoch when it changes
   * hands and returns the run as it now stands; null while somebody else holds it. `starts` is 1 when the last holder gave the
   * lease back, one more than before when it was taken from one who did not.
   */
  acquire(organizationId: string, id: string, owner: string, ttlMs: number): Promise<Run | null>;
  /** Prolongs the lease; false once it was lost. */
  renew(fence: Fence, owner: string, ttlMs: number): Promise<boolean>;
  release(fence: Fence, owner: string): Promise<void>;
  /**
   * Stores the run and what a page left behind, together. Throws `superseded` when `run.epoch` is not the stored one; nothing of
   * what was given shows then, now or later.
   */
  checkpoint(progress: RunProgress): Promise<void>;
  staged(runId: string, afterKey: string | null, limit: number): Promise<readonly StagedChange[]>;
  countStaged(runId: string): Promise<number>;
  /** What is staged for one person; null when nothing is. */
  stagedOf(runId: string, externalId: string): Promise<StagedChange | null>;
  /** Forgets staged changes that were applied. Throws `superseded` when the fence is old. */
  unstage(fence: Fence, externalIds: readonly string[]): Promise<void>;
  /** Marks people as present after all (a point check found them). Throws `superseded` when the fence is old. */
  markPresent(fence: Fence, externalIds: readonly string[]): Promise<void>;
}

export interface ConflictStore {
  /** Opens the conflict unless one with its key is open, accepted or dismissed with the same message; returns the stored one. */
  open(conflict: Conflict): Promise<Conflict>;
  get(organizationId: string, id: string): Promise<Conflict | null>;
  findByKey(organizationId: string, key: string): Promise<Conflict | null>;
  list(
    organizationId: string,
    state: Conflict['state'] | null,
    cursor: string | null,
    limit: number,
  ): Promise<Page<Conflict>>;
  count(organizationId: string, state: Conflict['state'] | null): Promise<number>;
  /** Moves the state if it still is `from`; false otherwise. */
  move(
    organizationId: string,
    id: string,
    from: Conflict['state'],
    to: Conflict['state'],
    at: string,
  ): Promise<boolean>;
  /** Open `email_taken` conflicts that wait for one of these folded addresses. */
  waitingFor(organizationId: string, emails: readonly string[]): Promise<readonly Conflict[]>;
  /** Open `email_taken` conflicts of all organizations about a person who waits for an address, by id, after `afterId`. */
  waiting(afterId: string | null, limit: number): Promise<readonly Conflict[]>;
  /** The open conflicts of one kind about a person, by id. */
  openOf(organizationId: string, userId: string, kind: Conflict['kind']): Promise<readonly Conflict[]>;
  /** Closes (→ `resolved`) the open conflicts of a person of these kinds. */
  resolveOf(organizationId: string, userId: string, kinds: readonly Conflict['kind'][], at: string): Promise<void>;
}

export interface EventStore {
  /** Moves at most `limit` events from the outbox to the feed, idempotently by id; returns how many moved. */
  relay(limit: number): Promise<number>;
  /** Events that await the relay. */
  pending(): Promise<number>;
  /** The feed of an organization in order of publication, after `sequence`. */
  list(organizationId: string, afterSequence: number, limit: number): Promise<readonly PublishedEvent[]>;
  /** Puts an event that belongs to no save (an alert) into the outbox; a known id changes nothing. */
  add(event: UserEvent): Promise<void>;
}

/** Everything durable, behind one door. */
export interface Stores {
  readonly users: UserStore;
  readonly resources: ResourceStore;
  readonly organizations: OrganizationStore;
  readonly integrations: IntegrationStore;
  readonly runs: RunStore;
  readonly conflicts: ConflictStore;
  readonly events: EventStore;
  readonly history: HistoryStore;
  readonly tokens: TokenStore;
  readonly configurations: ConfigurationStore;
  readonly agencies: AgencyStore;
  readonly clients: ClientStore;
  readonly apiKeys: ApiKeyStore;
  readonly keptAnswers: KeptAnswerStore;
  readonly watches: WatchStore;
  readonly syncStates: SyncStateStore;
  readonly removals: RemovalStore;
  readonly interviews: InterviewStore;
  readonly imports: ImportStore;
  readonly catalog: CatalogStore;
  readonly bulks: BulkStore;
  readonly groupMappings: GroupMappingStore;
  readonly directoryGroups: DirectoryGroupStore;
  /** The whole of it, for moving to another store. */
  readonly archive: ArchiveStore;
  /** Throws `unavailable` when the store cannot answer. */
  ping(): Promise<void>;
  /** Whether anything sealed is stored: then the secret key must exist. */
  hasSealed(): Promise<boolean>;
  close(): Promise<void>;
}
