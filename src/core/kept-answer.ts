import type { Json } from './json.ts';

/** What a request under a key of the client's came to, so that it can be answered again without being done again. */
export interface KeptAnswer {
  readonly organizationId: string;
  readonly key: string;
  /** 1 when first claimed. */
  readonly version: number;
  /** Of what was asked: another request under the same key is a mistake. */
  readonly fingerprint: string;
  /** Of the file that came with it, once it was answered. */
  readonly content?: string;
  /** null while it is being worked on, and when that ended without an answer. */
  readonly answer: { readonly body: Json } | null;
  /** It failed where what had been done by then is not known. */
  readonly failed?: true;
  /** When whoever works on it last said so. */
  readonly claimedAt: string;
  /** From then on the key is free. */
  readonly expiresAt: string;
}

/** How long an answer is kept. */
export const KEEP_HOURS = 24;
/** Whoever has not said for so long that they work on it has died. */
export const WORK_MS = 60_000;

/** `unknown`: nobody works on it any more, and nobody knows whether it was done. */
export type Standing = 'free' | 'other' | 'working' | 'unknown' | 'done';

/** How a key stands at a time for a request. */
export function standingOf(kept: KeptAnswer | null, fingerprint: string, now: number): Standing {
  if (!kept || Date.parse(kept.expiresAt) <= now) return 'free';
  if (kept.fingerprint !== fingerprint) return 'other';
  if (kept.answer !== null) return 'done';
  return kept.failed || Date.parse(kept.claimedAt) + WORK_MS <= now ? 'unknown' : 'working';
}
