import { sameAddress } from './email-claim.ts';
import type { Actor, User } from './user.ts';

export const OWN_ACCESS = 'nobody changes their own access; ask another admin';

/** Whether whoever acts is the person themselves: named by their id, by the application's own id of them, or by their address. */
export function isThemselves({ onBehalfOf }: Actor, { id, hostId, email }: User): boolean {
  return onBehalfOf !== undefined && (onBehalfOf === id || onBehalfOf === hostId || sameAddress(onBehalfOf, email));
}
