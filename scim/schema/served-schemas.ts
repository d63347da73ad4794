import { noConfiguration, type ScimConfiguration, schemaOf, typeOf } from '../../src/core/scim-configuration.ts';
import type { ResourceTypeDocument, SchemaDocument, SchemaExtension } from '../../src/core/scim-schema.ts';
import type { ResourceSchema } from './attribute.ts';
import { compileSchema, type Extension } from './compile.ts';
import { enterpriseUserDocument, groupDocument, userDocument } from './documents.ts';
import { ENTERPRISE_USER, GROUP, USER } from './urns.ts';

/** A resource type with its compiled schema. */
export interface ServedType {
  readonly document: ResourceTypeDocument;
  readonly schema: ResourceSchema;
}

/** Everything an organization is served: what discovery shows, and what the requests are read by. */
export interface ServedSchemas {
  readonly documents: readonly SchemaDocument[];
  readonly types: readonly ServedType[];
  readonly user: ServedType;
  readonly group: ServedType;
  /** Types that the organization has configured, by folded endpoint. */
  readonly custom: ReadonlyMap<string, ServedType>;
}

/** The schemas of the RFCs as this server promises them. Costly to make: once per process is enough. */
export interface BuiltInDocuments {
  readonly user: SchemaDocument;
  readonly enterprise: SchemaDocument;
  readonly group: SchemaDocument;
}

const USER_TYPE: ResourceTypeDocument = {
  name: 'User',
  endpoint: '/Users',
  description: 'A person in the organization',
  schema: USER,
  schemaExtensions: [{ schema: ENTERPRISE_USER, required: false }],
};

const GROUP_TYPE: ResourceTypeDocument = {
  name: 'Group',
  endpoint: '/Groups',
  description: 'A group of people and of groups',
  schema: GROUP,
  schemaExtensions: [],
};

/** Taken with a User and thrown away: changing passwords is not supported. */
const IGNORED = ['password'];

export function builtInDocuments(): BuiltInDocuments {
  return { user: userDocument(), enterprise: enterpriseUserDocument(), group: groupDocument() };
}

/** What an organization without a configuration of its own is served. */
export function builtInSchemas(documents: BuiltInDocuments = builtInDocuments()): ServedSchemas {
  return servedSchemas(documents, noConfiguration(''));
}

/** Compiles all that an organization is served: the built-in types with its extensions, and its own types. */
export function servedSchemas(builtIn: BuiltInDocuments, configuration: ScimConfiguration): ServedSchemas {
  const known = new Map(
    [builtIn.user, builtIn.enterprise, builtIn.group, ...configuration.schemas].map((one) => [fold(one.id), one]),
  );
  const serve = (document: ResourceTypeDocument, ignored: readonly string[] = []): ServedType => {
    const extensions = document.schemaExtensions.flatMap((extension) => extensionOf(known, extension));
    const core = known.get(fold(document.schema));
    if (!core) throw new Error(`the configuration has a type without its schema: ${document.name}`);
    return { document, schema: compileSchema(core, extensions, ignored) };
  };
  const user = serve(extended(USER_TYPE, configuration), IGNORED);
  const group = serve(extended(GROUP_TYPE, configuration));
  const custom = configuration.resourceTypes
    .filter(({ name }) => name !== 'User' && name !== 'Group')
    .map((type) => serve(type));
  const types = [user, group, ...custom];
  return {
    documents: served(known, types),
    types,
    user,
    group,
    custom: new Map(custom.map((type) => [fold(type.document.endpoint), type])),
  };
}

/** A built-in type with what the organization adds to it: its own extensions come first, unless they are mentioned. */
function extended(type: ResourceTypeDocument, configuration: ScimConfiguration): ResourceTypeDocument {
  const added = typeOf(configuration, type.name)?.schemaExtensions ?? [];
  const mentioned = new Set(added.map(({ schema }) => fold(schema)));
  const own = type.schemaExtensions.filter(({ schema }) => !mentioned.has(fold(schema)));
  return { ...type, schemaExtensions: [...own, ...added].map((extension) => canonical(configuration, extension)) };
}

/** URNs as their schemas spell them, however the type does. */
function canonical(configuration: ScimConfiguration, { schema, required }: SchemaExtension): SchemaExtension {
  return { schema: schemaOf(configuration, schema)?.id ?? schema, required };
}

function extensionOf(known: ReadonlyMap<string, SchemaDocument>, { schema, required }: SchemaExtension): Extension[] {
  const document = known.get(fold(schema));
  return document ? [{ document, required }] : [];
}

/** The schemas that some type has: no others are promised. */
function served(known: ReadonlyMap<string, SchemaDocument>, types: readonly ServedType[]): readonly SchemaDocument[] {
  const urns = new Set(types.flatMap(({ schema }) => [...schema.parts.keys()]));
  return [...known].filter(([urn]) => urns.has(urn)).map(([, document]) => document);
}

function fold(urn: string): string {
  return urn.toLowerCase();
}
