import { setImmediate as nextTurn } from 'node:timers/promises';
import type { GroupMembership } from '../src/services/group-membership.ts';
import type { ScimCaller } from '../src/services/scim-assertion.ts';
import type { FilterNode } from './filter/ast.ts';
import type { PeopleWith } from './filter/groups-of-people.ts';
import { elementPredicate } from './filter/predicate.ts';
import { showGroup } from './groups.ts';
import { tooMany } from './messages/scim-error.ts';

interface Asked {
  readonly caller: ScimCaller;
  readonly baseUrl: string;
  readonly scanLimit: number;
}

/** People whose groups are looked up at once. */
const AT_ONCE = 200;

/**
 * Finds people by the groups they are shown with: by the id of one at once, else all groups are looked at. Throws 400 `tooMany` when
 * the groups, or the people in those that count, are more than the limit.
 */
export function findPeopleWithGroups(membership: GroupMembership, { caller, baseUrl, scanLimit }: Asked): PeopleWith {
  const peopleIn = async (groupIds: readonly string[]) => {
    const people = await membership.peopleIn(caller, groupIds, scanLimit);
    if (!people)
      throw tooMany(`more than ${scanLimit} people are in these groups, too many to be looked up one by one`);
    return people;
  };
  const allGroups = async () => {
    const groups = await membership.allGroups(caller, scanLimit);
    if (!groups) throw tooMany(`more than ${scanLimit} groups would have to be looked at; ask for groups.value eq`);
    return groups;
  };

  return async (question) => {
    const id = question && idAsked(question);
    if (id !== undefined) return peopleIn([id]);
    const holds = question ? elementPredicate(question) : () => true;
    const groups = (await allGroups()).map(({ id, displayName }) => {
      const as = (direct: boolean) => holds(showGroup({ id, displayName, direct }, baseUrl));
      return { id, direct: as(true), indirect: as(false) };
    });
    const counting = groups.filter(({ direct, indirect }) => direct || indirect);
    const people = await peopleIn(counting.map((group) => group.id));
    if (counting.every(({ direct, indirect }) => direct && indirect)) return people;
    return shownWith(holds, [...people]);
  };

  /** Among people in groups that only count for those who are in them in the one way. */
  async function shownWith(holds: ReturnType<typeof elementPredicate>, people: readonly string[]) {
    const found = new Set<string>();
    for (let start = 0; start < people.length; start += AT_ONCE) {
      const joined = await membership.groupsOf(caller, people.slice(start, start + AT_ONCE));
      for (const [id, groups] of joined) if (groups.some((group) => holds(showGroup(group, baseUrl)))) found.add(id);
      await nextTurn();
    }
    return found;
  }
}

/** The id a question is after, when it is after nothing else. */
function idAsked(question: FilterNode): string | undefined {
  const isById = question.kind === 'compare' && question.operator === 'eq' && question.path.attribute.name === 'value';
  return isById && typeof question.literal === 'string' ? question.literal : undefined;
}
