import type { RateLimiter } from '../../src/services/rate-limiter.ts';
import { ScimError } from '../messages/scim-error.ts';

/**
 * Throws 429 when a connection asks too often. `Retry-After` is in whole seconds, the only form every provider understands; the other
 * headers are for those that look at them instead.
 */
export function checkRate(limit: RateLimiter, connectionId: string, requests = 1): void {
  const limited = limit(connectionId, requests);
  if (!limited) return;
  throw new ScimError(429, 'this SCIM connection sends too many requests; slow down', undefined, {
    'Retry-After': String(limited.retryAfter),
    'X-RateLimit-Limit': String(limited.limit),
    'X-RateLimit-Remaining': '0',
    'X-RateLimit-Reset': String(limited.reset),
  });
}
