import { isList, isObject, type Json, type JsonObject } from '../../src/core/json.ts';
import { invalidValue } from '../messages/scim-error.ts';
import type { Attribute } from './attribute.ts';
import { MOST_ELEMENTS, tidyElements } from './elements.ts';
import { readInstant } from './instant.ts';

/** A complex value as sent: canonical names, `null` for a sub-attribute that shall have no value. */
export interface Parts {
  readonly [subName: string]: Json;
}

/**
 * Turns what a client sent for an attribute into its canonical value; null = no value.
 *
 * Accepts the dialects of real providers: another case of names, one object for a list, a list of one for a single value, text for a
 * complex value, "True" for a boolean. Throws 400 `invalidValue` for anything else; read-only and unknown sub-attributes are dropped.
 */
export function readValue(attribute: Attribute, sent: Json): Json {
  if (attribute.multiValued) return emptyToNull(readElements(attribute, sent));
  return attribute.type === 'complex' ? joinParts({}, readParts(attribute, sent)) : readSingle(attribute, sent);
}

/**
 * The elements a client sent for a multi-valued attribute, tidied. Throws 400 `invalidValue`, also when two are primary, or when they
 * are too many: only members, who are no part of a document, may be as many as a body holds.
 */
export function readElements(attribute: Attribute, sent: Json): readonly Json[] {
  if (isUnassigned(sent)) return [];
  const list = isList(sent) ? sent : [sent];
  if (list.length > MOST_ELEMENTS && attribute.place !== 'members')
    throw invalidValue(`${attribute.label} may have at most ${MOST_ELEMENTS} values, not ${list.length}`);
  const elements = list.map((element) => readElement(attribute, element)).filter((element) => element !== null);
  return tidyElements(attribute, elements);
}

/** One element of a multi-valued attribute; null when it says nothing. */
export function readElement(attribute: Attribute, sent: Json): Json {
  if (isList(sent)) throw invalidValue(`a value of ${attribute.label} cannot be a list`);
  return attribute.type === 'complex' ? joinParts({}, readParts(attribute, sent)) : readSingle(attribute, sent);
}

/** What a client sent for a complex attribute or element, sub-attribute by sub-attribute. */
export function readParts(attribute: Attribute, sent: Json): Parts {
  const value = unwrapped(attribute, sent);
  if (isObject(value)) return readObject(attribute, value);
  if (value === null) return noParts(attribute);
  if (attribute.value === undefined || isList(value))
    throw invalidValue(`${attribute.label} must be an object of its sub-attributes`);
  return { [attribute.value.name]: readSingle(attribute.value, value) };
}

function noParts({ subAttributes }: Attribute): Parts {
  return Object.fromEntries(Array.from(subAttributes.values(), ({ name }) => [name, null]));
}

/** Puts parts over a former complex value; null when nothing is left. */
export function joinParts(former: JsonObject, parts: Parts): JsonObject | null {
  const joined: { [name: string]: Json } = { ...former };
  for (const name in parts) {
    const value = parts[name];
    if (value === null || value === undefined) delete joined[name];
    else joined[name] = value;
  }
  return Object.keys(joined).length === 0 ? null : joined;
}

/** A single, simple value (also of a sub-attribute); null = no value. */
export function readSingle(attribute: Attribute, sent: Json): Json {
  const unlisted = unwrapped(attribute, sent);
  const value = isObject(unlisted) && Object.hasOwn(unlisted, 'value') ? (unlisted.value ?? null) : unlisted;
  if (isUnassigned(value)) return null;
  const read = READERS[attribute.type](value);
  if (read === undefined) throw invalidValue(`${attribute.label} must be ${EXPECTED[attribute.type]}`);
  return read;
}

/** The content of an extension, empty when it has none; a list of one is taken for that one. Throws 400 `invalidValue`. */
export function readExtension(urn: string, sent: Json | undefined): JsonObject {
  const content = isList(sent) && sent.length === 1 ? sent[0] : sent;
  if (isObject(content)) return content;
  if (content !== undefined && isUnassigned(content)) return {};
  throw invalidValue(`the value of ${urn} must be an object of its attributes`);
}

/** RFC 7643 §2.5: null, an empty list and absence are one state; "" is what some clients send for it. */
export function isUnassigned(sent: Json): boolean {
  return sent === null || sent === '' || (isList(sent) && sent.length === 0);
}

function readObject(attribute: Attribute, value: JsonObject): Parts {
  const parts: { [name: string]: Json } = {};
  for (const name of Object.keys(value)) {
    const sub = attribute.subAttributes.get(name.toLowerCase());
    if (!sub || sub.mutability === 'readOnly') continue;
    const part = readSub(sub, value[name] ?? null);
    if (sub.kept) parts[sub.name] = part;
  }
  return parts;
}

function readSub(sub: Attribute, sent: Json): Json {
  return sub.multiValued ? emptyToNull(readElements(sub, sent)) : readSingle(sub, sent);
}

function unwrapped(attribute: Attribute, sent: Json): Json {
  if (!isList(sent)) return sent === '' ? null : sent;
  if (sent.length > 1) throw invalidValue(`${attribute.label} takes one value, not ${sent.length}`);
  return sent[0] ?? null;
}

function emptyToNull(elements: readonly Json[]): Json {
  return elements.length === 0 ? null : elements;
}

type SimpleReader = (value: Json) => Json | undefined;

const text: SimpleReader = (value) =>
  typeof value === 'string' && value.isWellFormed() && !value.includes('\0') ? value : undefined;

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);

const READERS: Readonly<Record<Attribute['type'], SimpleReader>> = {
  string: text,
  reference: text,
  boolean: (value) => (typeof value === 'string' ? BOOLEANS.get(value.toLowerCase()) : booleanOnly(value)),
  integer: (value) => (Number.isSafeInteger(value) ? value : undefined),
  decimal: (value) => (Number.isFinite(value) ? value : undefined),
  dateTime: (value) => (typeof value === 'string' && readInstant(value) !== undefined ? value : undefined),
  binary: (value) => (typeof value === 'string' && isBase64(value) ? value : undefined),
  complex: () => undefined,
};

/** RFC 4648 §4 or §5, broken into lines or not, padded or not: a last digit alone stands for less than a byte. */
function isBase64(text: string): boolean {
  const digits = text.replace(/\s+/g, '').replace(/={1,2}$/, '');
  return /^[A-Za-z0-9+/_-]*$/.test(digits) && digits.length % 4 !== 1;
}

const EXPECTED: Readonly<Record<Attribute['type'], string>> = {
  string: 'text (well-formed Unicode without NUL)',
  reference: 'a URI as text',
  boolean: 'true or false',
  integer: 'a whole number',
  decimal: 'a number',
  dateTime: 'a date and time (RFC 3339)',
  binary: 'base64 text',
  complex: 'an object',
};

function booleanOnly(value: Json): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}
