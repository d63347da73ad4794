import type { Run, RunReason } from '../../core/run.ts';
import type { IntendedWrite } from './fence.ts';

/**
 * One run. What its pages leave behind lies in batches beside it, numbered from 1: those up to `batches` count, and of these for
 * presence and staged changes only the ones from `from` on.
 */
export interface RunRow {
  readonly _id: string;
  readonly organization: string;
  readonly integration: string;
  readonly source: string;
  /** Queued or running; absent otherwise. */
  readonly unfinished?: true;
  readonly epoch: number;
  readonly starts: number;
  readonly leaseOwner: string | null;
  /** By the server's clock. */
  readonly leaseUntil: Date;
  readonly batches: number;
  readonly from: number;
  /** The first and the last batch with reasons that count; 0 while there are none. */
  readonly reasonsFrom: number;
  readonly reasonsTo: number;
  /** Without what stands beside it: reasons, epoch, starts. */
  readonly document: Omit<Run, 'reasons' | 'epoch' | 'starts'>;
  /** Random, of the last checkpoint. */
  readonly writeId: string;
  /** What the holder is about to write to people. */
  readonly intent?: { readonly epoch: number; readonly people: readonly IntendedWrite[] };
}

/** What one write of a run leaves beside it. Written before the run says that it counts, by the highest epoch that tried. */
export interface BatchRow {
  /** `<run>/<n>`, so that there is one of each number. */
  readonly _id: string;
  readonly run: string;
  readonly n: number;
  readonly epoch: number;
  /** Name of the staged rows and of the members that belong to it. */
  readonly token: string;
  /** The directory's page; null: people met outside of any page. */
  readonly page?: number | null;
  readonly externalIds?: readonly string[];
  /** Keys of the staged changes, in the order of their rows. */
  readonly staged?: readonly string[];
  readonly unstaged?: readonly string[];
  /** Takes the place of all reasons from `first` on. */
  readonly reasons?: { readonly first: number; readonly reasons: readonly RunReason[] };
}

/** `<run>/<n>/<token>/<position>`. */
export interface StagedRow {
  readonly _id: string;
  readonly run: string;
  readonly n: number;
  readonly change: string;
}

/** Somebody a run has read in a group of the directory. */
export interface MemberRow {
  /** `<run>/<n>/<token>/<position>`. */
  readonly _id: string;
  readonly run: string;
  readonly n: number;
  /** Of the batch it belongs to. */
  readonly token: string;
  readonly group: string;
  readonly externalId: string;
  /** Rows that nobody cleared away go by themselves. */
  readonly at: Date;
}

export function isUnfinished({ state }: Pick<Run, 'state'>): boolean {
  return state === 'queued' || state === 'running';
}

export function documentOf({ reasons: _reasons, epoch: _epoch, starts: _starts, ...document }: Run) {
  return document;
}
