import { isObject, type Json, type JsonObject } from '../../src/core/json.ts';
import type { Attributes } from '../../src/core/user.ts';
import { invalidValue } from '../messages/scim-error.ts';
import type { Attribute, AttributePath, ResourceSchema, SchemaPart } from './attribute.ts';
import { readElements, readSingle, readValue } from './read-value.ts';

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
  externalId: string | null | undefined;
  active: boolean | undefined;
  members: readonly Json[] | undefined;
  id: string | undefined;
}

/**
 * Reads a resource sent whole. Read-only, ignored and unknown attributes are passed over; objects under an unknown URN are kept
 * as opaque text. Throws 400 `invalidValue` for a value of the wrong type or a required attribute without a value.
 */
export function readResource(schema: ResourceSchema, body: JsonObject): ReadResource {
  const draft: Draft = {
    attributes: {},
    unknown: [],
    externalId: undefined,
    active: undefined,
    members: undefined,
    id: undefined,
  };
  for (const name of Object.keys(body)) readMember(schema, draft, name, body[name] ?? null);
  for (const attribute of schema.core.attributes) requireValue(attribute, draft.attributes);
  const { unknown, ...read } = draft;
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
  if (!isObject(sent)) return;
  for (const name of Object.keys(sent)) {
    const path = schema.paths.get(`${urn}:${name}`.toLowerCase());
    if (path) readAttribute(draft, path, sent[name] ?? null);
  }
}

function readAttribute(draft: Draft, { attribute, sub }: AttributePath, sent: Json): void {
  if (sub) return;
  if (attribute.place === 'id') draft.id = typeof sent === 'string' ? sent : undefined;
  else if (attribute.mutability !== 'readOnly') ASSIGN[attribute.place](draft, attribute, sent);
}

const ASSIGN: Readonly<Record<Attribute['place'], (draft: Draft, attribute: Attribute, sent: Json) => void>> = {
  attributes: (draft, attribute, sent) => {
    draft.attributes[attribute.key] = readValue(attribute, sent);
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

function requireValue(attribute: Attribute, attributes: Attributes): void {
  if (attribute.required && attribute.place === 'attributes' && isBlank(attributes[attribute.key] ?? null))
    throw invalidValue(`${attribute.label} is required and must not be empty`);
}

/** Whether a value will not do for a required attribute. */
export function isBlank(value: Json): boolean {
  return value === null || (typeof value === 'string' && value.trim() === '');
}

/** An extension nobody configured: its content is kept for the client that sent it, whole or not at all. */
export function isUnknownExtension(schema: ResourceSchema, name: string, sent: Json): sent is JsonObject {
  const folded = name.toLowerCase();
  if (!folded.startsWith('urn:') || !isObject(sent) || Object.keys(sent).length === 0) return false;
  return [...schema.parts.keys()].every((urn) => !folded.startsWith(urn));
}

/** Unknown extensions as one text, in a fixed order so that sending them again changes nothing. */
export function opaqueText(unknown: readonly (readonly [string, JsonObject])[]): string | undefined {
  if (unknown.length === 0) return undefined;
  const ordered = [...unknown].sort(([left], [right]) => (left < right ? -1 : 1));
  return JSON.stringify(Object.fromEntries(ordered));
}
