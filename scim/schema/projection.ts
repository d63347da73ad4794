import { isList, isObject, type Json } from '../../src/core/json.ts';
import type { Attribute, ResourceSchema } from './attribute.ts';
import type { Resource } from './write-resource.ts';

/** Reduces a representation to what the client asked for. */
export type Projection = (resource: Resource) => Resource;

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
  return project(schema, (key, urn) => {
    if (selection.whole.has(key) || selection.urns.has(urn)) return 'drop';
    const without = selection.subs.get(key);
    return without ? { without } : 'keep';
  });
}

/** Whether an attribute, or part of it, is left by a projection: what is not need not be read at all. */
export function isShown(projection: Projection | undefined, { name, subAttributes }: Attribute): boolean {
  if (!projection) return true;
  const element = Object.fromEntries(Array.from(subAttributes.values(), (sub) => [sub.name, '']));
  return Object.hasOwn(projection({ [name]: [element] }), name);
}

function project(schema: ResourceSchema, decide: (key: string, urn: string) => Part): Projection {
  const core = schema.core.urn.toLowerCase();
  return (resource) => {
    const projected: Resource = {};
    for (const name of Object.keys(resource)) {
      const value = resource[name] ?? null;
      const kept = name.startsWith('urn:')
        ? projectContainer(schema, name, value, decide)
        : projectAttribute(schema, name, core, value, decide);
      if (kept !== undefined) projected[name] = kept;
    }
    return projected;
  };
}

function projectAttribute(
  schema: ResourceSchema,
  key: string,
  urn: string,
  value: Json,
  decide: (key: string, urn: string) => Part,
): Json | undefined {
  return schema.byKey.get(key)?.returned === 'always' ? value : applyPart(value, decide(key, urn));
}

function projectContainer(
  schema: ResourceSchema,
  urn: string,
  container: Json,
  decide: (key: string, urn: string) => Part,
): Json | undefined {
  const folded = urn.toLowerCase();
  if (!schema.parts.has(folded) || !isObject(container)) return applyPart(container, decide(urn, folded));
  const projected: Resource = {};
  for (const name of Object.keys(container)) {
    const kept = applyPart(container[name] ?? null, decide(`${urn}:${name}`, folded));
    if (kept !== undefined) projected[name] = kept;
  }
  return Object.keys(projected).length === 0 ? undefined : projected;
}

function applyPart(value: Json, part: Part): Json | undefined {
  if (part === 'keep') return value;
  if (part === 'drop') return undefined;
  const keeps = 'only' in part ? (name: string) => part.only.has(name) : (name: string) => !part.without.has(name);
  if (!isList(value)) return pick(value, keeps);
  const picked = value.map((element) => pick(element, keeps)).filter((element) => element !== undefined);
  return picked.length === 0 ? undefined : picked;
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
