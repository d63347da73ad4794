import { parseBulk } from '../bulk/parse-bulk.ts';
import { performBulk } from '../bulk/perform-bulk.ts';
import type { BulkDependencies } from '../bulk/send-operation.ts';
import { bulkResponse } from '../messages/bulk-response.ts';
import type { ScimHandler } from './exchange.ts';
import type { ScimPrincipal } from './principal.ts';

/**
 * The Bulk endpoint (RFC 7644 §3.7): 200 whatever becomes of the operations, once the message itself is understood. `count` is told how
 * many requests the operations stand for beside the one that was counted already, and throws when those are too many.
 */
export function bulkHandler(
  deps: BulkDependencies,
  count: (principal: ScimPrincipal, requests: number) => void,
): ScimHandler {
  return async ({ principal, schemas, baseUrl, body }) => {
    const request = parseBulk(body, { dialect: principal.dialect ?? 'compat', baseUrl });
    if (request.operations.length > 1) count(principal, request.operations.length - 1);
    return { status: 200, body: bulkResponse(await performBulk(deps, { principal, schemas, baseUrl }, request)) };
  };
}
