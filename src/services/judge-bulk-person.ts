import type { Bulk, BulkEffects, BulkVerdict } from '../core/bulk.ts';
import { distinctGrants } from '../core/catalog.ts';
import { type ErrorCode, isAppError } from '../core/errors.ts';
import type { Organization } from '../core/organization.ts';
import { isThemselves, OWN_ACCESS } from '../core/own-access.ts';
import { PLAIN_TERMS, settle } from '../core/settle.ts';
import type { Actor, Grant, Level, User } from '../core/user.ts';
import { LIFECYCLE, type LifecycleAction } from './change-status.ts';
import { NO_INTERVIEWS } from './interviews-to-reschedule.ts';
import { isAdmin } from './organization-admins.ts';
import { lifecycleEffects } from './preview-lifecycle.ts';
import type { Draft } from './record-change.ts';

/** What is to be done, and by whom. */
export type BulkWish = Pick<Bulk, 'action' | 'level' | 'pool' | 'by'>;

/** What the action would do to a person. */
export interface JudgedPerson {
  readonly verdict: BulkVerdict;
  readonly reason?: string;
  /** From what to what; two that differ name different changes. */
  readonly change: readonly unknown[];
  readonly effects: Partial<BulkEffects>;
  /** Dormant roles that come back, as far as there still are such roles and scopes. */
  readonly restores: readonly Grant[];
  /** Booked interviews stay behind. */
  readonly leavesInterviews: boolean;
  readonly endsAdmin: boolean;
}

const VERDICTS_OF_REFUSALS: ReadonlyMap<ErrorCode, BulkVerdict> = new Map<ErrorCode, BulkVerdict>([
  ['overridden', 'overridden'],
  ['last_admin', 'last_admin'],
  ['own_access', 'own_access'],
  ['agency_user', 'agency_user'],
  ['agency_archived', 'agency_user'],
  ['not_active', 'not_active'],
]);

/** The verdict that a refusal stands for; null for every other error. */
export function verdictOf(error: unknown): Pick<JudgedPerson, 'verdict' | 'reason'> | null {
  if (!isAppError(error)) return null;
  const verdict = VERDICTS_OF_REFUSALS.get(error.code);
  return verdict ? { verdict, reason: error.message } : null;
}

/** Tells what a bulk action would do to one person, without writing; who is the last admin is not looked at. */
export function judgeBulkPerson(user: User, organization: Organization, wish: BulkWish, at: string): JudgedPerson {
  const { action, level, pool } = wish;
  if (action === 'addPool' || action === 'removePool') return judgePool(user, pool ?? '', action === 'addPool');
  if (action === 'setLevel') return judgeLevel(user, level ?? 'limited', wish.by);
  return judgeStatus(user, organization, action, at, wish.by);
}

const nothing = (verdict: BulkVerdict, reason?: string): JudgedPerson => ({
  verdict,
  ...(reason === undefined ? {} : { reason }),
  change: [],
  effects: {},
  restores: [],
  leavesInterviews: false,
  endsAdmin: false,
});

function judgeStatus(
  user: User,
  organization: Organization,
  action: LifecycleAction,
  at: string,
  by: Actor,
): JudgedPerson {
  let drafted: Draft | null;
  try {
    drafted = LIFECYCLE[action](user, organization);
  } catch (error) {
    const refused = verdictOf(error);
    if (!refused) throw error;
    return nothing(refused.verdict, refused.reason);
  }
  if (!drafted) return nothing('unchanged');
  const settled = settle(user, drafted.user, organization.settings, { ...PLAIN_TERMS, ...drafted, at, by });
  if (!settled.changed) return nothing('unchanged');
  const effects = lifecycleEffects(user, settled, NO_INTERVIEWS);
  const { poolsLeft, rolesDormant = [], rolesErased = [], sessionsEnd } = effects;
  return {
    verdict: 'done',
    change: [user.status, settled.user.status, user.access.level, effects],
    effects: {
      poolsLeft: poolsLeft.length,
      rolesDormant: rolesDormant.length,
      rolesErased: rolesErased.length,
      sessionsEnd: Number(sessionsEnd),
    },
    restores: [],
    leavesInterviews: settled.effects.includes('interviews_to_reschedule'),
    endsAdmin: isAdmin(user) && !isAdmin(settled.user),
  };
}

/** As putting one person into a pool is refused, and taking them out. */
function judgePool({ status, kind, access: { pools } }: User, pool: string, joins: boolean): JudgedPerson {
  if (pools.includes(pool) === joins) return nothing('unchanged');
  if (joins && kind === 'agency') return nothing('agency_user', 'an agency user is in no interviewer pool');
  if (joins && status !== 'active') return nothing('not_active', 'only active users are in interviewer pools');
  return { ...nothing('done'), change: [pool, joins], effects: { poolsLeft: joins ? 0 : 1 } };
}

/** As setting the access of one person is refused, in the same order. */
function judgeLevel(user: User, level: Level, by: Actor): JudgedPerson {
  const { status, kind, access } = user;
  if (isThemselves(by, user)) return nothing('own_access', OWN_ACCESS);
  if (status !== 'active') return nothing('not_active', 'only active users can be given access');
  if (level === 'admin' && kind === 'agency')
    return nothing('agency_user', 'an agency user cannot be an organization admin');
  if (access.level === level) return nothing('unchanged');
  return {
    verdict: 'done',
    change: [access.level, level, access.roles, access.dormantRoles],
    effects: { rolesDormant: level === 'limited' ? access.roles.length : 0 },
    restores: access.level === 'limited' ? distinctGrants(access.dormantRoles) : [],
    leavesInterviews: false,
    endsAdmin: isAdmin(user),
  };
}
