import type { AttributeType } from '../../src/core/scim-schema.ts';
import { invalidFilter, quote } from '../messages/scim-error.ts';
import type { Attribute } from '../schema/attribute.ts';
import { readInstant } from '../schema/instant.ts';
import type { Literal } from './ast.ts';
import type { Token } from './lexer.ts';

/** How a connection is spoken to: `compat` takes what real providers send, `strict` what the RFC says. */
export type Dialect = 'compat' | 'strict';

type Given = { readonly text: string; readonly quoted: boolean };

const JSON_WORDS: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);
const KEYWORDS: ReadonlySet<string> = new Set(['and', 'or', 'not']);
const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/**
 * Turns a token into a literal of the attribute's type. Throws 400 `invalidFilter` when it is none.
 *
 * In `compat`, a bare word is text ("externalId eq jyoung") and a quoted "True" a boolean.
 */
export function readLiteral(attribute: Attribute, token: Token, dialect: Dialect): Literal {
  if (token.kind !== 'word' && token.kind !== 'string')
    throw invalidFilter(`a value to compare ${attribute.label} with is missing`);
  const given: Given = { text: token.text, quoted: token.kind === 'string' };
  if (!given.quoted) {
    if (KEYWORDS.has(given.text.toLowerCase()))
      throw invalidFilter(`a value to compare ${attribute.label} with is missing before ${quote(given.text)}`);
    if (given.text.toLowerCase() === 'null') return null;
    if (dialect === 'strict' && !isJsonValue(given.text)) throw invalidFilter(`${quote(given.text)} must be quoted`);
  }
  const literal = TYPED[attribute.type](given);
  if (literal === undefined) throw invalidFilter(`${attribute.label} cannot be compared with ${quote(given.text)}`);
  return literal;
}

function isJsonValue(text: string): boolean {
  return JSON_WORDS.has(text) || NUMBER.test(text);
}

type Typing = (given: Given) => Literal | undefined;

const text: Typing = (given) =>
  given.quoted || typeof JSON_WORDS.get(given.text.toLowerCase()) !== 'boolean' ? given.text : undefined;
const number: Typing = (given) => {
  const value = NUMBER.test(given.text) ? Number(given.text) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
};

const TYPED: Readonly<Record<AttributeType, Typing>> = {
  string: text,
  reference: text,
  binary: text,
  boolean: (given) => JSON_WORDS.get(given.text.toLowerCase()) ?? undefined,
  integer: number,
  decimal: number,
  dateTime: (given) => readInstant(given.text),
  complex: () => undefined,
};
