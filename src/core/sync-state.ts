import type { Run } from './run.ts';
import type { Actor, DirectoryName } from './user.ts';

/** Why an integration's runs fail, since when, and when the next attempt is. */
export interface SyncTrouble {
  readonly since: string;
  readonly cause: 'config' | 'retry' | 'crashed';
  readonly message: string;
  /** Failed runs in a row. */
  readonly failures: number;
  /** null: switched off, until somebody asks for a run or connects it anew. */
  readonly nextAttemptAt: string | null;
}

/** The newest plan of an integration, and what became of it. */
export interface HeldPlan {
  readonly number: number;
  /** Over the source's proposed changes only. */
  readonly digest: string;
  readonly total: number;
  /** The last run that proposed it; its staged changes are the plan's lines. */
  readonly runId: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  /** `void`: a later run had nothing to hold. */
  readonly state: 'waiting' | 'approved' | 'rejected' | 'applied' | 'void';
  /** With `approved`: whether removals are let through too. */
  readonly removals: boolean;
  readonly decidedAt: string | null;
  readonly decidedBy: Actor | null;
}

/** A run that somebody asked for while another was under way. */
export interface AskedRun {
  /** Another one with every asking. */
  readonly id: string;
  readonly kind: Run['kind'];
  readonly trigger: Run['trigger'];
}

/** How an integration fares: what its runs leave for the next one. Written by compare-and-swap on `version`. */
export interface SyncState {
  readonly organizationId: string;
  readonly source: DirectoryName;
  /** 0 = never saved. */
  readonly version: number;
  /** When a run that listed everybody last finished or was held. */
  readonly lastFullAt: string | null;
  /** When any run last did. */
  readonly lastOkAt: string | null;
  /** The last run whose end was noted here. */
  readonly lastRunId: string | null;
  readonly trouble: SyncTrouble | null;
  /** Follows as soon as the run under way has ended; absent or null: nobody asked. */
  readonly asked?: AskedRun | null;
  readonly plan: HeldPlan | null;
}

/** The state of an integration that never ran. */
export function newSyncState(organizationId: string, source: DirectoryName): SyncState {
  return {
    organizationId,
    source,
    version: 0,
    lastFullAt: null,
    lastOkAt: null,
    lastRunId: null,
    trouble: null,
    plan: null,
  };
}

/** Somebody whose absence waits for its time. */
export interface PendingRemoval {
  readonly organizationId: string;
  readonly source: DirectoryName;
  readonly externalId: string;
  readonly userId: string;
  readonly cause: 'gone' | 'out_of_scope';
  /** A sentence for people. */
  readonly why: string;
  readonly since: string;
  readonly dueAt: string;
}
