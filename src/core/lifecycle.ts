import { distinctGrants } from './catalog.ts';
import type { Access, Status, User } from './user.ts';

/** What a change of status does to a person's access, in the host's words. */
export type Effect =
  | 'pools_left'
  | 'level_limited'
  | 'roles_dormant'
  | 'roles_erased'
  | 'roles_restored'
  | 'agency_left'
  | 'agency_set'
  | 'interviews_to_reschedule'
  | 'sessions_end';

/** The moves that have effects; everything else changes nothing beside itself. */
export type Transition =
  | 'deactivated'
  | 'terminated'
  | 'unprovisioned'
  | 'returned'
  | 'elevated'
  | 'to_employee'
  | 'to_agency'
  | 'to_other_agency'
  | 'blocked';

/** Effects of each transition, in the order they apply (design §2.4). */
export const TRANSITIONS: Readonly<Record<Transition, readonly Effect[]>> = {
  deactivated: ['pools_left', 'level_limited', 'roles_dormant', 'interviews_to_reschedule', 'sessions_end'],
  terminated: ['pools_left', 'level_limited', 'roles_erased', 'interviews_to_reschedule', 'sessions_end'],
  unprovisioned: ['pools_left', 'level_limited', 'roles_dormant', 'interviews_to_reschedule', 'sessions_end'],
  returned: ['level_limited'],
  elevated: ['roles_restored'],
  to_employee: ['agency_left', 'pools_left', 'level_limited', 'roles_dormant', 'interviews_to_reschedule'],
  to_agency: ['agency_set', 'pools_left', 'level_limited', 'roles_dormant', 'interviews_to_reschedule'],
  // The interviewer stays of the kind they were booked as.
  to_other_agency: ['agency_set', 'level_limited', 'roles_dormant'],
  blocked: ['sessions_end'],
};

/** What each effect makes of the access; those without a line are derived on read or carried out by the host. */
const ON_ACCESS: Partial<Record<Effect, (access: Access) => Access>> = {
  pools_left: (access) => ({ ...access, pools: [] }),
  level_limited: (access) => ({ ...access, level: 'limited' }),
  // A role that was given anew while it was dormant, too, is one role.
  roles_dormant: (access) => ({
    ...access,
    roles: [],
    dormantRoles: distinctGrants([...access.dormantRoles, ...access.roles]),
  }),
  roles_erased: (access) => ({ ...access, roles: [], dormantRoles: [] }),
  roles_restored: (access) => ({ ...access, roles: [...access.roles, ...access.dormantRoles], dormantRoles: [] }),
};

/** Effects that mean something only for somebody who could act until now. */
const ONLY_FOR_ACTIVE: readonly Effect[] = ['interviews_to_reschedule', 'sessions_end'];

/** The transition a change of status is, or null when it has no effects. */
export function transitionOf(from: Status, to: Status): Transition | null {
  if (from === to) return null;
  if (to === 'active') return from === 'unprovisioned' ? null : 'returned';
  if (to === 'unprovisioned') return from === 'active' ? 'unprovisioned' : null;
  return to;
}

/** The transition it is to be blocked, or null for whoever is not or was already. */
export function blockingOf(before: Pick<User, 'block'>, after: Pick<User, 'block'>): Transition | null {
  return after.block && !before.block ? 'blocked' : null;
}

/**
 * The access after a transition, and the effects worth telling: those that changed something, and those the host carries out
 * (sessions, booked interviews) when somebody who was active leaves.
 */
export function applyTransition(
  access: Access,
  transition: Transition,
  wasActive: boolean,
): { readonly access: Access; readonly effects: readonly Effect[] } {
  const effects: Effect[] = [];
  let current = access;
  for (const effect of TRANSITIONS[transition]) {
    const apply = ON_ACCESS[effect];
    const next = apply ? apply(current) : current;
    const told = apply ? !sameAccess(next, current) : wasActive || !ONLY_FOR_ACTIVE.includes(effect);
    if (told) effects.push(effect);
    current = next;
  }
  return { access: sameAccess(current, access) ? access : current, effects };
}

/** The same for several that come with one write, in their order; null: none. Each effect is told once. */
export function applyTransitions(
  access: Access,
  transitions: readonly (Transition | null)[],
  wasActive: boolean,
): { readonly access: Access; readonly effects: readonly Effect[] } {
  let current = access;
  const told = new Set<Effect>();
  for (const transition of transitions) {
    if (transition === null) continue;
    const applied = applyTransition(current, transition, wasActive);
    current = applied.access;
    for (const effect of applied.effects) told.add(effect);
  }
  return { access: current, effects: [...told] };
}

function sameAccess(left: Access, right: Access): boolean {
  return (
    left.level === right.level &&
    left.roles.length === right.roles.length &&
    left.dormantRoles.length === right.dormantRoles.length &&
    left.pools.length === right.pools.length
  );
}
