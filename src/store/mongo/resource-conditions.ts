import { fold } from '../../core/fold.ts';
import type { ResourceCondition, ResourceField, ResourceSpace } from '../../ports/resource-store.ts';
import { type Compare, type Compiled, compareField, OPERATORS, type Query, treeQuery } from './field-queries.ts';

type Leaf = Extract<ResourceCondition, { readonly field: ResourceField }>;
type Operator = Leaf['op'];

/** Ids of the groups in which somebody is shown whose id satisfies a comparison other than `ne`. */
export type GroupsWith = (space: ResourceSpace, op: Operator, value: string) => Promise<readonly string[]>;

const FIELDS: Readonly<Record<Exclude<ResourceField, 'member'>, { readonly path: string; readonly folded?: true }>> = {
  id: { path: 'id' },
  externalId: { path: 'externalId' },
  displayName: { path: 'displayName', folded: true },
  created: { path: 'created' },
  lastModified: { path: 'updated' },
};

/**
 * Translates a condition into a query that selects exactly the resources of the space it describes; the query does not say the space.
 * Members stand in other documents, so their groups are looked up first. Client text is only ever the value of an operator of ours.
 */
export async function resourceConditionQuery(
  space: ResourceSpace,
  condition: ResourceCondition,
  groupsWith: GroupsWith,
): Promise<Query> {
  const groups = new Map<string, readonly string[]>();
  for (const { op, value } of leavesOf(condition).filter(({ field }) => field === 'member'))
    for (const [asked, text] of questionsOf(op, value)) {
      const key = `${asked} ${text}`;
      if (!groups.has(key)) groups.set(key, await groupsWith(space, asked, text));
    }
  const compareMember: Compare = (op, value) => {
    const among = { id: { $in: [...(groups.get(`${op === 'ne' ? 'eq' : op} ${value}`) ?? [])] } };
    return op === 'ne' ? { $nor: [among] } : among;
  };
  return treeQuery<Leaf>(condition, ({ field, op, value }): Compiled => {
    return compareField(field === 'member' ? compareMember : compareText(field), op, value);
  });
}

function leavesOf(condition: ResourceCondition): readonly Leaf[] {
  if ('and' in condition) return condition.and.flatMap(leavesOf);
  if ('or' in condition) return condition.or.flatMap(leavesOf);
  return 'not' in condition ? leavesOf(condition.not) : [condition];
}

/** What must be known of members to decide the comparison. */
function questionsOf(op: Operator, value: Leaf['value']): readonly (readonly [Operator, string])[] {
  if (op === 'pr' || value === null) return [['pr', '']];
  return typeof value === 'string' ? [[op === 'ne' ? 'eq' : op, value]] : [];
}

function compareText(field: Exclude<ResourceField, 'member'>): Compare {
  const { path, folded } = FIELDS[field];
  return (op, value) => ({ [path]: OPERATORS[op](folded ? fold(value) : value) });
}
