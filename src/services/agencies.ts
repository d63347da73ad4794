import type { Agency } from '../core/agency.ts';
import { distinctGrants, inOneName, sameGrants } from '../core/catalog.ts';
import { AppError, notFound, stale } from '../core/errors.ts';
import { type Json, sameJson } from '../core/json.ts';
import { refuseMistakes, unknownGrants } from '../core/unknown-grants.ts';
import type { Grant } from '../core/user.ts';
import { timestamp } from '../ports/clock.ts';
import type { WriteDependencies } from './dependencies.ts';
import { readKnownEntries } from './known-entries.ts';
import { wasFirst } from './lost-races.ts';
import { readOrganization } from './organizations.ts';

export interface AgencyEdit {
  readonly name?: string | undefined;
  readonly roles?: readonly Grant[] | undefined;
}

/** Which agency a request is about, and the version its sender read; null when they do not care. */
export interface AgencyTarget {
  readonly organizationId: string;
  readonly agencyId: string;
  readonly ifMatch: number | null;
}

const MOST_TRIES = 50;

/** Adds an agency. Throws `not_found` for an organization there is not, `unknown_role` and `unknown_scope` with their places. */
export async function createAgency(
  deps: WriteDependencies,
  organizationId: string,
  { name, roles }: { readonly name: string; readonly roles: readonly Grant[] },
): Promise<Agency> {
  await readOrganization(deps, organizationId);
  await refuseUnknown(deps, organizationId, roles, []);
  const at = timestamp(deps.clock);
  const dates = { archivedAt: null, createdAt: at, updatedAt: at };
  const stated = { name, roles: distinctGrants(inOneName(organizationId, roles)) };
  const agency = { id: deps.identifiers.next(), organizationId, ...stated, used: false, version: 1, ...dates };
  await deps.stores.agencies.save(agency);
  return agency;
}

/** Throws `not_found`. */
export async function readAgency({ stores }: WriteDependencies, organizationId: string, id: string): Promise<Agency> {
  const agency = await stores.agencies.get(organizationId, id);
  if (!agency) throw notFound('agency');
  return agency;
}

/**
 * Changes name or roles; its people have the new roles at once. What it has already may be named again, though it is gone.
 *
 * Throws `not_found`, `precondition_failed`, `agency_archived`, `unknown_role` and `unknown_scope` with their places.
 */
export async function editAgency(deps: WriteDependencies, target: AgencyTarget, edit: AgencyEdit): Promise<Agency> {
  const { organizationId, agencyId } = target;
  if (edit.roles)
    await refuseUnknown(deps, organizationId, edit.roles, (await readAgency(deps, organizationId, agencyId)).roles);
  return reviseAgency(deps, target, (agency) => {
    refuseArchived(agency);
    return { ...agency, name: edit.name ?? agency.name, roles: editedRoles(agency, edit) };
  });
}

/** Each once; their order says nothing. */
function editedRoles({ organizationId, roles: had }: Agency, { roles = had }: AgencyEdit): readonly Grant[] {
  const named = distinctGrants(inOneName(organizationId, roles));
  return sameGrants(named, had) ? had : named;
}

async function refuseUnknown(
  deps: WriteDependencies,
  organizationId: string,
  roles: readonly Grant[],
  had: readonly Grant[],
): Promise<void> {
  const known = await readKnownEntries(deps, organizationId, roles);
  refuseMistakes(unknownGrants(organizationId, roles, had, known));
}

/** Forgets an agency that nobody has ever belonged to. Throws `not_found`, `precondition_failed`, `agency_in_use` with counts. */
export async function deleteAgency(deps: WriteDependencies, target: AgencyTarget): Promise<void> {
  const { organizationId, agencyId } = target;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const agency = await readAgency(deps, organizationId, agencyId);
    checkAgencyVersion(agency, target);
    if (agency.used) throw await inUse(deps, agency);
    if (await deps.stores.agencies.remove(organizationId, agencyId, agency.version)) return;
  }
  throw stale('this agency');
}

async function inUse({ stores }: WriteDependencies, { organizationId, id }: Agency): Promise<AppError> {
  const users = await stores.users.countByStatus(organizationId, { field: 'agency', op: 'eq', value: id });
  const message = 'somebody belongs or belonged to this agency; archive it instead';
  return new AppError('agency_in_use', message, { users });
}

/** Nobody joins an archived agency or becomes active in it. */
export function refuseArchived({ archivedAt, name }: Agency): void {
  if (archivedAt !== null) throw new AppError('agency_archived', `the agency ${name} is archived`);
}

/** Throws `precondition_failed` when the sender has read another version. */
export function checkAgencyVersion({ version }: Agency, { ifMatch }: AgencyTarget): void {
  if (ifMatch !== null && ifMatch !== version)
    throw new AppError('precondition_failed', 'the agency was changed since you read it');
}

/** Changes an agency by compare-and-swap; `revise` runs again on newer facts. Nothing changed → nothing written. */
export async function reviseAgency(
  deps: WriteDependencies,
  target: AgencyTarget,
  revise: (agency: Agency) => Agency,
): Promise<Agency> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const agency = await readAgency(deps, target.organizationId, target.agencyId);
    checkAgencyVersion(agency, target);
    const revised = revise(agency);
    if (sameJson(revised as unknown as Json, agency as unknown as Json)) return agency;
    const next = { ...revised, version: agency.version + 1, updatedAt: timestamp(deps.clock) };
    if (await wasFirst(deps.stores.agencies.save(next))) return next;
  }
  throw stale('this agency');
}
