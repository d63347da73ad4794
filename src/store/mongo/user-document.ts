import { type Json, sameJson } from '../../core/json.ts';
import type { Attributes, SourceRecord, User } from '../../core/user.ts';
import { decodeName, decodeValue, encodeName, encodeValue, type Notes, setOwn } from './attribute-names.ts';

/** Values by attribute name, the attributes of extensions under their schema. */
interface StoredAttributes {
  readonly own: Values;
  extensions?: { readonly schema: string; readonly attributes: Values }[];
}

interface Values {
  [name: string]: unknown;
}

/** Fields of a person that stand beside the body, where queries reach them. */
type Outside = 'organizationId' | 'id' | 'kind' | 'status' | 'version' | 'settingsVersion' | 'createdAt' | 'updatedAt';

/** What a person's document says about them, in names and values that a document may carry. */
export interface StoredPerson {
  organization: string;
  id: string;
  kind: User['kind'];
  status: User['status'];
  version: number;
  settingsVersion: number;
  created: string;
  updated: string;
  body: StoredBody;
}

/** `attributes` is the position of the record whose attributes are the effective ones, as they mostly are. */
export interface StoredBody {
  records: unknown[];
  attributes: StoredAttributes | number;
  /** Names or texts in the body are escaped; absent when none is. */
  escaped?: true;
  [field: string]: unknown;
}

/** The fields of a person's document that make up the person. */
export function storedPerson(user: User): StoredPerson {
  const { organizationId, id, kind, status, version, settingsVersion, createdAt, updatedAt, ...rest } = user;
  const body = encodeBody(rest);
  return {
    organization: organizationId,
    id,
    kind,
    status,
    version,
    settingsVersion,
    created: createdAt,
    updated: updatedAt,
    body,
  };
}

/** The person of a document, exactly as saved. The document's own objects become the person's. */
export function userOf({ body, ...outside }: StoredPerson): User {
  const { escaped, attributes, records, ...rest } = body;
  const read = escaped ? decodeRecord : readRecord;
  const people = records.map((record) => read(record as StoredRecord));
  const plain = escaped ? (decodeValue(rest as Json) as typeof rest) : rest;
  return {
    ...(plain as Pick<User, Exclude<keyof User, Outside | 'records' | 'attributes'>>),
    id: outside.id,
    organizationId: outside.organization,
    kind: outside.kind,
    status: outside.status,
    version: outside.version,
    settingsVersion: outside.settingsVersion,
    createdAt: outside.created,
    updatedAt: outside.updated,
    records: people,
    attributes:
      typeof attributes === 'number' ? (people[attributes]?.attributes ?? {}) : joined(attributes, escaped === true),
  };
}

/** The fields that `userOf` needs. */
export const PERSON_FIELDS = {
  _id: 0,
  organization: 1,
  id: 1,
  kind: 1,
  status: 1,
  version: 1,
  settingsVersion: 1,
  created: 1,
  updated: 1,
  body: 1,
} as const;

type StoredRecord = Omit<SourceRecord, 'attributes' | 'stamps'> & {
  attributes: StoredAttributes;
  /** JSON: nothing is ever looked for in them. */
  stamps: string;
};

function encodeBody({ records, attributes, ...rest }: Omit<User, Outside>): StoredBody {
  const notes: Notes = { escaped: false };
  const same = records.findIndex((record) => sameJson(record.attributes, attributes));
  const body: StoredBody = {
    ...(encodeValue(rest, notes) as object),
    records: records.map((record) => encodeRecord(record, notes)),
    attributes: same < 0 ? split(attributes, notes) : same,
  };
  if (notes.escaped) body.escaped = true;
  return body;
}

function encodeRecord({ attributes, stamps, ...rest }: SourceRecord, notes: Notes): unknown {
  const plain = encodeValue(rest, notes) as object;
  return { ...plain, attributes: split(attributes, notes), stamps: JSON.stringify(stamps) };
}

function readRecord(stored: StoredRecord): SourceRecord {
  const record = stored as unknown as { attributes: unknown; stamps: unknown };
  record.attributes = joined(stored.attributes, false);
  record.stamps = JSON.parse(stored.stamps);
  return stored as unknown as SourceRecord;
}

function decodeRecord({ attributes, stamps, ...rest }: StoredRecord): SourceRecord {
  const record = decodeValue(rest as unknown as Json) as unknown as SourceRecord;
  return { ...record, attributes: joined(attributes, true), stamps: JSON.parse(stamps) };
}

/** An extension's attribute goes by its schema, a colon and its own name. */
function split(values: { readonly [name: string]: Json }, notes: Notes): StoredAttributes {
  const stored: StoredAttributes = { own: {} };
  for (const name of Object.keys(values)) {
    const colon = name.isWellFormed() ? name.lastIndexOf(':') : -1;
    const target = colon < 0 ? stored.own : extensionOf(stored, name.slice(0, colon));
    target[encodeName(name.slice(colon + 1), notes)] = encodeValue(values[name], notes);
  }
  return stored;
}

function extensionOf(stored: StoredAttributes, schema: string): Values {
  stored.extensions ??= [];
  const known = stored.extensions.find((extension) => extension.schema === schema);
  if (known) return known.attributes;
  const attributes = {};
  stored.extensions.push({ schema, attributes });
  return attributes;
}

function joined({ own, extensions = [] }: StoredAttributes, escaped: boolean): Attributes {
  const attributes = (escaped ? decodeValue(own as Json) : own) as Attributes;
  for (const { schema, attributes: values } of extensions)
    for (const name of Object.keys(values)) {
      const value = values[name] as Json;
      if (escaped) setOwn(attributes, `${schema}:${decodeName(name)}`, decodeValue(value));
      else setOwn(attributes, `${schema}:${name}`, value);
    }
  return attributes;
}
