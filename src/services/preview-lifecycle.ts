import { withoutGrants } from '../core/catalog.ts';
import { notFound } from '../core/errors.ts';
import type { Organization } from '../core/organization.ts';
import { PLAIN_TERMS, type Settled, settle } from '../core/settle.ts';
import type { Grant, Level, Status, User } from '../core/user.ts';
import { timestamp } from '../ports/clock.ts';
import { type AdminTarget, checkVersion } from './admin-change.ts';
import type { WriteDependencies } from './dependencies.ts';
import { type InterviewsToReschedule, interviewsToReschedule, NO_INTERVIEWS } from './interviews-to-reschedule.ts';
import { isAdmin, refuseLastAdmin } from './organization-admins.ts';
import { readOrganization } from './organizations.ts';
import type { Draft } from './record-change.ts';
import type { InterviewDependencies } from './report-interview.ts';

/** What a change of status or kind does beside it. */
export interface LifecycleEffects {
  readonly poolsLeft: readonly string[];
  /** Kept without effect; absent where roles are erased. */
  readonly rolesDormant?: readonly Grant[];
  /** Dormant ones too. */
  readonly rolesErased?: readonly Grant[];
  readonly interviewsToReschedule: InterviewsToReschedule;
  readonly sessionsEnd: boolean;
}

interface Move<T> {
  readonly from: T;
  readonly to: T;
}

export interface LifecyclePreview {
  readonly status: Move<Status>;
  readonly kind: Move<User['kind']>;
  readonly level: Move<Level>;
  readonly effects: LifecycleEffects;
}

/**
 * Tells what a change by an admin would do, without writing: the same draft, settled in the same way, and refused in the same way.
 */
export async function previewLifecycle(
  deps: WriteDependencies & InterviewDependencies,
  { organizationId, userId, by, ifMatch }: AdminTarget,
  draft: (user: User, organization: Organization) => Draft | null,
): Promise<LifecyclePreview> {
  const organization = await readOrganization(deps, organizationId);
  const user = await deps.stores.users.get(organizationId, userId);
  if (!user) throw notFound('user');
  checkVersion(user, ifMatch);
  const drafted = draft(user, organization);
  const terms = { ...PLAIN_TERMS, ...drafted, at: timestamp(deps.clock), by };
  const settled: Settled = drafted
    ? settle(user, drafted.user, organization.settings, terms)
    : { user, changed: false, effects: [] };
  if (isAdmin(user) && !isAdmin(settled.user)) await refuseLastAdmin(deps, organization, user);
  const interviews = settled.effects.includes('interviews_to_reschedule')
    ? await interviewsToReschedule(deps, organizationId, userId)
    : NO_INTERVIEWS;
  const { status, kind, access } = settled.user;
  return {
    status: { from: user.status, to: status },
    kind: { from: user.kind, to: kind },
    level: { from: user.access.level, to: access.level },
    effects: lifecycleEffects(user, settled, interviews),
  };
}

/** The effects of a settled change, in the words of the API. */
export function lifecycleEffects(
  before: User,
  { user: after, effects }: Settled,
  interviews: InterviewsToReschedule,
): LifecycleEffects {
  const had = [...before.access.roles, ...before.access.dormantRoles];
  const has = [...after.access.roles, ...after.access.dormantRoles];
  const roles =
    after.status === 'terminated'
      ? { rolesErased: withoutGrants(had, has) }
      : { rolesDormant: withoutGrants(after.access.dormantRoles, before.access.dormantRoles) };
  return {
    poolsLeft: before.access.pools.filter((pool) => !after.access.pools.includes(pool)),
    ...roles,
    interviewsToReschedule: interviews,
    sessionsEnd: effects.includes('sessions_end'),
  };
}
