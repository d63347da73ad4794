import { AppError, emailTaken } from '../core/errors.ts';
import type { SaveOutcome } from '../ports/user-store.ts';
import type { ClaimCode } from './claims.ts';

export const STALE: SaveOutcome = { saved: false, code: 'stale', userId: null };
export const SAVED: SaveOutcome = { saved: true };

/** What a single save throws when somebody else holds what it claims. */
export const REFUSALS: Readonly<Record<ClaimCode, (holder: string) => AppError>> = {
  email_taken: (userId) => emailTaken(userId),
  user_name_taken: (userId) =>
    new AppError('user_name_taken', 'this userName is already used by another user', { userId }),
  source_key_taken: (userId) =>
    new AppError('source_key_taken', 'this external id already belongs to another user', { userId }),
  value_taken: (userId) => new AppError('value_taken', 'the value of a unique attribute is already used', { userId }),
  host_id_taken: (userId) => new AppError('host_id_taken', 'this host id already belongs to another user', { userId }),
};
