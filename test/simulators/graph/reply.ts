import type { Reply } from '../shared/reply.ts';

/** An error of Graph. */
export function apiError(status: number, code: string, message: string): Reply {
  const innerError = { date: '2026-01-01T00:00:00', 'request-id': REQUEST_ID, 'client-request-id': REQUEST_ID };
  return { status, body: { error: { code, message, innerError } } };
}

/** An error of the token endpoint; the number is how Entra names it. */
export function tokenError(status: number, error: string, number: number, description: string): Reply {
  const error_description = `AADSTS${number}: ${description} Trace ID: ${REQUEST_ID}`;
  return { status, body: { error, error_description, error_codes: [number], trace_id: REQUEST_ID } };
}

const REQUEST_ID = '00000000-aaaa-bbbb-cccc-000000000001';

export const UNAUTHENTICATED = apiError(401, 'InvalidAuthenticationToken', 'Access token validation failure.');
export const TOO_MANY = apiError(429, 'TooManyRequests', 'Too many requests.');
export const NOT_FOUND = apiError(
  404,
  'Request_ResourceNotFound',
  'Resource does not exist or one of its queried reference-property objects are not present.',
);
export const SYNC_STATE_LOST = apiError(400, 'syncStateNotFound', 'The sync state generation is not found.');
