import { listResponse } from '../messages/list-response.ts';
import { type ResourceTypeResource, resourceTypeResources } from '../messages/resource-types.ts';
import { type SchemaResource, schemaResources } from '../messages/schema-resources.ts';
import { ScimError } from '../messages/scim-error.ts';
import { serviceProviderConfig } from '../messages/service-provider-config.ts';
import type { ScimAnswer, ScimHandler, ScimRequest } from './exchange.ts';

/** The discovery endpoints (RFC 7644 §4): what the organization of the token is served. */
export const DISCOVERY_HANDLERS = {
  serviceProviderConfig: ({ baseUrl }) => ({ status: 200, body: serviceProviderConfig(baseUrl) }),
  resourceTypes: (request) => wholeList(request, typesOf(request)),
  resourceType: (request) => one(request, typesOf(request)),
  schemas: (request) => wholeList(request, schemasOf(request)),
  schema: (request) => one(request, schemasOf(request)),
} satisfies Record<string, ScimHandler>;

function typesOf({ schemas: { types }, baseUrl }: ScimRequest): readonly ResourceTypeResource[] {
  const documents = types.map(({ document }) => document);
  return resourceTypeResources(documents, baseUrl);
}

function schemasOf({ schemas: { documents }, baseUrl }: ScimRequest): readonly SchemaResource[] {
  return schemaResources(documents, baseUrl);
}

/** Paging and sorting are ignored here, filters refused (RFC 7644 §4). */
function wholeList({ query }: ScimRequest, resources: readonly object[]): ScimAnswer {
  if (query.has('filter')) throw new ScimError(403, 'this list cannot be filtered');
  return { status: 200, body: listResponse(resources, resources.length, 1) };
}

function one({ id }: ScimRequest, resources: readonly { readonly id: string }[]): ScimAnswer {
  const found = resources.find((resource) => resource.id.toLowerCase() === id.toLowerCase());
  if (!found) throw new ScimError(404, 'there is no such resource');
  return { status: 200, body: found };
}
