import { compareText } from '../../src/core/compare-text.ts';
import { fold } from '../../src/core/fold.ts';
import type { Json } from '../../src/core/json.ts';
import type { AttributeType } from '../../src/core/scim-schema.ts';
import { invalidFilter } from '../messages/scim-error.ts';
import type { Attribute } from '../schema/attribute.ts';
import { readInstant } from '../schema/instant.ts';
import type { Literal, Operator, Ordering, TextMatch } from './ast.ts';

const EQUALITY = ['eq', 'ne'] as const;
const ORDERINGS: readonly Ordering[] = ['gt', 'ge', 'lt', 'le'];
const TEXT_MATCHES: readonly TextMatch[] = ['co', 'sw', 'ew'];

/** What may be asked of which type (RFC 7644 §3.4.2.2): no order among booleans and binaries, no parts of numbers and dates. */
const ALLOWED: Readonly<Record<AttributeType, ReadonlySet<string>>> = {
  string: new Set([...EQUALITY, ...ORDERINGS, ...TEXT_MATCHES]),
  reference: new Set([...EQUALITY, ...ORDERINGS, ...TEXT_MATCHES]),
  binary: new Set([...EQUALITY, ...TEXT_MATCHES]),
  boolean: new Set(EQUALITY),
  integer: new Set([...EQUALITY, ...ORDERINGS]),
  decimal: new Set([...EQUALITY, ...ORDERINGS]),
  dateTime: new Set([...EQUALITY, ...ORDERINGS]),
  complex: new Set(),
};
const OPERATORS: ReadonlyMap<string, Operator> = new Map(
  [...EQUALITY, ...ORDERINGS, ...TEXT_MATCHES].map((operator) => [operator, operator]),
);

/** The operator of that name, in any case; undefined when there is none. */
export function findOperator(name: string): Operator | undefined {
  return OPERATORS.get(name.toLowerCase());
}

/** Throws 400 `invalidFilter` when the operator makes no sense for the attribute or for "no value". */
export function checkOperator(attribute: Attribute, operator: Operator, literal: Literal): void {
  const allowed = ALLOWED[attribute.type].has(operator) && (literal !== null || operator === 'eq' || operator === 'ne');
  if (!allowed) throw invalidFilter(`${operator} cannot be used with ${attribute.label}`);
}

type Test = (value: Json) => boolean;

/**
 * The test one value must pass. `ne` is tested as `eq`, for the caller to negate over all values; comparing with null is not
 * for here either.
 */
export function valueTest(attribute: Attribute, operator: Operator, literal: Literal): Test {
  const asked = operator === 'ne' ? 'eq' : operator;
  if (attribute.type === 'dateTime') return orderTest(asked, literal, (value) => readInstant(String(value)));
  if (typeof literal !== 'string') return orderTest(asked, literal, (value) => value);
  const prepare = attribute.caseExact ? (text: string) => text : fold;
  const test = TEXT_TESTS[asked];
  const expected = prepare(literal);
  return (value) => typeof value === 'string' && test(prepare(value), expected);
}

const TEXT_TESTS: Readonly<Record<Exclude<Operator, 'ne'>, (text: string, expected: string) => boolean>> = {
  eq: (text, expected) => text === expected,
  co: (text, expected) => text.includes(expected),
  sw: (text, expected) => text.startsWith(expected),
  ew: (text, expected) => text.endsWith(expected),
  gt: (text, expected) => compareText(text, expected) > 0,
  ge: (text, expected) => compareText(text, expected) >= 0,
  lt: (text, expected) => compareText(text, expected) < 0,
  le: (text, expected) => compareText(text, expected) <= 0,
};

const ORDER_TESTS: ReadonlyMap<Operator, (left: number, right: number) => boolean> = new Map([
  ['gt', (left, right) => left > right],
  ['ge', (left, right) => left >= right],
  ['lt', (left, right) => left < right],
  ['le', (left, right) => left <= right],
]);

function orderTest(operator: Operator, literal: Literal, read: (value: Json) => Json | undefined): Test {
  const test = ORDER_TESTS.get(operator);
  if (!test) return (value) => read(value) === literal;
  return (value) => {
    const known = read(value);
    return typeof known === 'number' && typeof literal === 'number' && test(known, literal);
  };
}
