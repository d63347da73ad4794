import type { MicrosoftCredentials } from '../../src/ports/directory.ts';
import type { Vendor } from '../asking.ts';
import { MicrosoftError, toMicrosoftError } from './errors.ts';
import { GraphFailure } from './failure.ts';

/** Microsoft as it is asked: its failures, and what they mean for these credentials. */
export function microsoftVendor(credentials: MicrosoftCredentials): Vendor<GraphFailure> {
  return {
    name: 'Microsoft',
    account: credentials.clientId,
    isFailure: (error) => error instanceof GraphFailure,
    toError: (failure, withCursor) => toMicrosoftError(failure, { ...credentials, withCursor }),
    paused: (retryAfterMs, message) =>
      new GraphFailure({ step: 'api', status: 429, reasons: [], retryAfterMs, message }),
    stopped: (message) => new MicrosoftError('retry', 'listing', message),
  };
}
