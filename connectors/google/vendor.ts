import type { GoogleCredentials } from '../../src/ports/directory.ts';
import type { Vendor } from '../asking.ts';
import { GoogleError, toGoogleError } from './errors.ts';
import { GoogleFailure } from './failure.ts';

/** Google as it is asked: its failures, and what they mean for these credentials. */
export function googleVendor(credentials: GoogleCredentials): Vendor<GoogleFailure> {
  return {
    name: 'Google',
    account: credentials.clientEmail,
    isFailure: (error) => error instanceof GoogleFailure,
    toError: (failure, withCursor) => toGoogleError(failure, { ...credentials, withPageToken: withCursor }),
    paused: (retryAfterMs, message) =>
      new GoogleFailure({ step: 'api', status: 429, reasons: [], retryAfterMs, message }),
    stopped: (message) => new GoogleError('retry', 'listing', message),
  };
}
