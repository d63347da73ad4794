export type AttributeType =
  | 'string'
  | 'boolean'
  | 'integer'
  | 'decimal'
  | 'dateTime'
  | 'binary'
  | 'reference'
  | 'complex';
export type Mutability = 'readOnly' | 'readWrite' | 'immutable' | 'writeOnly';
export type Returned = 'always' | 'never' | 'default' | 'request';
export type Uniqueness = 'none' | 'server' | 'global';

/** An attribute as /Schemas shows it (RFC 7643 §7). */
export interface AttributeDocument {
  readonly name: string;
  readonly type: AttributeType;
  readonly multiValued: boolean;
  readonly description?: string;
  readonly required: boolean;
  readonly caseExact?: boolean;
  readonly canonicalValues?: readonly string[];
  readonly mutability: Mutability;
  readonly returned: Returned;
  readonly uniqueness?: Uniqueness;
  readonly referenceTypes?: readonly string[];
  readonly subAttributes?: readonly AttributeDocument[];
}

/** A schema as /Schemas shows it, without `schemas` and `meta`. */
export interface SchemaDocument {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly attributes: readonly AttributeDocument[];
}

/** A kind of resource as /ResourceTypes shows it (RFC 7643 §6), without `schemas`, `id` (its name) and `meta`. */
export interface ResourceTypeDocument {
  readonly name: string;
  /** Below the organization's SCIM root, with a leading slash. */
  readonly endpoint: string;
  readonly description: string;
  /** The URN of its core schema. */
  readonly schema: string;
  readonly schemaExtensions: readonly SchemaExtension[];
}

export interface SchemaExtension {
  /** Its URN. */
  readonly schema: string;
  /** Whether every resource of the type must carry it. */
  readonly required: boolean;
}
