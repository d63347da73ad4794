import type { ScimResources } from '../resources.ts';
import type { ServedType } from '../schema/served-schemas.ts';
import type { ScimRequest } from './exchange.ts';
import { resourceHandlers } from './resource-handlers.ts';

/** The endpoints of the resource types that an organization has configured, but for lists, by the names of the route table. */
export function customHandlers(resources: ScimResources) {
  const { create, read, replace, modify, remove } = resourceHandlers(resources, typeOf);
  return {
    createCustom: create,
    readCustom: read,
    replaceCustom: replace,
    modifyCustom: modify,
    removeCustom: remove,
  };
}

/** The configured type a request is about; routes of such types are found by nothing else. */
export function typeOf({ type }: ScimRequest): ServedType {
  if (!type) throw new Error('a route of configured types was taken without one');
  return type;
}
