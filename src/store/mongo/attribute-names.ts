import type { Json, JsonObject } from '../../core/json.ts';

/** What was met while encoding: only a body with escapes needs to be searched for them when it is read. */
export interface Notes {
  escaped: boolean;
}

/** Names a document cannot carry as they are: empty, with `$`, `.`, NUL or half a surrogate pair, and our own escapes. */
const UNSAFE_NAME = /^$|^__proto__$|[$.%\0]|\p{Surrogate}/u;
/** What nearly every name is; tested first, for being cheap. */
const PLAIN_NAME = /^[a-z][\w-]*$/i;
const UNSAFE_CHARACTER = /[$.%\0]|\p{Surrogate}/gu;
const ESCAPE = /%([0-9a-f]{4})/g;
/** The only name in an object that stands for a text which is not well-formed Unicode. */
const TEXT = '%text';

/** The name as a document may carry it; an escaped one begins with `%`, which no other does. */
export function encodeName(name: string, notes: Notes): string {
  if (PLAIN_NAME.test(name) || !UNSAFE_NAME.test(name)) return name;
  notes.escaped = true;
  return escapeText(name);
}

export function decodeName(name: string): string {
  return name.startsWith('%') ? unescapeText(name) : name;
}

/** The value, or a copy of it, that BSON gives back as it was, whatever names and texts are in it. */
export function encodeValue(value: unknown, notes: Notes): unknown {
  return isPlain(value) ? value : escapedCopy(value, notes);
}

function isPlain(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return value !== undefined;
  if (Array.isArray(value)) return value.every(isPlain);
  for (const name in value)
    if (!PLAIN_NAME.test(name) || !isPlain((value as { readonly [name: string]: unknown })[name])) return false;
  return true;
}

function escapedCopy(value: unknown, notes: Notes): unknown {
  if (typeof value === 'string') return encodeText(value, notes);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => escapedCopy(item, notes));
  const encoded: { [name: string]: unknown } = {};
  for (const name of Object.keys(value)) {
    const item = (value as { readonly [name: string]: unknown })[name];
    if (item !== undefined) encoded[encodeName(name, notes)] = escapedCopy(item, notes);
  }
  return encoded;
}

export function decodeValue(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(decodeValue);
  const names = Object.keys(value);
  const object = value as JsonObject;
  const text = names.length === 1 ? object[TEXT] : undefined;
  if (typeof text === 'string') return unescapeText(text);
  const decoded = {};
  for (const name of names) setOwn(decoded, decodeName(name), decodeValue(object[name] ?? null));
  return decoded;
}

/** Sets a property of any name, `__proto__` too, on the object itself. */
export function setOwn(target: object, name: string, value: unknown): void {
  if (name !== '__proto__') (target as { [name: string]: unknown })[name] = value;
  else Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}

function encodeText(text: string, notes: Notes): unknown {
  if (text.isWellFormed()) return text;
  notes.escaped = true;
  return { [TEXT]: escapeText(text) };
}

function escapeText(text: string): string {
  return `%${text.replace(UNSAFE_CHARACTER, (one) => `%${one.charCodeAt(0).toString(16).padStart(4, '0')}`)}`;
}

function unescapeText(text: string): string {
  return text.slice(1).replace(ESCAPE, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
