import type { AccessEdit } from './access-edit.ts';
import { grantKey, withoutGrants } from './catalog.ts';
import { AppError } from './errors.ts';
import type { GroupMapping } from './group-mapping.ts';
import {
  type GrantOrigin,
  type GrantSources,
  type HeldGrant,
  heldAccess,
  LEVEL_RANK,
  mappingsFor,
} from './held-access.ts';
import type { Access, Grant, Level, User } from './user.ts';

/** A grant as an admin names it: with its origin and state when they read it, without when they give it. */
export interface NamedGrant extends Grant {
  readonly origin?: GrantOrigin | undefined;
  readonly state?: HeldGrant['state'] | undefined;
}

interface NamedAccess {
  readonly level: Level;
  readonly roles?: readonly NamedGrant[] | undefined;
}

/**
 * Those an admin gives by hand, and where each stands among all. What others give may be named with its origin, and stays theirs; what
 * is dormant may be named as it was read, and stays so.
 */
export function byHand(
  named: readonly NamedGrant[],
  { dormantRoles }: Pick<Access, 'dormantRoles'>,
): Required<Pick<AccessEdit, 'roles' | 'places'>> {
  const asleep = new Set(dormantRoles.map(grantKey));
  const isGiven = ({ origin = 'admin', state, ...grant }: NamedGrant) =>
    origin === 'admin' && (state !== 'dormant' || !asleep.has(grantKey(grant)));
  const given = named.flatMap((grant, place) => (isGiven(grant) ? [{ grant, place }] : []));
  return {
    roles: given.map(({ grant: { role, scope } }) => ({ role, scope })),
    places: given.map(({ place }) => place),
  };
}

/**
 * Throws `mapped_grant` when an admin means to take away or to change what only mappings give: a level below the one they lift to,
 * `roles` without any while there are none by hand, a list with origins that leaves one out, or an origin that no mapping has.
 */
export function refuseMapped(user: User, edit: NamedAccess, sources: GrantSources): void {
  const mappings = mappingsFor(user, sources.mappings);
  refuseLevel(user, edit.level, mappings);
  if (edit.roles) refuseRoles(user, { ...edit, roles: edit.roles }, sources);
}

function refuseLevel({ access }: User, level: Level, mappings: readonly GroupMapping[]): void {
  if (LEVEL_RANK[access.level] > LEVEL_RANK[level]) return;
  const lifting = mappings.filter((mapping) => LEVEL_RANK[mapping.level ?? 'limited'] > LEVEL_RANK[level]);
  if (lifting.length > 0)
    throw mapped(
      `the level ${lifting[0]?.level}`,
      lifting.map(({ id }) => id),
    );
}

function refuseRoles(
  user: User,
  edit: Required<NamedAccess> & { roles: readonly NamedGrant[] },
  sources: GrantSources,
) {
  const { grants } = heldAccess(user, sources);
  const given = grants.filter(({ origin }) => origin === 'mapping');
  const keys = new Set(given.map(grantKey));
  for (const grant of edit.roles)
    if (grant.origin === 'mapping' && !keys.has(grantKey(grant)))
      throw new AppError(
        'mapped_grant',
        `no group mapping gives the role ${grant.role} so; change the mapping instead`,
        {
          mappings: [],
        },
      );
  const stays = leftOver(user, edit, given, sources);
  if (stays.length > 0)
    throw mapped(
      `the role ${stays[0]?.role}`,
      stays.flatMap(({ mappingId }) => mappingId ?? []),
    );
}

/** What only mappings give, counts now and then, and is not among those named. */
function leftOver(
  { access, ...user }: User,
  { level, roles }: NamedAccess & { roles: readonly NamedGrant[] },
  given: readonly HeldGrant[],
  sources: GrantSources,
): readonly HeldGrant[] {
  const isWhole = roles.some(({ origin }) => origin !== undefined) || (roles.length === 0 && access.roles.length === 0);
  if (!isWhole) return [];
  const then = heldAccess({ ...user, access: { ...access, level } }, sources);
  if (then.effectiveLevel === 'limited') return [];
  const effective = given.filter(({ state }) => state === 'effective');
  return withoutGrants(effective, [...roles, ...access.roles]);
}

function mapped(what: string, mappings: readonly string[]): AppError {
  const ids = [...new Set(mappings)];
  const message = `${what} comes from a group mapping (${ids.join(', ')}): change the mapping, or take the user out of the group`;
  return new AppError('mapped_grant', message, { mappings: ids });
}
