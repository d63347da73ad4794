import type { Baseline } from './baseline.ts';
import type { SyncOptions } from './sync-options.ts';
import type { DirectoryName } from './user.ts';

export type RunState = 'queued' | 'running' | 'finished' | 'held' | 'failed' | 'superseded';

export interface RunCounts {
  readonly pages: number;
  readonly seen: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly held: number;
  readonly removed: number;
  readonly failed: number;
}

export const NO_COUNTS: RunCounts = {
  pages: 0,
  seen: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  held: 0,
  removed: 0,
  failed: 0,
};

/** A sentence about one person or about the whole run (`externalId` null). */
export interface RunReason {
  readonly externalId: string | null;
  readonly userId: string | null;
  /** The address the directory showed, where that helps to find somebody who is not a user. */
  readonly email?: string | null;
  readonly code: string;
  readonly message: string;
}

/** What a run was started with; if one of these moves, it ends `superseded` without removals. */
export interface RunPins {
  readonly syncVersion: number;
  readonly integrationVersion: number;
}

/** Harmful changes that wait for an admin, as a numbered plan (design §2.6). */
export interface Plan {
  /** null: of a dry run, which asks for nothing. */
  readonly number: number | null;
  /** Over the source's proposed changes only. */
  readonly digest: string;
  readonly total: number;
  /** Changes by harm; newcomers under `create`, others without harm under `change`. */
  readonly counts?: { readonly [kind: string]: number };
  /** Everything the run would do, not only what harms. */
  readonly whole?: boolean;
  readonly expiresAt: string;
}

/** One pass over a directory. All intent is here: a restart resumes from `cursor`. */
export interface Run {
  readonly id: string;
  readonly organizationId: string;
  readonly integrationId: string;
  readonly source: DirectoryName;
  /** `full` lists everybody; `delta` reads what changed since the baseline. */
  readonly kind: 'full' | 'delta';
  readonly trigger: 'schedule' | 'operator' | 'settings';
  /** A dry run writes nobody: all it would do is staged, and stays. */
  readonly dry?: boolean;
  /** With `dry`: options to try, in place of the integration's own. */
  readonly proposal?: Partial<Pick<SyncOptions, 'scope' | 'mapping'>>;
  readonly state: RunState;
  /** `memberships` reads who is in groups that mappings name, `grouping` the members of the scope's groups, `listing` reads pages, `checking` asks about the missing, `applying` writes what the guard let through. */
  readonly phase: 'memberships' | 'grouping' | 'listing' | 'checking' | 'applying';
  /** Groups that mappings name, as of the start; absent without any. */
  readonly mapped?: { readonly groups: readonly string[]; readonly index: number; readonly cursor: string | null };
  /** While `grouping`: which of the scope's groups is read, and where in it. */
  readonly grouping?: { readonly index: number; readonly cursor: string | null };
  /** Raised by whoever takes the lease; writes with an older epoch are refused. */
  readonly epoch: number;
  /** Times in a row that it was taken up and the lease not given back: the worker died over it. The present taking counts. */
  readonly starts: number;
  readonly pins: RunPins;
  /** Up to where changes were known at the start; null where everybody had to be listed. */
  readonly baseline?: Baseline | null;
  /** From where later changes can be read once this run has finished; null until its last page, and where the directory has none. */
  readonly checkpoint?: string | null;
  /** The directory's own page token; null before the first page of a full listing. */
  readonly cursor: string | null;
  readonly counts: RunCounts;
  /** At most 1,000; `reasonsDropped` counts the rest. */
  readonly reasons: readonly RunReason[];
  readonly reasonsDropped: number;
  /** A record came without its key: nobody may be taken for missing in this run. */
  readonly unidentified: boolean;
  /** People this source last asserted active before the run. */
  readonly activeBefore: number;
  /** Failed tries in a row; a step that succeeds starts the count anew. */
  readonly attempts: number;
  /** No step before this time: how long a failed try, or the directory itself, asks to wait. */
  readonly notBefore: string | null;
  /** Times the listing was started anew because its page token no longer counted. */
  readonly resets: number;
  /** An earlier cursor: meeting it again means the pages go round in a circle. */
  readonly loopMark: string | null;
  readonly plan: Plan | null;
  /** The number of the plan whose approval let its changes through. */
  readonly approvedPlan?: number;
  /** Absences were waiting for their time when it began, or have been noted by it. */
  readonly absences?: boolean;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

export type Harm = 'inactive' | 'gone' | 'out_of_scope' | 'blank_name' | 'blank_email' | 'changed_email';

/**
 * A change staged as a row of the run until its end: a harmful one, or any at all where everything is held. `person` is the JSON of a
 * DirectoryPerson, null when gone.
 */
export interface StagedChange {
  readonly externalId: string;
  /** null: a new person who waits for an address that the run may release. */
  readonly userId: string | null;
  readonly harms: readonly Harm[];
  readonly person: string | null;
  /** With `out_of_scope`: by which rule, in words. */
  readonly why?: string;
}
