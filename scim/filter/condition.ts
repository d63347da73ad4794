import type { Comparison, Condition, UserField } from '../../src/ports/condition.ts';
import type { Attribute } from '../schema/attribute.ts';
import { type FilterNode, type Operator, targetOf } from './ast.ts';

/** What the store can do for a filter. Without a condition it must look at everybody. */
export interface Narrowing {
  readonly condition: Condition | undefined;
  /** Whether the condition selects exactly what the filter does; otherwise it selects more, and the filter decides. */
  readonly exact: boolean;
}

const NOTHING: Narrowing = { condition: undefined, exact: false };

const FIELDS: ReadonlyMap<string, UserField> = new Map([
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
export function narrow(node: FilterNode): Narrowing {
  switch (node.kind) {
    case 'and':
      return narrowAll(node.nodes);
    case 'or':
      return narrowAny(node.nodes);
    case 'not':
      return narrowNot(node.node);
    case 'element':
      return narrowElement(node.attribute, node.filter);
    case 'present':
      return narrowTo(FIELDS.get(targetOf(node.path).label), 'pr', null);
    case 'compare':
      return narrowComparison(node);
  }
}

function narrowAll(nodes: readonly FilterNode[]): Narrowing {
  const parts = nodes.map(narrow);
  const and = parts.map(({ condition }) => condition).filter((condition) => condition !== undefined);
  if (and.length === 0) return NOTHING;
  return { condition: and.length === 1 ? and[0] : { and }, exact: parts.every(({ exact }) => exact) };
}

function narrowAny(nodes: readonly FilterNode[]): Narrowing {
  const parts = nodes.map(narrow);
  const or = parts.map(({ condition }) => condition).filter((condition) => condition !== undefined);
  return or.length < parts.length ? NOTHING : { condition: { or }, exact: parts.every(({ exact }) => exact) };
}

/** The opposite of "more than asked" is "less than asked", which will not do. */
function narrowNot(node: FilterNode): Narrowing {
  const { condition, exact } = narrow(node);
  return condition && exact ? { condition: { not: condition }, exact } : NOTHING;
}

/** Who has an element that satisfies several terms also has elements that satisfy each of them. */
function narrowElement(attribute: Attribute, filter: FilterNode): Narrowing {
  if (filter.kind === 'and') {
    const { condition } = narrowAll(filter.nodes.map((term) => ({ kind: 'element', attribute, filter: term })));
    return { condition, exact: false };
  }
  if (filter.kind !== 'compare' || filter.operator === 'ne' || filter.literal === null) return NOTHING;
  return narrow({ ...filter, path: { attribute, sub: filter.path.attribute } });
}

function narrowComparison({ path, operator, literal }: Extract<FilterNode, { kind: 'compare' }>): Narrowing {
  const target = targetOf(path);
  const field = FIELDS.get(target.label);
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
function narrowInstant(field: UserField, operator: Operator, instant: number): Narrowing {
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

function narrowTo(field: UserField | undefined, op: Comparison, value: string | boolean | null | number): Narrowing {
  if (field === undefined || typeof value === 'number') return NOTHING;
  return { condition: { field, op, value }, exact: true };
}
