import type { Conflict } from '../core/conflict.ts';
import type { DirectoryPerson } from '../core/directory-person.ts';
import type { Run, RunReason, StagedChange } from '../core/run.ts';
import type { Settled } from '../core/settle.ts';
import type { MappingRule } from '../core/sync-options.ts';
import type { Actor, User } from '../core/user.ts';
import type { Fence } from '../ports/user-store.ts';
import type { WriteDependencies } from './dependencies.ts';

/**
 * What is kept for the end of the run instead of being written: nothing, because the guard let it through; what harms; or whatever
 * changes somebody.
 */
export type Staging = 'nothing' | 'harmful' | 'everything';

/** What a page (or a batch of staged rows) did, to be added to the run. */
export interface PageOutcome {
  created: number;
  updated: number;
  unchanged: number;
  failed: number;
  /** People who wait until somebody decides a conflict. */
  held: number;
  /** Harmful changes, and newcomers who wait for an address, kept for the end of the run. */
  readonly staged: StagedChange[];
  readonly reasons: RunReason[];
}

/** One directory person on their way through a round. */
export interface Row {
  readonly person: DirectoryPerson;
  /** Somebody else turned out to hold the address: the person keeps theirs, and a newcomer waits. */
  readonly taken: boolean;
}

/** A row that changes somebody, ready to be saved. */
export interface Prepared {
  readonly row: Row;
  readonly before: User;
  readonly settled: Settled;
  readonly created: boolean;
  /** The accepted conflict that this row uses up. */
  readonly spent: Conflict | null;
}

/** What the steps of one page share. */
export interface Work {
  readonly deps: WriteDependencies;
  readonly run: Run;
  readonly by: Actor;
  readonly fence: Fence;
  readonly stage: Staging;
  readonly mapping: readonly MappingRule[];
  readonly outcome: PageOutcome;
}
