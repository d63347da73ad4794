import { isList, isObject, type Json } from '../../src/core/json.ts';
import type { Attributes } from '../../src/core/user.ts';
import { invalidValue, mutability } from '../messages/scim-error.ts';
import type { Attribute, ResourceSchema, SchemaPart } from './attribute.ts';

/**
 * Checks a resource that was sent whole: required attributes, those of the extensions it carries, and required extensions (RFC 7643
 * §6). `unkept` are the attributes that were given a value which is not stored. Throws 400 `invalidValue`.
 */
export function requireWhole(schema: ResourceSchema, attributes: Attributes, unkept: ReadonlySet<Attribute>): void {
  for (const part of [schema.core, ...schema.extensions]) {
    const isThere = part.core || part.attributes.some(({ key }) => hasValue(attributes, key));
    if (!isThere && part.required) throw invalidValue(`${part.urn} is required`);
    if (!isThere) continue;
    for (const attribute of part.demanding) {
      if (attribute.required && !unkept.has(attribute) && isBlank(attributes[attribute.key] ?? null))
        throw invalidValue(`${attribute.label} is required and must not be empty`);
      requireParts(attribute, attributes[attribute.key]);
    }
  }
}

/**
 * Checks what a PATCH made of a resource: it must not take away what is required, nor begin an extension without it. What was missing
 * before may go on missing. Throws 400.
 */
export function requireAfterPatch(schema: ResourceSchema, before: Attributes, after: Attributes): void {
  for (const part of [schema.core, ...schema.extensions]) {
    if (part.demanding.length === 0 && !part.required) continue;
    const was = part.core || part.attributes.some(({ key }) => hasValue(before, key));
    const is = part.core || part.attributes.some(({ key }) => hasValue(after, key));
    if (was && !is && part.required) throw mutability(`${part.urn} is required and cannot be removed`);
    if (is) requireOf(part, before, after, !was);
  }
}

function requireOf({ demanding }: SchemaPart, before: Attributes, after: Attributes, begun: boolean): void {
  for (const attribute of demanding) {
    const { key, label, required, kept } = attribute;
    const demanded = required && kept && (begun || !isBlank(before[key] ?? null));
    if (demanded && isBlank(after[key] ?? null)) throw invalidValue(`${label} is required and must not be empty`);
    if (before[key] !== after[key]) requireParts(attribute, after[key]);
  }
}

/** Every value of a complex attribute has the sub-attributes that are required. */
function requireParts({ subAttributes }: Attribute, value: Json | undefined): void {
  const elements = isList(value) ? value : [value ?? null];
  for (const sub of new Set(subAttributes.values())) {
    if (!sub.required || !sub.kept) continue;
    const lacks = elements.some((element) => isObject(element) && isBlank(element[sub.name] ?? null));
    if (lacks) throw invalidValue(`${sub.label} is required and must not be empty`);
  }
}

function hasValue(attributes: Attributes, key: string): boolean {
  return (attributes[key] ?? null) !== null;
}

/** Whether a value will not do for a required attribute. */
export function isBlank(value: Json): boolean {
  return value === null || (typeof value === 'string' && value.trim() === '');
}
