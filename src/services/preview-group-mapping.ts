import { withoutGrants } from '../core/catalog.ts';
import { nameOf } from '../core/change-summary.ts';
import { tooMany } from '../core/errors.ts';
import { type GroupMapping, groupKey, type MappedGroup } from '../core/group-mapping.ts';
import { effectiveRoles, heldAccess } from '../core/held-access.ts';
import type { Grant, Level, User } from '../core/user.ts';
import { currentUser } from './current-user.ts';
import type { WriteDependencies } from './dependencies.ts';
import { groupsOfPeople, mappingsByGroups } from './groups-of-people.ts';
import { grantSources } from './held-access.ts';
import { readOrganization } from './organizations.ts';
import { isRead, MOST_PEOPLE, peopleOfGroup } from './people-of-group.ts';

/** What a change of a mapping makes of one person. */
export interface MappingOutcome {
  readonly user: { readonly id: string; readonly name: string | null; readonly email: string | null };
  readonly level: { readonly from: Level; readonly to: Level };
  readonly gains: readonly Grant[];
  readonly loses: readonly Grant[];
}

export interface MappingPreview {
  readonly people: { readonly count: number; readonly first100: readonly MappingOutcome[] };
  /** False: no run has read this group of a directory yet, so nobody can be told. */
  readonly membersKnown: boolean;
}

/** A mapping as it is (null: there is none) and as it shall be. */
export interface MappingMove {
  readonly before: GroupMapping | null;
  readonly after: GroupMapping;
}

const SHOWN = 100;

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
  const seen = new Set<string>();
  let count = 0;
  for (const group of groupsIn(move))
    for await (const people of peopleOfGroup(deps, organizationId, group)) {
      const fresh = people.filter(({ id }) => !seen.has(id)).map((person) => currentUser(person, organization));
      for (const { id } of fresh) seen.add(id);
      if (seen.size > MOST_PEOPLE) throw tooMany(MOST_PEOPLE);
      const outcomes = await outcomesOf(deps, organizationId, fresh, move);
      count += outcomes.length;
      first100.push(...outcomes.slice(0, SHOWN - first100.length));
    }
  return { people: { count, first100 }, membersKnown: await isRead(deps, organizationId, move.after.group) };
}

/** The group before and the one after; one when they are the same. */
function groupsIn({ before, after }: MappingMove): Iterable<MappedGroup> {
  return new Map([before ?? after, after].map(({ group }) => [groupKey(group), group])).values();
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
  const [gains, loses] = [withoutGrants(has, had), withoutGrants(had, has)];
  const level = { from: now.effectiveLevel, to: then.effectiveLevel };
  if (gains.length + loses.length === 0 && level.from === level.to) return [];
  const { id, email } = person;
  return [{ user: { id, name: nameOf(person), email }, level, gains, loses }];
}
