import { invalidFilter, quote } from '../messages/scim-error.ts';
import type { Attribute, AttributePath, ResourceSchema } from '../schema/attribute.ts';
import { ENTERPRISE_USER } from '../schema/urns.ts';
import { type FilterNode, type Operator, targetOf } from './ast.ts';
import { createLexer, type Lexer, type Token } from './lexer.ts';
import { type Dialect, readLiteral } from './literal.ts';
import { checkOperator, findOperator } from './operators.ts';

/** Brackets of any kind that may be open at once. */
const DEEPEST_NESTING = 8;

/** What names mean at a place in the filter: the whole resource, or one element of a multi-valued attribute. */
interface Scope {
  find(folded: string): AttributePath | undefined;
  /** Value paths do not nest. */
  readonly element: boolean;
}

interface Parsing {
  readonly lexer: Lexer;
  readonly dialect: Dialect;
  readonly scope: Scope;
  readonly depth: number;
}

/**
 * Parses a filter (RFC 7644 §3.4.2.2) in one pass, at most 8 levels deep. Throws 400 `invalidFilter`, also for unknown attributes
 * and for operators that do not fit the attribute's type.
 */
export function parseFilter(text: string, schema: ResourceSchema, dialect: Dialect): FilterNode {
  const lexer = createLexer(text);
  const find = (folded: string) => schema.paths.get(folded);
  const node = parseOr({ lexer, dialect, scope: { find, element: false }, depth: 0 });
  const rest = lexer.take();
  if (rest.kind !== 'end') throw invalidFilter(`the filter goes on after its end: ${describe(rest)}`);
  return node;
}

/**
 * Parses what stands between the brackets of a value path, up to and with the closing one; the opening one is taken already.
 */
export function parseElementFilter(lexer: Lexer, attribute: Attribute, dialect: Dialect, depth = 1): FilterNode {
  const node = parseOr({ lexer, dialect, scope: elementScope(attribute), depth: checkDepth(depth) });
  expect(lexer, ']');
  return node;
}

/** The `.sub` that may follow the closing bracket of a value path; `refuse` makes the error for one there is not. */
export function takeSubAttribute(lexer: Lexer, attribute: Attribute, refuse = invalidFilter): Attribute | undefined {
  const ahead = lexer.peek();
  if (ahead.kind !== 'word' || !ahead.text.startsWith('.')) return undefined;
  lexer.take();
  const sub = attribute.subAttributes.get(ahead.text.slice(1).toLowerCase());
  if (!sub) throw refuse(`${attribute.label} has no sub-attribute ${quote(ahead.text.slice(1))}`);
  return sub;
}

function elementScope(attribute: Attribute): Scope {
  const find = (folded: string): AttributePath | undefined => {
    const sub = attribute.subAttributes.get(folded);
    if (sub) return { attribute: sub, sub: undefined };
    const isValueOfSimple = folded === 'value' && attribute.type !== 'complex';
    return isValueOfSimple ? { attribute, sub: undefined } : undefined;
  };
  return { find, element: true };
}

function parseOr(parsing: Parsing): FilterNode {
  return parseSeries(parsing, 'or', () => parseSeries(parsing, 'and', () => parseFactor(parsing)));
}

function parseSeries(parsing: Parsing, kind: 'and' | 'or', parseNext: () => FilterNode): FilterNode {
  const first = parseNext();
  if (!isWord(parsing.lexer.peek(), kind)) return first;
  const nodes = [first];
  while (isWord(parsing.lexer.peek(), kind)) {
    parsing.lexer.take();
    nodes.push(parseNext());
  }
  return { kind, nodes };
}

function parseFactor(parsing: Parsing): FilterNode {
  const { lexer } = parsing;
  const token = lexer.take();
  if (token.kind === '(') return parseGroup(parsing);
  if (token.kind !== 'word') throw invalidFilter(`an attribute name is missing: ${describe(token)}`);
  if (isWord(token, 'not')) {
    expect(lexer, '(');
    return { kind: 'not', node: parseGroup(parsing) };
  }
  return parseExpression(parsing, token.text);
}

