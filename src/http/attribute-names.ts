import { CUSTOM_EXTENSION, PERSON_ATTRIBUTES, PERSON_EXTENSION } from '../core/person-attributes.ts';
import type { Attributes } from '../core/user.ts';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** The name an attribute has in this API, and its canonical one. Every other attribute has one name for both. */
const NAMES: readonly (readonly [api: string, canonical: string])[] = [
  ...PERSON_ATTRIBUTES.map((name) => [name, `${PERSON_EXTENSION}:${name}`] as const),
  ...['employeeNumber', 'costCenter', 'organization', 'division', 'department', 'manager'].map(
    (name) => [name, `${ENTERPRISE}:${name}`] as const,
  ),
];

/** What the fields of an organization are called: `custom.` and their key. */
export const CUSTOM = 'custom';

const API_NAMES: ReadonlyMap<string, string> = new Map(NAMES.map(([api, canonical]) => [canonical, api]));
const CANONICAL_NAMES: ReadonlyMap<string, string> = new Map(NAMES);

/** What admins call three of the things a source asserts. */
const SPOKEN_NAMES: ReadonlyMap<string, string> = new Map([
  ['displayName', 'name'],
  ['enabled', 'status'],
]);

/** The name of an attribute in `attributes`: bare for core and enterprise attributes, a URN for everything else. */
export function attributeName(canonical: string): string {
  if (canonical.startsWith(`${CUSTOM_EXTENSION}:`)) return `${CUSTOM}.${canonical.slice(CUSTOM_EXTENSION.length + 1)}`;
  return API_NAMES.get(canonical) ?? canonical;
}

/** The canonical name of an attribute of this API. */
export function canonicalName(api: string): string {
  if (api.startsWith(`${CUSTOM}.`)) return `${CUSTOM_EXTENSION}:${api.slice(CUSTOM.length + 1)}`;
  return CANONICAL_NAMES.get(api) ?? api;
}

/**
 * What an assertion is called where it is spoken of as a whole, in `owners`, explanations and refusals: `status` for whether
 * somebody is enabled, `name` for displayName.
 */
export function spokenName(canonical: string): string {
  return SPOKEN_NAMES.get(canonical) ?? attributeName(canonical);
}

/** The same members under the names of `attributes`. */
export function withAttributeNames<T>(members: { readonly [canonical: string]: T }): { readonly [api: string]: T } {
  const named: { [api: string]: T } = {};
  for (const name in members) named[attributeName(name)] = members[name] as T;
  return named;
}

/**
 * The same members by their spoken names. The name's parts stand for the name only where nobody asserts a displayName: both are
 * called `name`.
 */
export function withSpokenNames<T>(members: readonly (readonly [canonical: string, T])[]): {
  readonly [spoken: string]: T;
} {
  const hidden = members.some(([name]) => name === 'displayName') ? 'name' : null;
  const spoken: { [spoken: string]: T } = {};
  for (const [name, value] of members) if (name !== hidden) spoken[spokenName(name)] = value;
  return spoken;
}

/** Attributes as a person is shown with: the organization's fields stand together, below `custom`. */
export function shownAttributes(attributes: Attributes): { readonly [api: string]: unknown } {
  const shown: { [api: string]: unknown } = {};
  const custom: { [key: string]: unknown } = {};
  for (const [name, value] of Object.entries(withAttributeNames(attributes))) {
    if (name.startsWith(`${CUSTOM}.`)) custom[name.slice(CUSTOM.length + 1)] = value;
    else shown[name] = value;
  }
  return Object.keys(custom).length > 0 ? { ...shown, [CUSTOM]: custom } : shown;
}
