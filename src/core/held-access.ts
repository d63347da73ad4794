import { type Agency, agencyRolesOf } from './agency.ts';
import { distinctGrants, type KnownEntries, missingOf } from './catalog.ts';
import type { GroupMapping } from './group-mapping.ts';
import type { Access, Grant, Level, User } from './user.ts';

/** Who gives a grant: an admin, a mapping of a group somebody is in, the agency they belong to. */
export type GrantOrigin = 'admin' | 'mapping' | 'agency';

/** Why a grant has no effect; the first that holds is told. */
export type DormantReason = 'not_active' | 'role_removed' | 'scope_removed' | 'level_limited' | 'not_restored';

/** A grant somebody holds, and whether it counts just now. One that several give is there once for each. */
export interface HeldGrant extends Grant {
  readonly origin: GrantOrigin;
  /** Of a mapping. */
  readonly mappingId?: string;
  readonly state: 'effective' | 'dormant';
  /** Of a dormant one. */
  readonly reason?: DormantReason;
}

/** What somebody may do now, and what they would if something were otherwise. */
export interface HeldAccess {
  /** The higher one of their own level and what mappings lift them to. */
  readonly effectiveLevel: Level;
  readonly grants: readonly HeldGrant[];
}

/** Where grants come from beside the person. */
export interface GrantSources {
  /** Of the groups they are in. */
  readonly mappings: readonly GroupMapping[];
  readonly agency?: Agency | undefined;
  /** Of all entries that any of their grants names. */
  readonly known: KnownEntries;
}

type Holder = Pick<User, 'organizationId' | 'status' | 'kind' | 'access'>;

interface Given {
  readonly grant: Grant;
  readonly origin: GrantOrigin;
  readonly mappingId?: string;
  /** Dormant until somebody restores it. */
  readonly asleep?: true;
}

export const LEVEL_RANK: Readonly<Record<Level, number>> = { limited: 0, elevated: 1, admin: 2 };

/**
 * The access somebody has now (design §2.4): mappings count for active employees only, roles from the level `elevated` on, an
 * agency's at every level; nothing that names a role or a scope which is gone.
 */
export function heldAccess(holder: Holder, sources: GrantSources): HeldAccess {
  const mappings = mappingsFor(holder, sources.mappings);
  const effectiveLevel = highestLevel(holder.access, mappings);
  const given = givenTo(holder, mappings, sources.agency);
  return { effectiveLevel, grants: given.map((one) => held(one, holder, effectiveLevel, sources.known)) };
}

/** Roles that count now, each once, whoever gives them. */
export function effectiveRoles({ grants }: HeldAccess): readonly Grant[] {
  const effective = grants.filter(({ state }) => state === 'effective');
  return distinctGrants(effective.map(({ role, scope }) => ({ role, scope })));
}

/** Only active employees are in groups that count: no source has a say about an agency's people. */
export function isMapped({ status, kind }: Pick<Holder, 'status' | 'kind'>): boolean {
  return status === 'active' && kind === 'employee';
}

export function mappingsFor(holder: Pick<Holder, 'status' | 'kind'>, mappings: readonly GroupMapping[]) {
  return isMapped(holder) ? mappings : [];
}

function highestLevel({ level }: Access, mappings: readonly GroupMapping[]): Level {
  const levels = mappings.map((mapping): Level => mapping.level ?? 'limited');
  return levels.reduce((highest, other) => (LEVEL_RANK[other] > LEVEL_RANK[highest] ? other : highest), level);
}

function givenTo(holder: Holder, mappings: readonly GroupMapping[], agency: Agency | undefined): readonly Given[] {
  const { roles, dormantRoles } = holder.access;
  return [
    ...roles.map((grant): Given => ({ grant, origin: 'admin' })),
    ...dormantRoles.map((grant): Given => ({ grant, origin: 'admin', asleep: true })),
    ...mappings.flatMap(({ id, roles }) => roles.map((grant): Given => ({ grant, origin: 'mapping', mappingId: id }))),
    ...agencyRolesOf(holder, agency).map((grant): Given => ({ grant, origin: 'agency' })),
  ];
}

function held(given: Given, holder: Holder, level: Level, known: KnownEntries): HeldGrant {
  const { grant, asleep: _asleep, ...origin } = given;
  const reason = reasonOf(given, holder, level, known);
  const state = reason === null ? { state: 'effective' as const } : { state: 'dormant' as const, reason };
  return { role: grant.role, scope: grant.scope, ...origin, ...state };
}

function reasonOf(
  { grant, origin, asleep }: Given,
  { status, organizationId }: Holder,
  level: Level,
  known: KnownEntries,
): DormantReason | null {
  if (status !== 'active') return 'not_active';
  const missing = missingOf(known, organizationId, grant);
  if (missing !== null) return missing;
  if (level === 'limited' && origin !== 'agency') return 'level_limited';
  return asleep ? 'not_restored' : null;
}
