import type { Actor } from '../core/user.ts';
import type { AdminTarget } from '../services/admin-change.ts';
import type { Call } from './route.ts';

/** Whoever holds the operator key. */
export const OPERATOR: Actor = { kind: 'operator', id: null };

/** The person a path names, for the caller to change. */
export function targetOf({
  params,
  ifMatch,
  actor,
}: Pick<Call<':org/:id'>, 'params' | 'ifMatch' | 'actor'>): AdminTarget {
  return { organizationId: params.org, userId: params.id, by: actor, ifMatch };
}
