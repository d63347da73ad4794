import { parseJson } from '../messages/parse-json.ts';
import { invalidFilter } from '../messages/scim-error.ts';

export type Token =
  | { readonly kind: '(' | ')' | '[' | ']' | 'end' }
  | { readonly kind: 'word' | 'string'; readonly text: string };

/** Longest filter, or path with a filter, in characters. */
export const LONGEST_FILTER = 4096;

/** Reads tokens from left to right, each character once or twice whatever the input. */
export interface Lexer {
  /** The token ahead; stays until `take`. */
  peek(): Token;
  take(): Token;
}

const END: Token = { kind: 'end' };
const BRACKETS: ReadonlyMap<string, Token> = new Map([
  ['(', { kind: '(' }],
  [')', { kind: ')' }],
  ['[', { kind: '[' }],
  [']', { kind: ']' }],
]);
const SPACES: ReadonlySet<string> = new Set([' ', '\t', '\n', '\r']);

/** Opens a lexer on filter text. Throws 400 `invalidFilter` for text that is too long or not well-formed. */
export function createLexer(text: string): Lexer {
  if (text.length > LONGEST_FILTER) throw invalidFilter(`a filter may have at most ${LONGEST_FILTER} characters`);
  if (!isClean(text)) throw invalidFilter('a filter must be well-formed text without NUL');
  let at = 0;
  let ahead: Token | undefined;

  const read = (): Token => {
    while (SPACES.has(text[at] ?? '')) at++;
    const character = text[at];
    if (character === undefined) return END;
    const start = at;
    const bracket = BRACKETS.get(character);
    if (bracket) {
      at++;
      return bracket;
    }
    at = character === '"' ? endOfString(text, start) : endOfWord(text, start);
    const lexeme = text.slice(start, at);
    return character === '"' ? { kind: 'string', text: unquoted(lexeme) } : { kind: 'word', text: lexeme };
  };

  const peek = (): Token => {
    ahead ??= read();
    return ahead;
  };
  const take = (): Token => {
    const token = peek();
    ahead = undefined;
    return token;
  };
  return { peek, take };
}

/** Text that every store and every client keeps as it is. */
export function isClean(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at + 1;
  }
  throw invalidFilter('the filter ends inside a quoted string');
}

function endOfWord(text: string, start: number): number {
  let at = start;
  for (; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character === '"' || SPACES.has(character) || BRACKETS.has(character)) break;
  }
  return at;
}

/** Quoted strings are JSON strings (RFC 7644 §3.4.2.2). */
function unquoted(lexeme: string): string {
  if (!lexeme.includes('\\')) return lexeme.slice(1, -1);
  const text = parseJson(lexeme);
  if (typeof text !== 'string' || !isClean(text))
    throw invalidFilter('a quoted string has an escape JSON does not know');
  return text;
}
