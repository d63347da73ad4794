import { isList, isObject, type Json, type JsonObject } from '../../src/core/json.ts';
import type { Attribute, AttributePath, Place } from '../schema/attribute.ts';
import { readOpaque } from '../schema/opaque-text.ts';
import type { ResourceView } from '../schema/resource-view.ts';
import { writeMeta } from '../schema/write-resource.ts';
import { type FilterNode, targetOf } from './ast.ts';
import { valueTest } from './operators.ts';

type Predicate<Subject> = (subject: Subject) => boolean;
/** How the values of an attribute are found in what the filter looks at. */
type Reader<Subject> = (attribute: Attribute) => (subject: Subject) => Json | undefined;

/** Compiles a filter to a predicate on a resource as SCIM shows it; `locate` gives the absolute URL of an id. */
export function viewPredicate(node: FilterNode, locate: (scimId: string) => string): Predicate<ResourceView> {
  const places = placeReaders(locate);
  return compile(node, (attribute) => (view) => places[attribute.place](view, attribute));
}

/** Compiles the filter of a value path to a predicate on one element. */
export function elementPredicate(node: FilterNode): Predicate<Json> {
  return compile(
    node,
    ({ name }) =>
      (element) =>
        isObject(element) ? element[name] : element,
  );
}

/** How the values of an attribute are found in a person as SCIM shows them. */
export function placeReaders(
  locate: (scimId: string) => string,
): Readonly<Record<Place, (view: ResourceView, attribute: Attribute) => Json | undefined>> {
  return {
    attributes: (view, { key }) => view.attributes[key],
    id: (view) => view.scimId,
    externalId: (view) => view.externalId,
    active: (view) => view.active,
    members: (view) => view.members,
    groups: (view) => view.groups,
    meta: (view) => writeMeta(view, locate(view.scimId)),
    schemas: (view, attribute) => schemasOf(view, attribute.schema),
  };
}

function schemasOf(view: ResourceView, core: string): readonly string[] {
  const extensions = Object.keys(view.attributes).filter((key) => key.startsWith('urn:'));
  const urns = extensions.map((key) => key.slice(0, key.lastIndexOf(':')));
  return [core, ...new Set(urns), ...(view.opaque === undefined ? [] : Object.keys(readOpaque(view.opaque)))];
}

function compile<Subject>(node: FilterNode, reader: Reader<Subject>): Predicate<Subject> {
  switch (node.kind) {
    case 'and': {
      const all = node.nodes.map((term) => compile(term, reader));
      return (subject) => all.every((predicate) => predicate(subject));
    }
    case 'or': {
      const oneOf = textSet(node.nodes);
      if (oneOf) return membership(oneOf, reader);
      const any = node.nodes.map((term) => compile(term, reader));
      return (subject) => any.some((predicate) => predicate(subject));
    }
    case 'not': {
      const inner = compile(node.node, reader);
      return (subject) => !inner(subject);
    }
    case 'element': {
      const matches = elementPredicate(node.filter);
      const read = reader(node.attribute);
      return (subject) => valuesOf(read(subject)).some(matches);
    }
    case 'present':
      return presence(node.path, reader);
    case 'compare':
      return comparison(node, reader);
  }
}

interface TextSet {
  readonly path: AttributePath;
  readonly texts: ReadonlySet<string>;
}

/** Terms that all ask whether the same exact text is one of some: thousands of them are one look-up. */
function textSet(nodes: readonly FilterNode[]): TextSet | undefined {
  const texts = new Set<string>();
  let path: AttributePath | undefined;
  for (const node of nodes) {
    if (node.kind !== 'compare' || node.operator !== 'eq' || typeof node.literal !== 'string') return undefined;
    if (path && path.attribute !== node.path.attribute) return undefined;
    path = node.path;
    texts.add(node.literal);
  }
  return path && !path.sub && path.attribute.type === 'string' && path.attribute.caseExact
    ? { path, texts }
    : undefined;
}

function membership<Subject>({ path, texts }: TextSet, reader: Reader<Subject>): Predicate<Subject> {
  const read = valueReader(path, reader);
  return (subject) => read(subject).some((value) => typeof value === 'string' && texts.has(value));
}

/** `ne` holds when no value equals, so also when there is none; `eq null` means "no value" (RFC 7644 §3.4.2.2). */
function comparison<Subject>(
  { path, operator, literal }: Extract<FilterNode, { kind: 'compare' }>,
  reader: Reader<Subject>,
): Predicate<Subject> {
  if (literal === null) {
    const present = presence(path, reader);
    return operator === 'ne' ? present : (subject) => !present(subject);
  }
  const test = valueTest(targetOf(path), operator, literal);
  const read = valueReader(path, reader);
  return operator === 'ne' ? (subject) => !read(subject).some(test) : (subject) => read(subject).some(test);
}

function presence<Subject>(path: AttributePath, reader: Reader<Subject>): Predicate<Subject> {
  const read = valueReader(path, reader);
  return (subject) => read(subject).some(hasValue);
}

function valueReader<Subject>({ attribute, sub }: AttributePath, reader: Reader<Subject>) {
  const read = reader(attribute);
  if (!sub) return (subject: Subject) => valuesOf(read(subject));
  const { name } = sub;
  return (subject: Subject) => valuesOf(read(subject)).flatMap((value) => subValues(value, name));
}

function subValues(value: Json, name: string): readonly Json[] {
  return isObject(value) ? valuesOf((value satisfies JsonObject)[name]) : [];
}

function valuesOf(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return [];
  return isList(value) ? value : [value];
}

function hasValue(value: Json): boolean {
  if (value === null || value === '') return false;
  return typeof value !== 'object' || Object.values(value).some(hasValue);
}
