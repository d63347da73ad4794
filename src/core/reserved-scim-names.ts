/** Built-in resource types that an organization may add extensions to, with their endpoints and core schemas. */
export const BUILT_IN_TYPES: ReadonlyMap<string, { readonly endpoint: string; readonly schema: string }> = new Map([
  ['User', { endpoint: '/Users', schema: 'urn:ietf:params:scim:schemas:core:2.0:User' }],
  ['Group', { endpoint: '/Groups', schema: 'urn:ietf:params:scim:schemas:core:2.0:Group' }],
]);

/** The built-in extension, of which a configuration may say only whether it is required. */
export const BUILT_IN_EXTENSION = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** Folded URNs, and beginnings of URNs, that mean something to SCIM itself. */
const RESERVED_URNS: readonly string[] = [
  'urn:ietf:params:scim:schemas:core:',
  'urn:ietf:params:scim:api:',
  'urn:scim:schemas:',
  'urn:rollcall:',
  BUILT_IN_EXTENSION.toLowerCase(),
];

/** Whether a URN is the RFCs' own: a core schema, a message, the enterprise extension. */
export function isReservedUrn(urn: string): boolean {
  const folded = urn.toLowerCase();
  return RESERVED_URNS.some((reserved) => folded.startsWith(reserved));
}

/** Folded names of what stands at a SCIM root already. */
export const RESERVED_ENDPOINTS: ReadonlySet<string> = new Set(
  ['users', 'groups', 'me', 'bulk', 'schemas', 'resourcetypes', 'serviceproviderconfig', 'serviceconfiguration'].map(
    (name) => `/${name}`,
  ),
);

/** Folded names of resource types that are no resource types of an organization. */
export const RESERVED_TYPES: ReadonlySet<string> = new Set([
  'me',
  'bulk',
  'schema',
  'resourcetype',
  'serviceproviderconfig',
]);

/** Folded names that every resource has already (RFC 7643 §3.1). */
export const COMMON_ATTRIBUTES: ReadonlySet<string> = new Set(['schemas', 'id', 'externalid', 'meta']);

/** Folded names that any object of the language has, so that looking one up would find something nobody stored. */
export const LANGUAGE_NAMES: ReadonlySet<string> = new Set(
  ['prototype', ...Object.getOwnPropertyNames(Object.prototype)].map((name) => name.toLowerCase()),
);
