import type { DirectoryPerson, UnsaidField } from './directory-person.ts';
import type { Json } from './json.ts';
import type { MappableField, MappingRule, MappingValue } from './sync-options.ts';
import type { Attributes } from './user.ts';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** Attributes that a directory may speak of, by their names in the API, and what they are called in a record. */
export const MAPPED_ATTRIBUTES: { readonly [name: string]: readonly [attribute: string, part?: string] } = {
  'name.givenName': ['name', 'givenName'],
  'name.familyName': ['name', 'familyName'],
  displayName: ['displayName'],
  nickName: ['nickName'],
  title: ['title'],
  userType: ['userType'],
  preferredLanguage: ['preferredLanguage'],
  locale: ['locale'],
  timezone: ['timezone'],
  department: [`${ENTERPRISE}:department`],
  employeeNumber: [`${ENTERPRISE}:employeeNumber`],
  costCenter: [`${ENTERPRISE}:costCenter`],
  organization: [`${ENTERPRISE}:organization`],
  division: [`${ENTERPRISE}:division`],
};

/** What is said of a person unless a rule takes its place. */
const USUAL: readonly MappingRule[] = [
  { attribute: 'name.givenName', value: { field: 'givenName' } },
  { attribute: 'name.familyName', value: { field: 'familyName' } },
  { attribute: 'displayName', value: { field: 'displayName' } },
  { attribute: 'title', value: { field: 'title' } },
  { attribute: 'department', value: { field: 'department' } },
  { attribute: 'employeeNumber', value: { field: 'employeeNumber' } },
];

/**
 * The attributes a directory asserts about a person: the usual ones, each replaced by the rule for it, if there is one.
 *
 * An empty text asserts nothing. What reads a field that the directory left unsaid stays as the former record had it.
 */
export function mapPerson(
  person: DirectoryPerson,
  mapping: readonly MappingRule[],
  former: Attributes | undefined,
): Attributes {
  const attributes: { [name: string]: Json } = {};
  const ruled = new Set(mapping.map(({ attribute }) => attribute));
  const rules = [...USUAL.filter(({ attribute }) => !ruled.has(attribute)), ...mapping];
  for (const { attribute, value } of rules) {
    if (value === null) continue;
    const text = isOpen(value, person) ? known(attribute, former) : evaluate(value, person);
    if (text !== null) put(attributes, attribute, text);
  }
  return attributes;
}

/** Fields that a value reads. */
export function fieldsOf(value: MappingValue): readonly MappableField[] {
  return 'field' in value ? [value.field] : partsOf(value).flatMap(fieldsOf);
}

/** The values that a value is made of. */
export function partsOf(value: MappingValue): readonly MappingValue[] {
  if ('trim' in value) return [value.trim];
  if ('lower' in value) return [value.lower];
  if ('firstOf' in value) return value.firstOf;
  return 'join' in value ? value.join : [];
}

/** The text of a value; null when it is empty. */
export function evaluate(value: MappingValue, person: DirectoryPerson): string | null {
  const text = textOf(value, person);
  return text === '' ? null : text;
}

function textOf(value: MappingValue, person: DirectoryPerson): string | null {
  if ('field' in value) return person[value.field];
  if ('constant' in value) return value.constant;
  const parts = partsOf(value).map((part) => evaluate(part, person));
  const [first = null] = parts;
  if ('trim' in value) return first?.trim() ?? null;
  if ('lower' in value) return first?.toLowerCase() ?? null;
  const said = parts.filter((part) => part !== null);
  return 'join' in value ? said.join(value.separator) : (said[0] ?? null);
}

function isOpen(value: MappingValue, { unsaid = [] }: DirectoryPerson): boolean {
  return fieldsOf(value).some((field) => unsaid.includes(field as UnsaidField));
}

function known(name: string, former: Attributes | undefined): string | null {
  const [attribute = '', part] = MAPPED_ATTRIBUTES[name] ?? [];
  const value = former?.[attribute];
  const text = part === undefined ? value : partOf(value, part);
  return typeof text === 'string' ? text : null;
}

function partOf(value: Json | undefined, part: string): Json | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as { readonly [part: string]: Json })[part] : undefined;
}

function put(attributes: { [name: string]: Json }, name: string, text: string): void {
  const [attribute, part] = MAPPED_ATTRIBUTES[name] ?? [];
  if (attribute === undefined) return;
  if (part === undefined) attributes[attribute] = text;
  else attributes[attribute] = { ...(attributes[attribute] as object | undefined), [part]: text };
}
