import type { AttributePath, ResourceSchema } from '../schema/attribute.ts';
import type { FilterNode } from './ast.ts';
import { mentions } from './mentions.ts';

/**
 * Finds the SCIM ids of everybody who is shown with a group that satisfies the question, in which paths are those of an element of
 * `groups`; with any group, when there is no question.
 */
export type PeopleWith = (question: FilterNode | undefined) => Promise<ReadonlySet<string>>;

/** What a filter says about `groups`. */
type GroupsNode = Extract<FilterNode, { kind: 'compare' | 'present' | 'element' }>;

/**
 * A filter on people in which every question after a group is put as one after the ids of its people, which is what a store can look
 * up.
 */
export async function withoutGroups(
  node: FilterNode,
  schema: ResourceSchema,
  peopleWith: PeopleWith,
): Promise<FilterNode> {
  const id = schema.byKey.get('id');
  if (!id) return node;
  const path: AttributePath = { attribute: id, sub: undefined };
  const rewrite = async (one: FilterNode): Promise<FilterNode> => {
    if (!mentions(one, 'groups')) return one;
    switch (one.kind) {
      case 'and':
      case 'or':
        return { kind: one.kind, nodes: await Promise.all(one.nodes.map(rewrite)) };
      case 'not':
        return not(await rewrite(one.node));
      default: {
        const { question, negated } = questionOf(one);
        const people = idsAre(path, await peopleWith(question));
        return negated ? not(people) : people;
      }
    }
  };
  return rewrite(node);
}

interface Question {
  readonly question: FilterNode | undefined;
  /** Whether it is asked for those who are shown with no such group. */
  readonly negated: boolean;
}

/** `ne` holds when no value equals, so also when there is none; `eq null` means "no value" (RFC 7644 §3.4.2.2). */
function questionOf(node: GroupsNode): Question {
  if (node.kind === 'element') return { question: node.filter, negated: false };
  const { sub } = node.path;
  const path = sub && { attribute: sub, sub: undefined };
  const present = path && ({ kind: 'present', path } as const);
  if (node.kind === 'present' || !path) return { question: present, negated: false };
  const { operator, literal } = node;
  if (literal === null) return { question: present, negated: operator === 'eq' };
  const negated = operator === 'ne';
  return { question: { kind: 'compare', path, operator: negated ? 'eq' : operator, literal }, negated };
}

function idsAre(path: AttributePath, ids: ReadonlySet<string>): FilterNode {
  const nodes = Array.from(ids, (scimId): FilterNode => ({ kind: 'compare', path, operator: 'eq', literal: scimId }));
  return { kind: 'or', nodes };
}

function not(node: FilterNode): FilterNode {
  return { kind: 'not', node };
}
