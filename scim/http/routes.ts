import type { ScimScope } from '../../src/core/scim-token.ts';

export type HandlerName =
  | 'serviceProviderConfig'
  | 'resourceTypes'
  | 'resourceType'
  | 'schemas'
  | 'schema'
  | 'listUsers'
  | 'createUser'
  | 'readUser'
  | 'replaceUser'
  | 'modifyUser'
  | 'removeUser'
  | 'notImplemented';

/** One thing that may be asked, and the scope a token needs for it (null: any). What is not in the table does not exist. */
export interface ScimRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/scim/v2/<organization>`; `:id` stands for one segment. */
  readonly path: string;
  readonly scope: ScimScope | null;
  readonly handler: HandlerName;
  readonly body: boolean;
}

const route = (
  method: ScimRoute['method'],
  path: string,
  scope: ScimRoute['scope'],
  handler: HandlerName,
): ScimRoute => ({
  method,
  path,
  scope,
  handler,
  body: handler !== 'notImplemented' && (method === 'POST' || method === 'PUT' || method === 'PATCH'),
});

/** Every SCIM route with its policy. */
export const SCIM_ROUTES: readonly ScimRoute[] = [
  route('GET', '/ServiceProviderConfig', 'scim:read', 'serviceProviderConfig'),
  route('GET', '/serviceConfiguration', 'scim:read', 'serviceProviderConfig'),
  route('GET', '/ResourceTypes', 'scim:read', 'resourceTypes'),
  route('GET', '/ResourceTypes/:id', 'scim:read', 'resourceType'),
  route('GET', '/Schemas', 'scim:read', 'schemas'),
  route('GET', '/Schemas/:id', 'scim:read', 'schema'),

  route('GET', '/Users', 'scim:read', 'listUsers'),
  route('POST', '/Users', 'scim:users', 'createUser'),
  route('GET', '/Users/:id', 'scim:read', 'readUser'),
  route('PUT', '/Users/:id', 'scim:users', 'replaceUser'),
  route('PATCH', '/Users/:id', 'scim:users', 'modifyUser'),
  route('DELETE', '/Users/:id', 'scim:users', 'removeUser'),
  route('POST', '/Users/.search', 'scim:read', 'notImplemented'),

  route('GET', '/Groups', 'scim:read', 'notImplemented'),
  route('POST', '/Groups', 'scim:groups', 'notImplemented'),
  route('GET', '/Groups/:id', 'scim:read', 'notImplemented'),
  route('PUT', '/Groups/:id', 'scim:groups', 'notImplemented'),
  route('PATCH', '/Groups/:id', 'scim:groups', 'notImplemented'),
  route('DELETE', '/Groups/:id', 'scim:groups', 'notImplemented'),
  route('POST', '/Groups/.search', 'scim:read', 'notImplemented'),

  route('GET', '/Me', 'scim:read', 'notImplemented'),
  route('POST', '/Me', 'scim:users', 'notImplemented'),
  route('PUT', '/Me', 'scim:users', 'notImplemented'),
  route('PATCH', '/Me', 'scim:users', 'notImplemented'),
  route('DELETE', '/Me', 'scim:users', 'notImplemented'),
  route('POST', '/Bulk', 'scim:users', 'notImplemented'),
  route('GET', '/', 'scim:read', 'notImplemented'),
  route('POST', '/.search', 'scim:read', 'notImplemented'),
];
