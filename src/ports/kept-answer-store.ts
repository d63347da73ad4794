import type { KeptAnswer } from '../core/kept-answer.ts';

export interface KeptAnswerStore {
  get(organizationId: string, key: string): Promise<KeptAnswer | null>;
  /** Compare-and-swap: the stored version (0 without one) must be `entry.version - 1`, else `stale`. */
  save(entry: KeptAnswer): Promise<void>;
  /** Forgets at most `limit` that expired before a time; returns how many. */
  prune(before: string, limit: number): Promise<number>;
}
