import type { Conflict } from './conflict.ts';
import type { StagedChange } from './run.ts';
import type { PendingRemoval, SyncState } from './sync-state.ts';
import type { Activity, DirectoryName, SourceRecord, User } from './user.ts';

/** Every answer to "why is this person not here, or not active?". */
export const VERDICT_CODES = [
  'blocked',
  'active',
  'in_conflict',
  'held_by_scim',
  'suspended',
  'archived',
  'disabled_account',
  'not_in_directory',
  'guest',
  'unlicensed',
  'out_of_scope',
  'no_address',
  'unreadable',
  'waiting_in_plan',
  'waiting_grace',
  'deactivated',
  'terminated',
  'sync_off',
  'quarantined',
  'directory_unreachable',
  'not_enabled',
  'not_seen_yet',
  'not_activated',
  'not_connected',
  'unknown',
] as const;
export type VerdictCode = (typeof VERDICT_CODES)[number];

export interface Verdict {
  readonly code: VerdictCode;
  readonly source: DirectoryName | null;
  readonly sentence: string;
  /** What an admin may do now. */
  readonly next: string;
}

/** What a directory said of the person when it was asked just now. */
export type LiveAnswer =
  | { readonly found: false }
  | { readonly found: null; readonly message: string }
  | {
      readonly found: true;
      readonly activity: Activity;
      readonly reasons: readonly string[];
      readonly email: string | null;
      /** Why they are not taken though they are there. */
      readonly leftOut: { readonly code: 'guest' | 'unlicensed' | 'out_of_scope'; readonly message: string } | null;
    };

/** What is known of the person in one connected directory. */
export interface DirectoryFacts {
  readonly source: DirectoryName;
  readonly syncUsers: boolean;
  readonly record: SourceRecord | null;
  readonly state: Pick<SyncState, 'trouble' | 'plan'>;
  /** What the waiting plan would do to them. */
  readonly staged: StagedChange | null;
  readonly pending: PendingRemoval | null;
  /** What a recent run said of them, the newest first. */
  readonly reasons: readonly { readonly code: string; readonly message: string }[];
  readonly nextDueAt: string | null;
  /** null: it was not asked. */
  readonly live: LiveAnswer | null;
}

export interface PersonFacts {
  readonly user: User | null;
  readonly email: string | null;
  readonly scimEnabled: boolean;
  /** They belong to an agency that is archived. */
  readonly isAgencyArchived: boolean;
  /** Who decides the status; null while nobody does. `isLive`: a source that no hand overrules. */
  readonly winner: { readonly record: SourceRecord; readonly who: string; readonly isLive: boolean } | null;
  readonly conflicts: readonly (Pick<Conflict, 'kind' | 'message'> & { readonly withWhom: string | null })[];
  /** None for an agency user, of whom no directory speaks. */
  readonly directories: readonly DirectoryFacts[];
}

/** What a verdict says. */
export type Said = Pick<Verdict, 'sentence' | 'next'>;
