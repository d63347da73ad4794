import { invalidFilter } from '../messages/scim-error.ts';
import type { Attribute, AttributePath, ResourceSchema } from '../schema/attribute.ts';
import type { FilterNode } from './ast.ts';
import { mentions } from './mentions.ts';

/** Finds the SCIM ids of everybody in a group. */
export type PeopleIn = (groupId: string) => Promise<ReadonlySet<string>>;

type Comparison = Extract<FilterNode, { kind: 'compare' }>;

/**
 * A filter on people in which every question after a group is put as one after the ids of its people, which is what a store can look
 * up. Throws 400 `invalidFilter` for any question but whose `groups.value` is, or is not, an id.
 */
export async function withoutGroups(node: FilterNode, schema: ResourceSchema, peopleIn: PeopleIn): Promise<FilterNode> {
  const id = schema.byKey.get('id');
  if (!id || !mentions(node, 'groups')) return node;
  return rewrite(node, { attribute: id, sub: undefined }, peopleIn);
}

async function rewrite(node: FilterNode, id: AttributePath, peopleIn: PeopleIn): Promise<FilterNode> {
  if (!mentions(node, 'groups')) return node;
  switch (node.kind) {
    case 'and':
    case 'or':
      return { kind: node.kind, nodes: await Promise.all(node.nodes.map((term) => rewrite(term, id, peopleIn))) };
    case 'not':
      return { kind: 'not', node: await rewrite(node.node, id, peopleIn) };
    case 'element':
      return anyOf(
        asked(node.filter, ({ attribute }) => attribute),
        id,
        peopleIn,
      );
    default:
      return anyOf(
        asked(node, ({ sub }) => sub),
        id,
        peopleIn,
      );
  }
}

function asked(node: FilterNode, nameOf: (path: AttributePath) => Attribute | undefined): Comparison {
  const isById =
    node.kind === 'compare' &&
    (node.operator === 'eq' || node.operator === 'ne') &&
    typeof node.literal === 'string' &&
    nameOf(node.path)?.name === 'value';
  if (!isById) throw invalidFilter('people can be filtered by the id of a group only: groups.value eq "…"');
  return node;
}

async function anyOf({ operator, literal }: Comparison, path: AttributePath, peopleIn: PeopleIn): Promise<FilterNode> {
  const people = await peopleIn(String(literal));
  const nodes = Array.from(
    people,
    (scimId): FilterNode => ({ kind: 'compare', path, operator: 'eq', literal: scimId }),
  );
  const any: FilterNode = { kind: 'or', nodes };
  return operator === 'ne' ? { kind: 'not', node: any } : any;
}
