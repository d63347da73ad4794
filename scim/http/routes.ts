import type { ScimScope } from '../../src/core/scim-token.ts';

export type HandlerName =
  | 'serviceProviderConfig'
  | 'resourceTypes'
  | 'resourceType'
  | 'schemas'
  | 'schema'
  | 'listUsers'
  | 'searchUsers'
  | 'listAll'
  | 'searchAll'
  | 'createUser'
  | 'readUser'
  | 'replaceUser'
  | 'modifyUser'
  | 'removeUser'
  | 'listGroups'
  | 'searchGroups'
  | 'createGroup'
  | 'readGroup'
  | 'replaceGroup'
  | 'modifyGroup'
  | 'removeGroup'
  | 'listCustom'
  | 'searchCustom'
  | 'createCustom'
  | 'readCustom'
  | 'replaceCustom'
  | 'modifyCustom'
  | 'removeCustom'
  | 'bulk'
  | 'me';

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
  body: handler !== 'me' && (method === 'POST' || method === 'PUT' || method === 'PATCH'),
});

/** Whether the route is one that an operation of a bulk may take: a write, and no bulk. */
export function changesResources({ scope }: ScimRoute): boolean {
  return scope !== null && scope !== 'scim:read';
}

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
  route('POST', '/Users/.search', 'scim:read', 'searchUsers'),

  route('GET', '/Groups', 'scim:read', 'listGroups'),
  route('POST', '/Groups', 'scim:groups', 'createGroup'),
  route('GET', '/Groups/:id', 'scim:read', 'readGroup'),
  route('PUT', '/Groups/:id', 'scim:groups', 'replaceGroup'),
  route('PATCH', '/Groups/:id', 'scim:groups', 'modifyGroup'),
  route('DELETE', '/Groups/:id', 'scim:groups', 'removeGroup'),
  route('POST', '/Groups/.search', 'scim:read', 'searchGroups'),

  route('GET', '/Me', 'scim:read', 'me'),
  route('POST', '/Me', 'scim:users', 'me'),
  route('PUT', '/Me', 'scim:users', 'me'),
  route('PATCH', '/Me', 'scim:users', 'me'),
  route('DELETE', '/Me', 'scim:users', 'me'),
  route('POST', '/Bulk', null, 'bulk'),
  route('GET', '/', 'scim:read', 'listAll'),
  route('POST', '/.search', 'scim:read', 'searchAll'),
];

/** The routes of every resource type that an organization has configured, below its endpoint. */
export const CUSTOM_ROUTES: readonly ScimRoute[] = [
  route('GET', '/', 'scim:read', 'listCustom'),
  route('POST', '/', 'scim:users', 'createCustom'),
  route('POST', '/.search', 'scim:read', 'searchCustom'),
  route('GET', '/:id', 'scim:read', 'readCustom'),
  route('PUT', '/:id', 'scim:users', 'replaceCustom'),
  route('PATCH', '/:id', 'scim:users', 'modifyCustom'),
  route('DELETE', '/:id', 'scim:users', 'removeCustom'),
];
