import { isList, isObject, type Json, type JsonObject } from '../../src/core/json.ts';
import type { Dialect } from '../filter/literal.ts';
import { invalidPath, invalidValue, mutability, quote } from '../messages/scim-error.ts';
import type { Attribute, ResourceSchema, SchemaPart } from '../schema/attribute.ts';
import { refuseUnknownSchema } from '../schema/check-schemas.ts';
import { isUnknownExtension } from '../schema/read-resource.ts';
import {
  isUnassigned,
  readElement,
  readElements,
  readExtension,
  readParts,
  readSingle,
  readValue,
} from '../schema/read-value.ts';
import { isBlank } from '../schema/required.ts';
import type { Intent, Target } from './intent.ts';
import { isSchemaPart, parsePath } from './parse-path.ts';

export type Op = 'add' | 'replace' | 'remove';

/** The steps of an operation with a path. Throws 400 `invalidPath` when the schema knows no such attribute. */
export function pathIntents(
  op: Op,
  text: string,
  value: Json | undefined,
  schema: ResourceSchema,
  dialect: Dialect,
): readonly Intent[] {
  const path = parsePath(text, schema, dialect);
  if (path === undefined) throw invalidPath(`there is no attribute ${quote(text)}`);
  if (path === 'ignored') return [];
  if (isSchemaPart(path)) return partIntents(op, path, value, schema, dialect);
  if (path.attribute.place === 'schemas') return [];
  const attribute = path.sub ?? path.attribute;
  if (path.attribute.mutability === 'readOnly' || attribute.mutability === 'readOnly')
    throw mutability(`${attribute.label} is read-only`);
  if (op === 'remove') return kept(path, removal(path, value));
  if (value === undefined) throw invalidValue(`${op} of ${attribute.label} needs a value`);
  return kept(path, assignment(op, path, value));
}

/**
 * The steps of an object of attributes: its names are paths too. What is unknown or read-only is passed over, as in a PUT.
 */
export function valueIntents(
  op: Exclude<Op, 'remove'>,
  members: JsonObject,
  schema: ResourceSchema,
  dialect: Dialect,
): readonly Intent[] {
  return Object.keys(members).flatMap((name) => memberIntents(op, name, members[name] ?? null, schema, dialect));
}

function memberIntents(
  op: Exclude<Op, 'remove'>,
  name: string,
  value: Json,
  schema: ResourceSchema,
  dialect: Dialect,
): readonly Intent[] {
  const path = parsePath(name, schema, dialect);
  if (path === undefined) {
    if (dialect === 'strict' && name.toLowerCase().startsWith('urn:')) refuseUnknownSchema(schema, name);
    return isUnknownExtension(schema, name, value) ? [{ kind: 'keep', urn: name, content: value }] : [];
  }
  if (path === 'ignored') return [];
  if (isSchemaPart(path)) return partIntents(op, path, value, schema, dialect);
  if (path.attribute.place === 'id') return [{ kind: 'same-id', id: value }];
  if ((path.sub ?? path.attribute).mutability === 'readOnly' || path.attribute.mutability === 'readOnly') return [];
  return kept(path, assignment(op, path, value));
}

/** A path that is a schema's URN stands for all its attributes (normally an extension's). */
function partIntents(
  op: Op,
  part: SchemaPart,
  value: Json | undefined,
  schema: ResourceSchema,
  dialect: Dialect,
): readonly Intent[] {
  if (op === 'remove' || (value !== undefined && isUnassigned(value))) {
    if (part.core) throw mutability(`${part.urn} cannot be removed`);
    return part.attributes
      .filter(isRemovable)
      .map((attribute) => ({ kind: 'remove', target: wholly(attribute), listed: undefined }));
  }
  const content = readExtension(part.urn, value);
  const qualified = Object.entries(content).map(([name, member]) => [`${part.urn}:${name}`, member] as const);
  return qualified.flatMap(([name, member]) => memberIntents(op, name, member, schema, dialect));
}

/** What is not kept is checked, and then nothing happens. */
function kept({ attribute, sub }: Target, intent: Intent): readonly Intent[] {
  return attribute.kept && sub?.kept !== false ? [intent] : [];
}

/** With its whole extension, a required attribute may go; whether the extension may is seen at the end. */
function isRemovable({ mutability: kind, kept: isKept }: Attribute): boolean {
  return kind !== 'readOnly' && isKept;
}

function wholly(attribute: Attribute): Target {
  return { attribute, filter: undefined, sub: undefined };
}

function removal(target: Target, value: Json | undefined): Intent {
  const { attribute, filter, sub } = target;
  if (attribute.required && !sub) throw mutability(`${attribute.label} is required and cannot be removed`);
  const lists = attribute.multiValued && !filter && !sub && value !== undefined && value !== null && value !== '';
  return { kind: 'remove', target, listed: lists ? readListed(attribute, value) : undefined };
}

function readListed(attribute: Attribute, value: Json): readonly Json[] {
  const list = isList(value) ? value : [value];
  return list.map((element) => readElement(attribute, element)).filter((element) => element !== null);
}

function assignment(op: Exclude<Op, 'remove'>, target: Target, value: Json): Intent {
  const { attribute, filter, sub } = target;
  if (sub) return { kind: 'set', target, value: readValue(sub, value) };
  if (filter) return elementAssignment(op, target, value);
  if (attribute.multiValued) return listAssignment(op, target, value);
  if (attribute.type === 'complex') return { kind: 'merge', target, parts: readParts(attribute, value) };
  const single = readSingle(attribute, value);
  if (attribute.required && isBlank(single)) throw invalidValue(`${attribute.label} is required and must not be empty`);
  return { kind: 'set', target, value: single };
}

/** A value path without sub-attribute: replace puts the element anew, add completes it (RFC 7644 §3.5.2.1, §3.5.2.3). */
function elementAssignment(op: Op, target: Target, value: Json): Intent {
  const { attribute } = target;
  if (isUnassigned(value)) return { kind: 'remove', target, listed: undefined };
  if (attribute.type !== 'complex') return { kind: 'set', target, value: readSingle(attribute, value) };
  return { kind: 'change', target, parts: readParts(attribute, value), whole: op === 'replace' && isElement(value) };
}

/** Adding nothing changes nothing, and neither does replacing by objects that say nothing; replacing by null or [] removes. */
function listAssignment(op: Op, target: Target, value: Json): Intent {
  const elements = readElements(target.attribute, value);
  return { kind: op === 'add' || saysNothing(value) ? 'append' : 'replace', target, elements };
}

function isElement(value: Json): boolean {
  return isObject(value) || (isList(value) && isObject(value[0]));
}

function saysNothing(value: Json): boolean {
  const elements = isList(value) ? value : [value];
  return elements.length > 0 && elements.every((element) => isObject(element) && Object.keys(element).length === 0);
}
