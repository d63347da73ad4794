import type { Mistake } from './mistake.ts';
import {
  BUILT_IN_EXTENSION,
  BUILT_IN_TYPES,
  isReservedUrn,
  RESERVED_ENDPOINTS,
  RESERVED_TYPES,
} from './reserved-scim-names.ts';
import { type ScimConfiguration, schemaOf, schemasOf } from './scim-configuration.ts';
import type { AttributeDocument, ResourceTypeDocument } from './scim-schema.ts';

/** How much an organization may configure. Attributes are counted with their sub-attributes, over all schemas. */
export const CONFIGURATION_LIMITS = { schemas: 50, attributes: 500, resourceTypes: 100, bytes: 262_144 } as const;

const TYPE_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,99}$/;
const ENDPOINT = /^\/[A-Za-z][A-Za-z0-9_-]{0,99}$/;

/** What is wrong with a configuration as a whole, once its parts are right by themselves. `bytes` is its size as JSON text. */
export function configurationMistakes(configuration: ScimConfiguration, bytes: number): readonly Mistake[] {
  return [...tooMuch(configuration, bytes), ...ambiguousNames(configuration)];
}

function tooMuch({ schemas, resourceTypes }: ScimConfiguration, bytes: number): readonly Mistake[] {
  const attributes = schemas.reduce((sum, schema) => sum + countOf(schema.attributes), 0);
  const found = { schemas: schemas.length, attributes, resourceTypes: resourceTypes.length, bytes };
  return Object.entries(CONFIGURATION_LIMITS)
    .filter(([what, most]) => found[what as keyof typeof found] > most)
    .map(([what, most]) => ({ path: '', message: `an organization may have at most ${most} ${WORDS[what] ?? what}` }));
}

const WORDS: { readonly [what: string]: string } = {
  attributes: 'attributes, sub-attributes included, over all its schemas',
  resourceTypes: 'resource types',
  bytes: 'bytes of schemas and resource types',
};

function countOf(attributes: readonly AttributeDocument[]): number {
  return attributes.reduce((sum, { subAttributes }) => sum + 1 + countOf(subAttributes ?? []), 0);
}

/** `URN:name` must not be the URN of another schema: a path would mean two things. */
function ambiguousNames({ schemas }: ScimConfiguration): readonly Mistake[] {
  const urns = new Set(schemas.map(({ id }) => id.toLowerCase()));
  const paths = schemas.flatMap(({ id, attributes }) =>
    attributes.flatMap(({ name }) => [`${id}:${name}`, `${id}.${name}`]),
  );
  const both = paths.filter((path) => urns.has(path.toLowerCase()));
  return both.map((path) => ({ path: 'id', message: `${path} would be both an attribute and a schema` }));
}

/** What is wrong with a resource type (RFC 7643 §6) within the configuration it shall be part of. */
export function typeMistakes(type: ResourceTypeDocument, configuration: ScimConfiguration): readonly Mistake[] {
  const builtIn = BUILT_IN_TYPES.get(type.name);
  const own = builtIn ? builtInMistakes(type, builtIn) : customMistakes(type, configuration);
  return [...own, ...extensionMistakes(type, configuration)];
}

function builtInMistakes(
  { endpoint, schema }: ResourceTypeDocument,
  builtIn: { readonly endpoint: string; readonly schema: string },
): readonly Mistake[] {
  const message = 'cannot be changed for a built-in type';
  return [
    ...(endpoint === builtIn.endpoint ? [] : [{ path: 'endpoint', message }]),
    ...(schema === builtIn.schema ? [] : [{ path: 'schema', message }]),
  ];
}

function customMistakes(
  { name, endpoint, schema }: ResourceTypeDocument,
  configuration: ScimConfiguration,
): readonly Mistake[] {
  const folded = name.toLowerCase();
  const isBuiltIn = [...BUILT_IN_TYPES.keys()].some((known) => known.toLowerCase() === folded);
  const others = configuration.resourceTypes.filter((other) => other.name.toLowerCase() !== folded);
  const taken = others.some((other) => other.endpoint.toLowerCase() === endpoint.toLowerCase());
  const rules: readonly (readonly [boolean, keyof ResourceTypeDocument, string])[] = [
    [TYPE_NAME.test(name), 'name', 'must be a letter and then letters, digits, "_" and "-", at most 100'],
    [!RESERVED_TYPES.has(folded) && !isBuiltIn, 'name', 'is the name of something else in SCIM'],
    [ENDPOINT.test(endpoint), 'endpoint', 'must be one segment, such as /Roles'],
    [!RESERVED_ENDPOINTS.has(endpoint.toLowerCase()), 'endpoint', 'is the endpoint of something else in SCIM'],
    [!taken, 'endpoint', 'is the endpoint of another resource type'],
    [schemaOf(configuration, schema) !== undefined, 'schema', 'is no schema of this organization'],
  ];
  return rules.filter(([holds]) => !holds).map(([, path, message]) => ({ path, message }));
}

function extensionMistakes(type: ResourceTypeDocument, configuration: ScimConfiguration): readonly Mistake[] {
  const [core, ...urns] = schemasOf(type);
  return urns.flatMap((urn, index) => {
    const at = (message: string) => [{ path: `schemaExtensions.${index}.schema`, message }];
    if (urn === core || urns.indexOf(urn) < index) return at('is part of the type already');
    const isKnown = type.name === 'User' && urn === BUILT_IN_EXTENSION.toLowerCase();
    if (isKnown || (!isReservedUrn(urn) && schemaOf(configuration, urn))) return [];
    return at('is no schema of this organization');
  });
}
