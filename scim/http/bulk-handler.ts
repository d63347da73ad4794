import { parseBulk } from '../bulk/parse-bulk.ts';
import { performBulk } from '../bulk/perform-bulk.ts';
import type { BulkDependencies } from '../bulk/send-operation.ts';
import { bulkResponse } from '../messages/bulk-response.ts';
import type { ScimHandler } from './exchange.ts';

/** The Bulk endpoint (RFC 7644 §3.7): 200 whatever becomes of the operations, once the message itself is understood. */
export function bulkHandler(deps: BulkDependencies): ScimHandler {
  return async ({ principal, schemas, baseUrl, body }) => {
    const request = parseBulk(body, { dialect: principal.dialect ?? 'compat', baseUrl });
    return { status: 200, body: bulkResponse(await performBulk(deps, { principal, schemas, baseUrl }, request)) };
  };
}
