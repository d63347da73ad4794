import type { Comparison, UserField } from '../../src/ports/condition.ts';
import type { Attribute } from '../schema/attribute.ts';
import { type FilterNode, type Operator, targetOf } from './ast.ts';

/** A condition over the indexed fields of people, or of whatever else a store keeps. */
export type ConditionOn<Field> =
  | { readonly field: Field; readonly op: Comparison; readonly value: string | boolean | null }
  | { readonly and: readonly ConditionOn<Field>[] }
  | { readonly or: readonly ConditionOn<Field>[] }
  | { readonly not: ConditionOn<Field> };

/** The indexed fields, by the label of the attribute that each stands for. */
export type IndexedFields<Field> = ReadonlyMap<string, Field>;

/** What the store can do for a filter. Without a condition it must look at everybody. */
export interface Narrowing<Field> {
  readonly condition: ConditionOn<Field> | undefined;
  /** Whether the condition selects exactly what the filter does; otherwise it selects more, and the filter decides. */
  readonly exact: boolean;
}

const NOTHING = { condition: undefined, exact: false } as const;

/** What people are indexed by. */
export const USER_FIELDS: IndexedFields<UserField> = new Map([
  ['id', 'scimId'],
  ['userName', 'userName'],
  ['externalId', 'externalId'],
  ['active', 'active'],
  ['emails.value', 'emails'],
  ['displayName', 'displayName'],
  ['name.familyName', 'familyName'],
  ['name.givenName', 'givenName'],
  ['meta.created', 'created'],
  ['meta.lastModified', 'lastModified'],
]);

/**
 * Says as much of a filter as possible in terms of indexed fields.
 *
 * The condition never selects less than the filter, so that the filter as predicate may decide among what it selects.
 */
export function narrow<Field>(node: FilterNode, fields: IndexedFields<Field>): Narrowing<Field> {
  switch (node.kind) {
    case 'and':
      return narrowAll(node.nodes, fields);
    case 'or':
      return narrowAny(node.nodes, fields);
    case 'not':
      return narrowNot(node.node, fields);
    case 'element':
      return narrowElement(node.attribute, node.filter, fields);
    case 'present':
      return narrowTo(fields.get(targetOf(node.path).label), 'pr', null);
    case 'compare':
      return narrowComparison(node, fields);
  }
}

function narrowAll<Field>(nodes: readonly FilterNode[], fields: IndexedFields<Field>): Narrowing<Field> {
  const parts = nodes.map((node) => narrow(node, fields));
  const and = parts.map(({ condition }) => condition).filter((condition) => condition !== undefined);
  if (and.length === 0) return NOTHING;
  return { condition: and.length === 1 ? and[0] : { and }, exact: parts.every(({ exact }) => exact) };
}

function narrowAny<Field>(nodes: readonly FilterNode[], fields: IndexedFields<Field>): Narrowing<Field> {
  const parts = nodes.map((node) => narrow(node, fields));
  const or = parts.map(({ condition }) => condition).filter((condition) => condition !== undefined);
  return or.length < parts.length ? NOTHING : { condition: { or }, exact: parts.every(({ exact }) => exact) };
}

/** The opposite of "more than asked" is "less than asked", which will not do. */
function narrowNot<Field>(node: FilterNode, fields: IndexedFields<Field>): Narrowing<Field> {
  const { condition, exact } = narrow(node, fields);
  return condition && exact ? { condition: { not: condition }, exact } : NOTHING;
}

/** Who has an element that satisfies several terms also has elements that satisfy each of them. */
function narrowElement<Field>(
  attribute: Attribute,
  filter: FilterNode,
  fields: IndexedFields<Field>,
): Narrowing<Field> {
  if (filter.kind === 'and') {
    const terms = filter.nodes.map((term) => ({ kind: 'element', attribute, filter: term }) as const);
    const { condition } = narrowAll(terms, fields);
    return { condition, exact: false };
  }
  if (filter.kind !== 'compare' || filter.operator === 'ne' || filter.literal === null) return NOTHING;
  return narrow({ ...filter, path: { attribute, sub: filter.path.attribute } }, fields);
}

function narrowComparison<Field>(
  { path, operator, literal }: Extract<FilterNode, { kind: 'compare' }>,
  fields: IndexedFields<Field>,
): Narrowing<Field> {
  const target = targetOf(path);
  const field = fields.get(target.label);
  if (field === undefined) return NOTHING;
  if (literal === null) {
    const present = narrowTo(field, 'pr', null);
    return operator === 'ne' || !present.condition ? present : { condition: { not: present.condition }, exact: true };
  }
  if (target.type === 'dateTime') return narrowInstant(field, operator, Number(literal));
  if (operator === 'ew') return { ...narrowTo(field, 'co', literal), exact: false };
  return narrowTo(field, operator, literal);
}

/**
 * Stored instants have milliseconds. One asked for in finer units lies between two of them: nothing equals it, and "before" and
 * "up to" mean the same.
 */
function narrowInstant<Field>(field: Field, operator: Operator, instant: number): Narrowing<Field> {
  const whole = Math.floor(instant);
  const finer = whole !== instant;
  if (finer && (operator === 'eq' || operator === 'ne')) return NOTHING;
  const asked = (finer && FINER.get(operator)) || operator;
  const text = new Date(whole).toISOString();
  return asked === 'ew' || text.length !== STORED_LENGTH ? NOTHING : narrowTo(field, asked, text);
}

/** Timestamps are compared as text, which orders the years 0000 to 9999. */
const STORED_LENGTH = '0000-00-00T00:00:00.000Z'.length;

const FINER: ReadonlyMap<Operator, Comparison> = new Map([
  ['gt', 'gt'],
  ['ge', 'gt'],
  ['lt', 'le'],
  ['le', 'le'],
]);

function narrowTo<Field>(
  field: Field | undefined,
  op: Comparison,
  value: string | boolean | null | number,
): Narrowing<Field> {
  if (field === undefined || typeof value === 'number') return NOTHING;
  return { condition: { field, op, value }, exact: true };
}
