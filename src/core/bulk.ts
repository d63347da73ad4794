import type { Actor, Level } from './user.ts';

export const BULK_ACTIONS = ['activate', 'deactivate', 'terminate', 'setLevel', 'addPool', 'removePool'] as const;
export type BulkAction = (typeof BULK_ACTIONS)[number];

export const BULK_STATES = ['freezing', 'ready', 'running', 'done', 'cancelling', 'cancelled', 'expired'] as const;
export type BulkState = (typeof BULK_STATES)[number];

/**
 * What becomes of a person; `changed`: they are not any more as they were when the action was looked at; `cancelled`: nothing, as
 * somebody cancelled before their turn.
 */
export const BULK_VERDICTS = [
  'done',
  'unchanged',
  'overridden',
  'last_admin',
  'own_access',
  'agency_user',
  'not_active',
  'changed',
  'not_found',
  'cancelled',
] as const;
export type BulkVerdict = (typeof BULK_VERDICTS)[number];

/** By verdict: how many people, or the pages they are met on. */
export type ByVerdict<T> = { readonly [verdict in BulkVerdict]?: T };

/** What an action would do beside it, added up. */
export interface BulkEffects {
  readonly poolsLeft: number;
  readonly rolesDormant: number;
  readonly rolesErased: number;
  readonly rolesRestored: number;
  readonly interviewsToReschedule: number;
  readonly sessionsEnd: number;
}

export const NO_EFFECTS: BulkEffects = {
  poolsLeft: 0,
  rolesDormant: 0,
  rolesErased: 0,
  rolesRestored: 0,
  interviewsToReschedule: 0,
  sessionsEnd: 0,
};

/** One action on many people, whose ids lie beside it in pages. Written by compare-and-swap on `version`. */
export interface Bulk {
  readonly id: string;
  readonly organizationId: string;
  readonly version: number;
  readonly state: BulkState;
  readonly action: BulkAction;
  /** For `setLevel`. */
  readonly level: Level | null;
  /** For `addPool` and `removePool`. */
  readonly pool: string | null;
  readonly reason: string | null;
  readonly by: Actor;
  readonly createdAt: string;
  /** When its pages are erased (RFC 3339); null once they were. */
  readonly expiresAt: string | null;
  readonly total: number;
  readonly pages: number;
  /** What was to be expected when the ids were frozen. */
  readonly counts: ByVerdict<number>;
  readonly pagesOf: ByVerdict<readonly number[]>;
  readonly effects: BulkEffects;
  /** Active people of the organization then. */
  readonly active: number;
  readonly digest: string | null;
  /** Pages that were carried out. */
  readonly carriedOut: number;
  readonly outcomes: ByVerdict<number>;
  readonly outcomePages: ByVerdict<readonly number[]>;
}

/** A person as the action found them. */
export interface FrozenPerson {
  readonly id: string;
  /** Their version; 0: nobody has this id. */
  readonly seen: number;
  readonly verdict: BulkVerdict;
  /** Names what the action would do to them. */
  readonly mark: string;
}

/** What became of a person. */
export interface BulkOutcome {
  readonly id: string;
  readonly verdict: BulkVerdict;
  readonly reason?: string;
}

export const MOST_PEOPLE = 50_000;
/** People of one page: carried out by one job. */
export const PEOPLE_PER_PAGE = 200;

/** People are being changed, or those who were are being counted. */
export const isUnderWay = ({ state }: Pick<Bulk, 'state'>): boolean => state === 'running' || state === 'cancelling';

/** What an action comes to that stops where it is: who is not told of by then never has a turn. */
export function cancelled({ total, outcomes }: Pick<Bulk, 'total' | 'outcomes'>): Pick<Bulk, 'state' | 'outcomes'> {
  const left = total - Object.values(outcomes).reduce((sum, each) => sum + each, 0);
  return { state: 'cancelled', outcomes: left === 0 ? outcomes : { ...outcomes, cancelled: left } };
}

const UNCONFIRMED_PEOPLE = 10;
const UNCONFIRMED_SHARE = 0.1;

/** Whether so many people would be changed that their number must be confirmed. */
export function needsCount({ counts, active }: Pick<Bulk, 'counts' | 'active'>): boolean {
  const { done = 0 } = counts;
  return done > UNCONFIRMED_PEOPLE && done > active * UNCONFIRMED_SHARE;
}

export function addEffects(sum: BulkEffects, more: Partial<BulkEffects>): BulkEffects {
  const names = Object.keys(sum) as readonly (keyof BulkEffects)[];
  return Object.fromEntries(names.map((name) => [name, sum[name] + (more[name] ?? 0)])) as unknown as BulkEffects;
}

/** Who does what an action does. */
export const actingIn = ({ by, id }: Pick<Bulk, 'by' | 'id'>): Actor => ({ ...by, bulkId: id });
