import type { DirectoryPerson } from '../core/directory-person.ts';
import type { UserEvent } from '../core/event.ts';
import type { HistoryEntry } from '../core/history.ts';
import type { Activity, DirectoryName, SourceName, Status, User } from '../core/user.ts';
import type { Condition, UserOrderField } from './condition.ts';

/** A person as they shall be, the events that tell of it, and its place in the history; all are written, or none. */
export interface UserChange {
  /** `version` is the new one: the stored version must be `version - 1`; 1 inserts. */
  readonly user: User;
  readonly events: readonly UserEvent[];
  /** What the person's history says of it; absent: nothing. */
  readonly history?: HistoryEntry;
}

/** The right of a run to write: refused (`superseded`) once somebody else took the run's lease. */
export interface Fence {
  readonly runId: string;
  readonly epoch: number;
}

export type SaveOutcome =
  | { readonly saved: true }
  | {
      readonly saved: false;
      readonly code: 'stale' | 'email_taken' | 'user_name_taken' | 'source_key_taken' | 'value_taken' | 'host_id_taken';
      /** Who holds the address, userName, key or value. */
      readonly userId: string | null;
    };

export interface Page<T> {
  readonly items: readonly T[];
  /** Opaque; null after the last page. */
  readonly next: string | null;
}

/** Somebody who lost a name or key to others while it was given up for the moment. */
export interface Unrestored {
  readonly organizationId: string;
  readonly userId: string;
}

export interface KnownScimIds {
  readonly living: ReadonlySet<string>;
  readonly former: ReadonlySet<string>;
}

export interface SourceKey {
  readonly externalId: string;
  readonly userId: string;
  readonly activity: Activity;
}

/** What people are put in order by when no index does; null: no value. */
export type SortValue = string | number | boolean | null;

/**
 * The order of a list. Who has no value comes last, and among equals the order of creation decides; descending is the exact reverse.
 */
export type UserOrder = { readonly descending: boolean } & (
  | FieldOrder
  /** Means looking at everybody the condition selects. */
  | { readonly keyOf: (user: User) => SortValue }
);

export interface FieldOrder {
  readonly field: UserOrderField;
}

/** How many people have each status. */
export type StatusCounts = Readonly<Record<Status, number>>;

/** Where a page starts: people to pass over (0-based), or the key of the one to go on after (null: at the start). */
export type PageStart = { readonly offset: number } | { readonly after: string | null };

/** What a SCIM connection asks for: people it owns and people nobody owns, never agency users, never deleted SCIM ids. */
export interface ScimQuery {
  readonly organizationId: string;
  readonly connectionId: string;
  /** Narrows by index; absent = everyone visible. */
  readonly condition?: Condition;
  /** Decides row by row what the condition cannot say. When absent the condition is exact. */
  readonly accepts?: (user: User) => boolean;
  /** Absent = the order of creation. */
  readonly order?: UserOrder;
  readonly from: PageStart;
  /** 0 counts only. */
  readonly limit: number;
  /** People at most to be looked at one by one, where no index leads to those that are asked for; absent = any number. */
  readonly scanLimit?: number;
}

export interface ScimPage {
  readonly users: readonly User[];
  readonly total: number;
  /** The key to go on after; null when nobody follows. It stays good when the person last shown leaves. */
  readonly next: string | null;
}

/**
 * Durable home of users. Adapters pass test/contracts/user-store.contract.ts.
 *
 * Unique within an organization: the folded address (all statuses); the folded userName among living SCIM ids of employees
 * (an unowned person's userName is their address); SCIM ids; the unique values of those whom a connection owns; the host's ids; and per source and
 * connection the external id.
 * Every method is bound to one organization; an id of another one is not found.
 */
