import { createLexer } from '../filter/lexer.ts';
import type { Dialect } from '../filter/literal.ts';
import { parseElementFilter, takeSubAttribute } from '../filter/parse.ts';
import { invalidPath, quote } from '../messages/scim-error.ts';
import type { ResourceSchema, SchemaPart } from '../schema/attribute.ts';
import type { Target } from './intent.ts';

/** What a path names: part of an attribute, a whole schema, or something that is taken and thrown away. */
export type PatchPath = Target | SchemaPart | 'ignored';

export function isSchemaPart(path: PatchPath): path is SchemaPart {
  return path !== 'ignored' && 'urn' in path;
}

/**
 * Resolves a PATCH path (RFC 7644 §3.5.2) in any of the forms providers send: `a`, `a.b`, `a[filter]`, `a[filter].b`, `URN:a`,
 * `URN.a`, `URN`, bare extension names; undefined when the schema knows no such attribute.
 *
 * Throws 400 `invalidPath` or `invalidFilter` for text that is no path.
 */
export function parsePath(text: string, schema: ResourceSchema, dialect: Dialect): PatchPath | undefined {
  const folded = text.trim().toLowerCase();
  const plain = schema.paths.get(folded);
  if (plain) return { ...plain, filter: undefined };
  if (schema.ignored.has(folded)) return 'ignored';
  return schema.parts.get(folded) ?? parseValuePath(text, schema, dialect);
}

function parseValuePath(text: string, schema: ResourceSchema, dialect: Dialect): Target | undefined {
  const lexer = createLexer(text);
  const name = lexer.take();
  if (name.kind !== 'word') throw invalidPath(`${quote(text)} does not begin with an attribute name`);
  const next = lexer.take();
  const path = schema.paths.get(name.text.toLowerCase());
  if (next.kind === 'end') return undefined;
  if (next.kind !== '[') throw invalidPath(`${quote(text)} is no path`);
  if (!path) return undefined;
  if (path.sub) throw invalidPath(`${quote(name.text)} takes no filter in brackets`);
  const filter = parseElementFilter(lexer, path.attribute, dialect);
  const sub = takeSubAttribute(lexer, path.attribute, invalidPath);
  if (lexer.take().kind !== 'end') throw invalidPath(`${quote(text)} goes on after the end of the path`);
  return { attribute: path.attribute, filter, sub };
}
