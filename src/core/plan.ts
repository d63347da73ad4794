import type { HeldPlan } from './sync-state.ts';

/** What a run proposes and the guard does not let through. */
export interface Proposal {
  readonly digest: string;
  readonly total: number;
  readonly runId: string;
  /** Somebody asked for the run, and wants an answer. */
  readonly isAsked: boolean;
}

const PLAN_LIFE_MS = 24 * 3_600_000;

export const planExpiry = (now: number): string => new Date(now + PLAN_LIFE_MS).toISOString();

/**
 * The plan that holds a proposal (design §2.6): the same one keeps its number and its time while it waits, and stays rejected as long
 * as nobody asks anew; another one, or one whose time is over, gets the next number.
 */
export function planFor(former: HeldPlan | null, { digest, total, runId, isAsked }: Proposal, now: number): HeldPlan {
  if (former && former.digest === digest && keepsNumber(former, isAsked, now)) return { ...former, runId };
  return {
    number: (former?.number ?? 0) + 1,
    digest,
    total,
    runId,
    createdAt: new Date(now).toISOString(),
    expiresAt: planExpiry(now),
    state: 'waiting',
    removals: true,
    decidedAt: null,
    decidedBy: null,
  };
}

function keepsNumber({ state, expiresAt }: HeldPlan, isAsked: boolean, now: number): boolean {
  if (state === 'rejected') return !isAsked;
  return state === 'waiting' && Date.parse(expiresAt) > now;
}