export interface UserStore {
  /**
   * Writes one person by compare-and-swap. Throws `stale`, `email_taken`, `user_name_taken`, `source_key_taken`, `value_taken`, `host_id_taken`
   * (details.userId = the holder), and `superseded` when the fence is older than the run's epoch. Nothing is written then.
   */
  save(change: UserChange, fence?: Fence): Promise<User>;
  /**
   * Writes many, each by compare-and-swap, with an outcome per row in the order given. A refused row changes nothing of its
   * own and does not hinder others. Addresses released by one row may be claimed by another (swaps work).
   * Throws `superseded`, with nothing written, when the fence is old.
   */
  saveMany(changes: readonly UserChange[], fence?: Fence): Promise<readonly SaveOutcome[]>;

  get(organizationId: string, id: string): Promise<User | null>;
  getMany(organizationId: string, ids: readonly string[]): Promise<readonly User[]>;
  findByScimId(organizationId: string, scimId: string): Promise<User | null>;
  /** Also finds people whose SCIM id is dead. */
  findByEmail(organizationId: string, email: string): Promise<User | null>;
  findByEmails(organizationId: string, emails: readonly string[]): Promise<readonly User[]>;
  /** Everybody whose effective employee number, trimmed, is one of these, as it is: of many who share one, any two. */
  findByEmployeeNumbers(organizationId: string, numbers: readonly string[]): Promise<readonly User[]>;
  /** Among living SCIM ids; falls back on the userName a deleted person's record of this connection had. */
  findByUserName(organizationId: string, userName: string): Promise<User | null>;
  /** Everybody whose record of that source (and connection) carries one of the keys, living SCIM id or not. */
  findBySourceKeys(
    organizationId: string,
    source: SourceName,
    connectionId: string | null,
    externalIds: readonly string[],
  ): Promise<readonly User[]>;
  /**
   * Keys of those among them who are news: no present record of the directory carries the key with that very hash. With
   * `ungranted`, people reported active without a grant are news too. Far cheaper than reading the people.
   */
  directoryNews(
    organizationId: string,
    source: DirectoryName,
    people: readonly Pick<DirectoryPerson, 'externalId' | 'hash'>[],
    ungranted: boolean,
  ): Promise<ReadonlySet<string>>;
  /**
   * People in the order of creation unless another one is asked for, by keyset: stable while people are added and removed. `cursor`
   * null starts. Throws `invalid` for a cursor that this list, in this order, did not give out.
   */
  list(
    organizationId: string,
    condition: Condition | null,
    cursor: string | null,
    limit: number,
    order?: FieldOrder & { readonly descending: boolean },
  ): Promise<Page<User>>;
  count(organizationId: string, condition: Condition | null): Promise<number>;
  /** Those the condition selects, by status. */
  countByStatus(organizationId: string, condition: Condition | null): Promise<StatusCounts>;
  /**
   * Of these ids those under which the connection sees somebody (`living`), and those that died by SCIM DELETE in the organization
   * (`former`). Any other one it has never been told of.
   */
  knownScimIds(organizationId: string, connectionId: string, ids: readonly string[]): Promise<KnownScimIds>;
  /**
   * `total` is exact. Cost grows with the rows returned, with the matches of a condition, and with `offset`. Throws `too_many` instead
   * of looking at more than `scanLimit` people, and `invalid` for a key this list did not give out.
   */
  listForScim(query: ScimQuery): Promise<ScimPage>;

  /** Keys of a directory's records that are present, sorted, after `afterKey`, and not marked by the run. */
  scanMissing(
    organizationId: string,
    source: DirectoryName,
    runId: string,
    afterKey: string | null,
    limit: number,
  ): Promise<readonly SourceKey[]>;
  countActive(organizationId: string, source: DirectoryName): Promise<number>;

  /**
   * Gives back what people had given up for the moment, so that others could take it, when their writer died a minute ago or more.
   * Returns those who cannot have it back: they are to be settled again. A store with transactions has none.
   */
  repair(limit: number): Promise<readonly Unrestored[]>;
}