function parseGroup(parsing: Parsing): FilterNode {
  const node = parseOr({ ...parsing, depth: checkDepth(parsing.depth + 1) });
  expect(parsing.lexer, ')');
  return node;
}

function parseExpression(parsing: Parsing, name: string): FilterNode {
  const { lexer, scope, dialect } = parsing;
  const path = scope.find(name.toLowerCase());
  if (!path) throw invalidFilter(`there is no attribute ${quote(name)}`);
  checkAskable(path.attribute, path.sub);
  if (lexer.peek().kind !== '[') return parseComparison(parsing, path);
  if (scope.element || path.sub) throw invalidFilter(`${quote(name)} takes no filter in brackets`);
  lexer.take();
  const { attribute } = path;
  const filter = parseElementFilter(lexer, attribute, dialect, parsing.depth + 1);
  const sub = takeSubAttribute(lexer, attribute);
  if (!sub) return { kind: 'element', attribute, filter };
  checkAskable(sub);
  const comparison = parseComparison(parsing, { attribute: sub, sub: undefined });
  return { kind: 'element', attribute, filter: { kind: 'and', nodes: [filter, comparison] } };
}

/** Looked up when somebody is shown, and so nowhere to be found. */
const MANAGER_NAME = `${ENTERPRISE_USER}:manager.displayName`;

/** What nobody may read, nobody may guess by asking either. */
function checkAskable(...attributes: readonly (Attribute | undefined)[]): void {
  const untold = attributes.find((attribute) => attribute?.kept === false || attribute?.label === MANAGER_NAME);
  if (untold) throw invalidFilter(`${untold.label} cannot be asked for`);
}

function parseComparison({ lexer, dialect }: Parsing, path: AttributePath): FilterNode {
  const { label } = targetOf(path);
  const token = lexer.take();
  if (token.kind !== 'word') throw invalidFilter(`an operator is missing after ${label}: ${describe(token)}`);
  if (token.text.toLowerCase() === 'pr') return { kind: 'present', path };
  const operator = findOperator(token.text);
  if (!operator) throw invalidFilter(`there is no operator ${quote(token.text)}`);
  return compare(path, operator, lexer.take(), dialect);
}

/** A complex attribute without a sub-attribute is compared by its `value` (RFC 7644 §3.4.2.2). */
function compare(path: AttributePath, operator: Operator, token: Token, dialect: Dialect): FilterNode {
  const { attribute, sub } = path;
  const value = sub ?? attribute.value;
  const target = attribute.type === 'complex' ? value : attribute;
  if (!target) return compareWhole(path, operator, token);
  const literal = readLiteral(target, token, dialect);
  checkOperator(target, operator, literal);
  const resolved: AttributePath = target === attribute ? { attribute, sub: undefined } : { attribute, sub: target };
  return { kind: 'compare', path: resolved, operator, literal };
}

/** Of a complex attribute without a `value` can only be said whether it has any. */
function compareWhole(path: AttributePath, operator: Operator, token: Token): FilterNode {
  const isNull = token.kind === 'word' && token.text.toLowerCase() === 'null';
  if (!isNull || (operator !== 'eq' && operator !== 'ne'))
    throw invalidFilter(`${path.attribute.label} can only be compared by one of its sub-attributes`);
  const present: FilterNode = { kind: 'present', path };
  return operator === 'ne' ? present : { kind: 'not', node: present };
}

function checkDepth(depth: number): number {
  if (depth > DEEPEST_NESTING) throw invalidFilter(`a filter may be at most ${DEEPEST_NESTING} levels deep`);
  return depth;
}

function expect(lexer: Lexer, kind: Token['kind']): void {
  const token = lexer.take();
  if (token.kind !== kind) throw invalidFilter(`${quote(kind)} is missing: ${describe(token)}`);
}

function isWord(token: Token, word: string): boolean {
  return token.kind === 'word' && token.text.toLowerCase() === word;
}

function describe(token: Token): string {
  if (token.kind === 'end') return 'the filter ends there';
  return `found ${quote('text' in token ? token.text : token.kind)}`;
}
