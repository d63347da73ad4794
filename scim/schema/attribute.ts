import type { AttributeType, Mutability, Returned, Uniqueness } from '../../src/core/scim-schema.ts';

/**
 * Where a value lives: among the resource's attributes, in a field of its own of what the server knows about it, or in rows of their
 * own: who is in which group.
 */
export type Place = 'attributes' | 'schemas' | 'id' | 'externalId' | 'active' | 'meta' | 'members' | 'groups';

/** An attribute or sub-attribute, compiled: every characteristic decided, every name folded once. */
export interface Attribute {
  readonly name: string;
  /** Its name in `Attributes`: bare for core attributes, `URN:name` for extensions; the bare name for sub-attributes. */
  readonly key: string;
  /** How messages call it: `emails.value`. */
  readonly label: string;
  readonly schema: string;
  readonly place: Place;
  readonly type: AttributeType;
  readonly multiValued: boolean;
  readonly required: boolean;
  readonly caseExact: boolean;
  readonly mutability: Mutability;
  readonly returned: Returned;
  readonly uniqueness: Uniqueness;
  /** Of a schema of the RFCs, whose stored values need no second look. */
  readonly builtIn: boolean;
  /** False: values are taken, checked and thrown away, since nobody may ever read them (write-only, or never returned). */
  readonly kept: boolean;
  /** Some sub-attributes are shown only when they are asked for. */
  readonly hidesParts: boolean;
  /** Suggestions, never enforced. */
  readonly canonicalValues: readonly string[];
  /** By folded name; empty unless complex. */
  readonly subAttributes: ReadonlyMap<string, Attribute>;
  /** What a complex attribute means when it is given, compared or listed as a plain value. */
  readonly value: Attribute | undefined;
}

/** An attribute, or one sub-attribute of it. */
export interface AttributePath {
  readonly attribute: Attribute;
  readonly sub: Attribute | undefined;
}

/** The core schema or an extension of a resource type. */
export interface SchemaPart {
  readonly urn: string;
  readonly core: boolean;
  /** Whether every resource must carry it; true of the core. */
  readonly required: boolean;
  /** Attributes that are required, or have sub-attributes that are. */
  readonly demanding: readonly Attribute[];
  readonly attributes: readonly Attribute[];
}

/** A resource type's schema, compiled once: the index that parser, serializer, filter, PATCH and projection share. */
export interface ResourceSchema {
  readonly core: SchemaPart;
  readonly extensions: readonly SchemaPart[];
  /** By key in `Attributes`. */
  readonly byKey: ReadonlyMap<string, Attribute>;
  /** By every spelling a client may use, folded: `a`, `a.b`, `URN:a`, `URN:a.b`, `URN.a`, and bare extension names. */
  readonly paths: ReadonlyMap<string, AttributePath>;
  /** Core and extensions by folded URN. */
  readonly parts: ReadonlyMap<string, SchemaPart>;
  /** Attributes that are immutable, or have sub-attributes that are. */
  readonly fixed: readonly Attribute[];
  /** Attributes of which no two resources may have the same value. */
  readonly unique: readonly Attribute[];
  /** Whether some attributes are shown only when they are asked for. */
  readonly hidesSome: boolean;
  /** Folded names that are taken and thrown away. */
  readonly ignored: ReadonlySet<string>;
}
