import { LIST_RESPONSE } from '../schema/urns.ts';

/** One page of an index-paged list (RFC 7644 §3.4.2); `itemsPerPage` is what is on it. */
export function listResponse(resources: readonly object[], total: number, startIndex: number) {
  return {
    schemas: [LIST_RESPONSE],
    totalResults: total,
    startIndex,
    itemsPerPage: resources.length,
    Resources: resources,
  };
}

/** One page of a cursor-paged list (RFC 9865 §2); the last has no `nextCursor`. */
export function cursorResponse(resources: readonly object[], total: number, nextCursor: string | undefined) {
  return {
    schemas: [LIST_RESPONSE],
    totalResults: total,
    itemsPerPage: resources.length,
    ...(nextCursor === undefined ? {} : { nextCursor }),
    Resources: resources,
  };
}
