import { isObject, type Json } from '../../src/core/json.ts';
import type { MemberStep, NamedMember } from '../../src/core/member-change.ts';
import type { FilterNode } from '../filter/ast.ts';
import { elementPredicate } from '../filter/predicate.ts';
import { invalidFilter, invalidValue, mutability } from '../messages/scim-error.ts';
import type { Intent } from './intent.ts';

type AttributeIntent = Exclude<Intent, { kind: 'same-id' | 'keep' }>;

/** Parts the steps of a PATCH: those on members, which are rows, from those on the resource itself. */
export function partIntents(intents: readonly Intent[]) {
  const isOnMembers = (intent: Intent): intent is AttributeIntent =>
    'target' in intent && intent.target.attribute.place === 'members';
  const onMembers = intents.filter(isOnMembers);
  return {
    members: onMembers.length === 0 ? undefined : onMembers.flatMap(memberSteps),
    others: onMembers.length === 0 ? intents : intents.filter((intent) => !isOnMembers(intent)),
  };
}

/** Members as a body names them. Throws 400 `invalidValue` for one without a value. */
export function namedMembers(elements: readonly Json[]): readonly NamedMember[] {
  return elements.map((element) => {
    const { value, display } = isObject(element) ? element : { value: element };
    if (typeof value !== 'string') throw invalidValue('a member needs a value: the id of a user or of a group');
    return typeof display === 'string' ? { id: value, display } : { id: value };
  });
}

/** What a step says about members, without knowing them. They are added and removed, never changed (RFC 7643 §4.2). */
function memberSteps(intent: AttributeIntent): readonly MemberStep[] {
  switch (intent.kind) {
    case 'append':
      return intent.elements.length === 0 ? [] : [{ kind: 'add', members: namedMembers(intent.elements) }];
    case 'replace':
      return [{ kind: 'replace', members: namedMembers(intent.elements) }];
    case 'remove':
      return [removal(intent)];
    default:
      throw mutability('a member cannot be changed, only added and removed');
  }
}

function removal({ target, listed }: Extract<Intent, { kind: 'remove' }>): MemberStep {
  const { filter, sub } = target;
  if (sub) throw mutability(`${sub.label} cannot be removed from a member`);
  if (listed) return { kind: 'remove', ids: namedMembers(listed).map(({ id }) => id) };
  if (!filter) return { kind: 'replace', members: [] };
  const ids = idsIn(filter);
  if (!ids) throw invalidFilter('members to remove are found by their value only: members[value eq "…"]');
  const holds = elementPredicate(filter);
  const when: Extract<MemberStep, { kind: 'remove' }>['when'] = ({ id = null, display = null, kind = null }) =>
    holds({ value: id, display, type: kind });
  return { kind: 'remove', ids, when };
}

/** The ids that an element must have one of to be meant; undefined when the filter asks for something else. */
function idsIn(filter: FilterNode): readonly string[] | undefined {
  if (filter.kind === 'and') return filter.nodes.map(idsIn).find((ids) => ids !== undefined);
  if (filter.kind === 'or') {
    const each = filter.nodes.map(idsIn).filter((ids) => ids !== undefined);
    return each.length === filter.nodes.length ? each.flat() : undefined;
  }
  const isValue = filter.kind === 'compare' && filter.operator === 'eq' && filter.path.attribute.name === 'value';
  return isValue && typeof filter.literal === 'string' ? [filter.literal] : undefined;
}
