import { sameAddress } from '../core/email-claim.ts';
import { fold } from '../core/fold.ts';
import type { User } from '../core/user.ts';
import type { Dependencies } from './dependencies.ts';

/** Tells whether an address that a person would get under other settings will be in the way of somebody else. */
export type IsTaken = (user: User, wanted: string) => Promise<boolean>;

/**
 * Foretells who gets an address in a sweep, person by person in its order: it is free when nobody holds it, or when its holder
 * moves to an address that is free in turn. In a circle everybody stays; of two who want the same the first gets it.
 */
export function forecastAddresses({ stores: { users } }: Dependencies, settled: (user: User) => User): IsTaken {
  const promised = new Map<string, string>();

  async function isFree(user: User, wanted: string, waiting: readonly string[]): Promise<boolean> {
    if ((promised.get(fold(wanted)) ?? user.id) !== user.id) return false;
    const path = [...waiting, user.id];
    for (const holder of await holdersOf(user, wanted)) {
      const { email } = settled(holder);
      if (path.includes(holder.id) || sameAddress(email, holder.email)) return false;
      if (email !== null && !(await isFree(holder, email, path))) return false;
    }
    return true;
  }

  async function holdersOf(user: User, wanted: string): Promise<readonly User[]> {
    const { organizationId, id, scim } = user;
    const isNamedByAddress = scim.connectionId === null && scim.id !== null;
    const found = [
      await users.findByEmail(organizationId, wanted),
      isNamedByAddress ? await users.findByUserName(organizationId, wanted) : null,
    ];
    return found.flatMap((holder) => (holder !== null && holder.id !== id ? [holder] : []));
  }

  return async (user, wanted) => {
    const isHis = await isFree(user, wanted, []);
    if (isHis) promised.set(fold(wanted), user.id);
    return !isHis;
  };
}
