import { isReservedUrn } from '../../src/core/reserved-scim-names.ts';
import type { AttributeDocument, SchemaDocument } from '../../src/core/scim-schema.ts';
import type { Attribute, AttributePath, Place, ResourceSchema, SchemaPart } from './attribute.ts';
import { GROUP, USER } from './urns.ts';

/** By name, or by the name in one schema only. */
const PLACES: ReadonlyMap<string, Place> = new Map([
  ['schemas', 'schemas'],
  ['id', 'id'],
  ['externalId', 'externalId'],
  ['meta', 'meta'],
  [`${USER}:active`, 'active'],
  [`${USER}:groups`, 'groups'],
  [`${GROUP}:members`, 'members'],
]);

/** Names that some clients use for a sub-attribute, and that /Schemas does not show. */
const ALIASES: ReadonlyMap<string, readonly [alias: string, name: string]> = new Map([
  [`${GROUP}:members`, ['displayname', 'display']],
]);

const readOnly = { required: false, multiValued: false, mutability: 'readOnly', returned: 'default' } as const;

/** The attributes of every resource (RFC 7643 §3.1), which /Schemas does not list. */
const COMMON: readonly AttributeDocument[] = [
  { ...readOnly, name: 'schemas', type: 'reference', multiValued: true, caseExact: false, returned: 'always' },
  { ...readOnly, name: 'id', type: 'string', caseExact: true, returned: 'always', uniqueness: 'global' },
  { ...readOnly, name: 'externalId', type: 'string', caseExact: true, mutability: 'readWrite' },
  {
    ...readOnly,
    name: 'meta',
    type: 'complex',
    subAttributes: [
      { ...readOnly, name: 'resourceType', type: 'string', caseExact: true },
      { ...readOnly, name: 'created', type: 'dateTime' },
      { ...readOnly, name: 'lastModified', type: 'dateTime' },
      { ...readOnly, name: 'location', type: 'reference', caseExact: true },
      { ...readOnly, name: 'version', type: 'string', caseExact: true },
    ],
  },
];

/** An extension as a resource type has it. */
export interface Extension {
  readonly document: SchemaDocument;
  readonly required: boolean;
}

/**
 * Compiles schema documents into the index the whole protocol layer works with.
 *
 * `ignored` names attributes that are taken from clients and thrown away.
 */
export function compileSchema(
  core: SchemaDocument,
  extensions: readonly Extension[],
  ignored: readonly string[] = [],
): ResourceSchema {
  const corePart = compilePart({ ...core, attributes: [...COMMON, ...core.attributes] }, true, true);
  const extensionParts = extensions.map(({ document, required }) => compilePart(document, false, required));
  const parts = [corePart, ...extensionParts];
  const all = parts.flatMap(({ attributes }) => attributes);
  const stored = all.filter(({ place }) => place === 'attributes');
  const ignoredNames = new Set(ignored.flatMap((name) => [name.toLowerCase(), `${core.id}:${name}`.toLowerCase()]));
  return {
    core: corePart,
    extensions: extensionParts,
    byKey: new Map(all.map((attribute) => [attribute.key, attribute])),
    paths: compilePaths(parts, ignoredNames),
    parts: new Map(parts.map((part) => [part.urn.toLowerCase(), part])),
    fixed: stored.filter((attribute) => someOf(attribute, ({ mutability }) => mutability === 'immutable')),
    unique: stored.filter(({ uniqueness, multiValued }) => uniqueness !== 'none' && !multiValued),
    hidesSome: stored.some((attribute) => someOf(attribute, ({ returned }) => returned === 'request')),
    ignored: ignoredNames,
  };
}

function compilePart({ id, attributes: documents }: SchemaDocument, core: boolean, required: boolean): SchemaPart {
  const attributes = documents.map((document) => compileAttribute(document, id, core));
  const stored = attributes.filter(({ place }) => place === 'attributes');
  const demanding = stored.filter((attribute) => someOf(attribute, (one) => one.required));
  return { urn: id, core, required, demanding, attributes };
}

/** Whether something holds of an attribute or of one of its sub-attributes. */
function someOf(attribute: Attribute, holds: (attribute: Attribute) => boolean): boolean {
  return holds(attribute) || [...attribute.subAttributes.values()].some(holds);
}

function compileAttribute(document: AttributeDocument, schema: string, core: boolean): Attribute {
  const key = core ? document.name : `${schema}:${document.name}`;
  const place = (core && (PLACES.get(document.name) ?? PLACES.get(`${schema}:${document.name}`))) || 'attributes';
  const subAttributes = new Map(
    (document.subAttributes ?? []).map((sub) => [
      sub.name.toLowerCase(),
      characteristics(sub, { schema, place, key: sub.name, label: `${key}.${sub.name}`, subAttributes: new Map() }),
    ]),
  );
  const [alias, meant = ''] = ALIASES.get(`${schema}:${document.name}`) ?? [];
  const aliased = subAttributes.get(meant);
  if (alias && aliased) subAttributes.set(alias, aliased);
  return characteristics(document, { schema, place, key, label: key, subAttributes });
}

/** RFC 7643 §2.2: what a document leaves out has a default. */
function characteristics(
  document: AttributeDocument,
  known: Pick<Attribute, 'schema' | 'place' | 'key' | 'label' | 'subAttributes'>,
): Attribute {
  const { name, type, multiValued, required, mutability, returned, uniqueness = 'none' } = document;
  return {
    ...known,
    name,
    type,
    multiValued,
    required,
    mutability,
    returned,
    uniqueness,
    builtIn: isReservedUrn(known.schema),
    kept: mutability !== 'writeOnly' && returned !== 'never',
    hidesParts: [...known.subAttributes.values()].some((sub) => sub.returned === 'request'),
    caseExact: type === 'binary' || (document.caseExact ?? false),
    canonicalValues: document.canonicalValues ?? [],
    value: known.subAttributes.get('value'),
  };
}

/** Bare names come last, so that an extension never shadows the core, nor what the core takes and throws away. */
function compilePaths(parts: readonly SchemaPart[], ignored: ReadonlySet<string>): ReadonlyMap<string, AttributePath> {
  const paths = new Map<string, AttributePath>();
  for (const { urn, attributes } of parts)
    for (const attribute of attributes) {
      const prefixes = ignored.has(attribute.name.toLowerCase()) ? [] : [''];
      for (const prefix of [`${urn}:`, `${urn}.`, ...prefixes]) addPath(paths, prefix, attribute);
    }
  return paths;
}

function addPath(paths: Map<string, AttributePath>, prefix: string, attribute: Attribute): void {
  const name = `${prefix}${attribute.name}`.toLowerCase();
  if (paths.has(name)) return;
  paths.set(name, { attribute, sub: undefined });
  for (const [subName, sub] of attribute.subAttributes) paths.set(`${name}.${subName}`, { attribute, sub });
}
