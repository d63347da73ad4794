import type { Agency } from '../core/agency.ts';
import { AppError } from '../core/errors.ts';
import type { User } from '../core/user.ts';
import type { Stores } from '../ports/stores.ts';
import { refuseArchived, reviseAgency } from './agencies.ts';
import type { WriteDependencies } from './dependencies.ts';

/** The agency a request names for somebody to join. Throws `invalid` for one there is not, `agency_archived`. */
export async function openAgency({ stores }: WriteDependencies, organizationId: string, id: string): Promise<Agency> {
  const agency = await stores.agencies.get(organizationId, id);
  if (!agency) throw new AppError('invalid', 'there is no such agency', { attribute: 'agencyId' });
  refuseArchived(agency);
  return agency;
}

/** The same, noted as used before anybody belongs to it, so that it is never deleted. */
export async function joinAgency(deps: WriteDependencies, organizationId: string, id: string): Promise<Agency> {
  const { used, id: agencyId, ...agency } = await openAgency(deps, organizationId, id);
  if (used) return { ...agency, id: agencyId, used };
  return reviseAgency(deps, { organizationId, agencyId, ifMatch: null }, (current) => {
    refuseArchived(current);
    return { ...current, used: true };
  });
}

/** Whether the person's agency is archived; false for an employee. */
export async function isInArchivedAgency(
  { stores }: { readonly stores: Pick<Stores, 'agencies'> },
  { organizationId, agencyId }: Pick<User, 'organizationId' | 'agencyId'>,
): Promise<boolean> {
  if (agencyId === undefined) return false;
  const agency = await stores.agencies.get(organizationId, agencyId);
  return agency?.archivedAt != null;
}
