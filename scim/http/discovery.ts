import { listResponse } from '../messages/list-response.ts';
import { resourceTypes } from '../messages/resource-types.ts';
import { schemaResources } from '../messages/schema-resources.ts';
import { ScimError } from '../messages/scim-error.ts';
import { serviceProviderConfig } from '../messages/service-provider-config.ts';
import type { SchemaDocument } from '../schema/documents.ts';
import type { ScimAnswer, ScimHandler, ScimRequest } from './exchange.ts';

/** The discovery endpoints (RFC 7644 §4). */
export function discoveryHandlers(documents: readonly SchemaDocument[]) {
  return {
    serviceProviderConfig: ({ baseUrl }) => ({ status: 200, body: serviceProviderConfig(baseUrl) }),
    resourceTypes: (request) => wholeList(request, resourceTypes(request.baseUrl)),
    resourceType: (request) => one(request, resourceTypes(request.baseUrl)),
    schemas: (request) => wholeList(request, schemaResources(documents, request.baseUrl)),
    schema: (request) => one(request, schemaResources(documents, request.baseUrl)),
  } satisfies Record<string, ScimHandler>;
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
