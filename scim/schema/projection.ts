import { isList, isObject, type Json } from '../../src/core/json.ts';
import type { Attribute, ResourceSchema } from './attribute.ts';
import type { Resource } from './write-resource.ts';

/**
 * Reduces a representation to what the client asked for. What is shown only on request is also shown to who has just written it:
 * `written` names those attributes by key (RFC 7643 §7, `returned`).
 */
export type Projection = (resource: Resource, written?: ReadonlySet<string>) => Resource;

/** What a list of attribute names means: whole attributes by key, sub-attributes by key, whole schemas by folded URN. */
interface Selection {
  readonly whole: ReadonlySet<string>;
  readonly subs: ReadonlyMap<string, ReadonlySet<string>>;
  readonly urns: ReadonlySet<string>;
}

type Part = 'keep' | 'drop' | { readonly only: ReadonlySet<string> } | { readonly without: ReadonlySet<string> };

/** Keeps the named attributes and what is always returned (RFC 7644 §3.9). Unknown names select nothing. */
export function onlyAttributes(schema: ResourceSchema, names: string): Projection {
  const selection = readSelection(schema, names);
  return project(schema, (key, urn) => {
    if (selection.whole.has(key) || selection.urns.has(urn)) return 'keep';
    const only = selection.subs.get(key);
    return only ? { only } : 'drop';
  });
}

/** Drops the named attributes, but never what is always returned (RFC 7644 §3.9). */
export function withoutAttributes(schema: ResourceSchema, names: string): Projection {
  const selection = readSelection(schema, names);
  return project(schema, (key, urn, written) => {
    const hidden = schema.byKey.get(key)?.returned === 'request' && !written.has(key);
    if (hidden || selection.whole.has(key) || selection.urns.has(urn)) return 'drop';
    const without = selection.subs.get(key);
    return without ? { without } : 'keep';
  });
}

/** What is shown to who asks for nothing in particular; undefined when that is everything. */
export function byDefault(schema: ResourceSchema): Projection | undefined {
  return schema.hidesSome ? withoutAttributes(schema, '') : undefined;
}

/** Whether an attribute, or part of it, is left by a projection: what is not need not be read at all. */
export function isShown(projection: Projection | undefined, { name, subAttributes }: Attribute): boolean {
  if (!projection) return true;
  const element = Object.fromEntries(Array.from(subAttributes.values(), (sub) => [sub.name, '']));
  return Object.hasOwn(projection({ [name]: [element] }), name);
}

type Decide = (key: string, urn: string, written: ReadonlySet<string>) => Part;

const NOTHING: ReadonlySet<string> = new Set();

function project(schema: ResourceSchema, decide: Decide): Projection {
  const core = schema.core.urn.toLowerCase();
  return (resource, written = NOTHING) => {
    const projected: Resource = {};
    const choose = (key: string, urn: string, value: Json) => {
      const attribute = schema.byKey.get(key);
      const part = attribute?.returned === 'always' ? 'keep' : decide(key, urn, written);
      return applyPart(attribute, value, part);
    };
    for (const name of Object.keys(resource)) {
      const value = resource[name] ?? null;
      const kept = name.startsWith('urn:') ? container(schema, name, value, choose) : choose(name, core, value);
      if (kept !== undefined) projected[name] = kept;
    }
    return projected;
  };
}

function container(
  schema: ResourceSchema,
  urn: string,
  content: Json,
  choose: (key: string, urn: string, value: Json) => Json | undefined,
): Json | undefined {
  const folded = urn.toLowerCase();
  if (!schema.parts.has(folded) || !isObject(content)) return choose(urn, folded, content);
  const projected: Resource = {};
  for (const name of Object.keys(content)) {
    const kept = choose(`${urn}:${name}`, folded, content[name] ?? null);
    if (kept !== undefined) projected[name] = kept;
  }
  return Object.keys(projected).length === 0 ? undefined : projected;
}

function applyPart(attribute: Attribute | undefined, value: Json, part: Part): Json | undefined {
  if (part === 'drop') return undefined;
  if (part === 'keep' && !attribute?.hidesParts) return value;
  const keeps = (name: string) => keepsPart(attribute?.subAttributes.get(name.toLowerCase()), name, part);
  if (!isList(value)) return pick(value, keeps);
  const picked = value.map((element) => pick(element, keeps)).filter((element) => element !== undefined);
  return picked.length === 0 ? undefined : picked;
}

function keepsPart(sub: Attribute | undefined, name: string, part: Exclude<Part, 'drop'>): boolean {
  if (sub?.returned === 'always') return true;
  const isNamed = part !== 'keep' && 'only' in part && part.only.has(name);
  if (isNamed || sub?.returned === 'request') return isNamed;
  return part === 'keep' || ('without' in part && !part.without.has(name));
}

function pick(value: Json, keeps: (name: string) => boolean): Json | undefined {
  if (!isObject(value)) return undefined;
  const kept = Object.entries(value).filter(([name]) => keeps(name));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

function readSelection(schema: ResourceSchema, names: string): Selection {
  const whole = new Set<string>();
  const subs = new Map<string, Set<string>>();
  const urns = new Set<string>();
  for (const name of splitNames(names)) {
    const path = schema.paths.get(name);
    if (!path) urns.add(name);
    else if (!path.sub) whole.add(path.attribute.key);
    else subs.set(path.attribute.key, (subs.get(path.attribute.key) ?? new Set()).add(path.sub.name));
  }
  return { whole, subs, urns };
}

/**
 * Folded names of a comma-separated list. A filter in brackets, which one client sends, is passed over, commas and all.
 */
function splitNames(names: string): readonly string[] {
  const found: string[] = [];
  let name = '';
  let depth = 0;
  for (const character of `${names},`) {
    if (character === '[') depth++;
    else if (character === ']') depth = Math.max(0, depth - 1);
    else if (depth > 0) continue;
    else if (character !== ',') name += character;
    else {
      if (name.trim() !== '') found.push(name.trim().toLowerCase());
      name = '';
    }
  }
  return found;
}
