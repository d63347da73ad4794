import { isObject, type Json, type JsonObject } from '../../src/core/json.ts';
import type { Attributes } from '../../src/core/user.ts';
import type { Dialect } from '../filter/literal.ts';
import type { Attribute, AttributePath, ResourceSchema, SchemaPart } from './attribute.ts';
import { checkSchemas } from './check-schemas.ts';
import { opaqueText } from './opaque-text.ts';
import { readElements, readExtension, readSingle, readValue } from './read-value.ts';
import { requireWhole } from './required.ts';

/** What the body of a POST or PUT says, in canonical form: a ScimAssertion, the members of a group, and the id it names. */
export interface ReadResource {
  readonly attributes: Attributes;
  readonly externalId: string | null | undefined;
  readonly active: boolean | undefined;
  readonly opaque: string | undefined;
  /** Groups only; undefined: not mentioned. */
  readonly members: readonly Json[] | undefined;
  /** Sent by clients that echo what they read; anything but the resource's own id is a mistake. */
  readonly id: string | undefined;
}

interface Draft {
  readonly attributes: { [name: string]: Json };
  readonly unknown: [string, JsonObject][];
  /** Attributes whose values were taken and thrown away. */
  readonly unkept: Set<Attribute>;
  externalId: string | null | undefined;
  active: boolean | undefined;
  members: readonly Json[] | undefined;
  id: string | undefined;
}

/**
 * Reads a resource sent whole. Read-only, ignored and unknown attributes are passed over; objects under an unknown URN are kept
 * as opaque text, or refused in the strict dialect. Throws 400 `invalidValue` for a value of the wrong type, for a required attribute
 * without a value and for a required extension that is not there.
 */
export function readResource(schema: ResourceSchema, body: JsonObject, dialect: Dialect = 'compat'): ReadResource {
  if (dialect === 'strict') checkSchemas(schema, body);
  const draft: Draft = {
    attributes: {},
    unknown: [],
    unkept: new Set(),
    externalId: undefined,
    active: undefined,
    members: undefined,
    id: undefined,
  };
  for (const name of Object.keys(body)) readMember(schema, draft, name, body[name] ?? null);
  const { unknown, unkept, ...read } = draft;
  requireWhole(schema, read.attributes, unkept);
  return { ...read, opaque: opaqueText(unknown) };
}

function readMember(schema: ResourceSchema, draft: Draft, name: string, sent: Json): void {
  const folded = name.toLowerCase();
  const path = schema.paths.get(folded);
  const part = schema.parts.get(folded);
  if (path) readAttribute(draft, path, sent);
  else if (part) readPart(schema, draft, part, sent);
  else if (isUnknownExtension(schema, name, sent)) draft.unknown.push([name, sent]);
}

function readPart(schema: ResourceSchema, draft: Draft, { urn }: SchemaPart, sent: Json): void {
  const content = readExtension(urn, sent);
  for (const name of Object.keys(content)) {
    const path = schema.paths.get(`${urn}:${name}`.toLowerCase());
    if (path) readAttribute(draft, path, content[name] ?? null);
  }
}

function readAttribute(draft: Draft, { attribute, sub }: AttributePath, sent: Json): void {
  if (sub) return;
  if (attribute.place === 'id') draft.id = typeof sent === 'string' ? sent : undefined;
  else if (attribute.mutability !== 'readOnly') ASSIGN[attribute.place](draft, attribute, sent);
}

const ASSIGN: Readonly<Record<Attribute['place'], (draft: Draft, attribute: Attribute, sent: Json) => void>> = {
  attributes: (draft, attribute, sent) => {
    const value = readValue(attribute, sent);
    if (attribute.kept) draft.attributes[attribute.key] = value;
    else if (value !== null) draft.unkept.add(attribute);
  },
  externalId: (draft, attribute, sent) => {
    draft.externalId = asText(readSingle(attribute, sent));
  },
  active: (draft, attribute, sent) => {
    draft.active = asBoolean(readSingle(attribute, sent));
  },
  id: () => {},
  meta: () => {},
  members: (draft, attribute, sent) => {
    draft.members = readElements(attribute, sent);
  },
  groups: () => {},
  schemas: () => {},
};

export function asText(value: Json): string | null {
  return typeof value === 'string' ? value : null;
}

/** No value for `active` says nothing about it. */
export function asBoolean(value: Json): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

/** An extension nobody configured: its content is kept for the client that sent it, whole or not at all. */
export function isUnknownExtension(schema: ResourceSchema, name: string, sent: Json): sent is JsonObject {
  const folded = name.toLowerCase();
  if (!folded.startsWith('urn:') || !isObject(sent) || Object.keys(sent).length === 0) return false;
  return [...schema.parts.keys()].every((urn) => folded !== urn && !folded.startsWith(`${urn}:`));
}
