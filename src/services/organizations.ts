import { AppError } from '../core/errors.ts';
import { fold } from '../core/fold.ts';
import { defaultSettings, NO_SWEEP, type Organization } from '../core/organization.ts';
import { DEFAULT_CONNECTION } from '../core/scim-connection.ts';
import { timestamp } from '../ports/clock.ts';
import type { Stores } from '../ports/stores.ts';
import type { Dependencies } from './dependencies.ts';

/** Creates an organization with default settings and its first SCIM connection. */
export async function createOrganization(
  { stores, identifiers, clock }: Pick<Dependencies, 'stores' | 'identifiers' | 'clock'>,
  { name, domains }: { readonly name: string; readonly domains: readonly string[] },
): Promise<Organization> {
  const at = timestamp(clock);
  const organization: Organization = {
    id: identifiers.next(),
    name,
    version: 1,
    settings: defaultSettings([...new Set(domains.map(fold))]),
    sweep: NO_SWEEP,
    admins: [],
    createdAt: at,
    updatedAt: at,
  };
  // First, so that no organization is ever seen without it.
  await stores.tokens.insertConnection({
    id: identifiers.next(),
    organizationId: organization.id,
    name: DEFAULT_CONNECTION,
    version: 1,
    dialect: 'compat',
    quietPatch: false,
    enabled: true,
    createdAt: at,
    updatedAt: at,
  });
  await stores.organizations.insert(organization);
  return organization;
}

/** Throws `not_found`. */
export async function readOrganization(
  { stores }: { readonly stores: Pick<Stores, 'organizations'> },
  id: string,
): Promise<Organization> {
  const organization = await stores.organizations.get(id);
  if (!organization) throw new AppError('not_found', 'no such organization');
  return organization;
}
