import type { ScimResources } from '../resources.ts';
import { resourceHandlers } from './resource-handlers.ts';

/** The Groups endpoints (RFC 7644 §3) but for lists, by the names of the route table. */
export function groupHandlers(resources: ScimResources) {
  const { create, read, replace, modify, remove } = resourceHandlers(resources, ({ schemas }) => schemas.group);
  return {
    createGroup: create,
    readGroup: read,
    replaceGroup: replace,
    modifyGroup: modify,
    removeGroup: remove,
  };
}
