import { grantKey } from '../core/catalog.ts';
import { nameOf } from '../core/change-summary.ts';
import { tooMany } from '../core/errors.ts';
import { type GroupMapping, groupKey, type MappedGroup } from '../core/group-mapping.ts';
import { effectiveRoles, heldAccess } from '../core/held-access.ts';
import type { Organization } from '../core/organization.ts';
import { GROUP } from '../core/scim-resource.ts';
import type { Grant, Level, User } from '../core/user.ts';
import { currentUser } from './current-user.ts';
import type { WriteDependencies } from './dependencies.ts';
import { groupsOfPeople, mappingsByGroups } from './groups-of-people.ts';
import { grantSources } from './held-access.ts';
import { peopleIn } from './joined-groups.ts';
import { readOrganization } from './organizations.ts';

/** What a change of a mapping makes of one person. */
export interface MappingOutcome {
  readonly user: { readonly id: string; readonly name: string | null; readonly email: string | null };
  readonly level: { readonly from: Level; readonly to: Level };
  readonly gains: readonly Grant[];
  readonly loses: readonly Grant[];
}

export interface MappingPreview {
  readonly people: { readonly count: number; readonly first100: readonly MappingOutcome[] };
}

/** A mapping as it is (null: there is none) and as it shall be. */
export interface MappingMove {
  readonly before: GroupMapping | null;
  readonly after: GroupMapping;
}

const SHOWN = 100;
/** People of groups who are looked at one by one. */
const MOST_PEOPLE = 50_000;
const AT_ONCE = 200;

/**
 * Tells who would gain or lose what, without writing: roles that count only, and levels. Whoever has the same from elsewhere is not
 * among them. Costs the people of the group. Throws `too_many` for a group of more than 50,000.
 */
export async function previewMapping(
  deps: WriteDependencies,
  organizationId: string,
  move: MappingMove,
): Promise<MappingPreview> {
  const organization = await readOrganization(deps, organizationId);
  const first100: MappingOutcome[] = [];
  let count = 0;
  const ids = [...(await membersOf(deps, organizationId, move))];
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const people = await peopleOf(deps, organization, ids.slice(at, at + AT_ONCE));
    const outcomes = await outcomesOf(deps, organizationId, people, move);
    count += outcomes.length;
    first100.push(...outcomes.slice(0, SHOWN - first100.length));
  }
  return { people: { count, first100 } };
}

/** The SCIM ids of whoever is in the group before or after. */
async function membersOf(deps: WriteDependencies, organizationId: string, { before, after }: MappingMove) {
  const groups = new Map(
    [before, after].flatMap((mapping) => (mapping ? [[groupKey(mapping.group), mapping.group]] : [])),
  );
  const ids = new Set<string>();
  for (const group of groups.values()) for (const id of await membersIn(deps, organizationId, group)) ids.add(id);
  return ids;
}

async function membersIn({ stores }: WriteDependencies, organizationId: string, { connectionId, id }: MappedGroup) {
  if (connectionId === null) return [];
  const found = await peopleIn(stores.resources, { organizationId, connectionId, type: GROUP }, [id], MOST_PEOPLE);
  if (!found) throw tooMany(MOST_PEOPLE);
  return found;
}

async function peopleOf({ stores }: WriteDependencies, organization: Organization, scimIds: readonly string[]) {
  const found = await Promise.all(scimIds.map((id) => stores.users.findByScimId(organization.id, id)));
  return found.flatMap((user) => (user ? [currentUser(user, organization)] : []));
}

async function outcomesOf(
  deps: WriteDependencies,
  organizationId: string,
  people: readonly User[],
  { after }: MappingMove,
): Promise<readonly MappingOutcome[]> {
  const groups = await groupsOfPeople(deps, organizationId, people);
  const stored = await mappingsByGroups(deps, organizationId, groups);
  const sourcesOf = await grantSources(deps, organizationId, people, after.roles);
  return people.flatMap((person) => {
    const mappings = stored.get(person.id) ?? [];
    const others = mappings.filter(({ id }) => id !== after.id);
    const isIn = groups.get(person.id)?.includes(groupKey(after.group));
    const sources = sourcesOf(person);
    const then = heldAccess(person, { ...sources, mappings: isIn ? [...others, after] : others });
    return outcomeOf(person, heldAccess(person, { ...sources, mappings }), then);
  });
}

function outcomeOf(person: User, now: ReturnType<typeof heldAccess>, then: typeof now): readonly MappingOutcome[] {
  const [had, has] = [effectiveRoles(now), effectiveRoles(then)];
  const [gains, loses] = [without(has, had), without(had, has)];
  const level = { from: now.effectiveLevel, to: then.effectiveLevel };
  if (gains.length + loses.length === 0 && level.from === level.to) return [];
  const { id, email } = person;
  return [{ user: { id, name: nameOf(person), email }, level, gains, loses }];
}

function without(grants: readonly Grant[], others: readonly Grant[]): readonly Grant[] {
  const known = new Set(others.map(grantKey));
  return grants.filter((grant) => !known.has(grantKey(grant)));
}
