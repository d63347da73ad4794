import { AppError } from '../core/errors.ts';
import type { IfMatch } from './scim-assertion.ts';

/** Throws `precondition_failed` when the client speaks of another version than this. */
export function checkMatch(version: number, ifMatch: IfMatch): void {
  if (ifMatch !== null && !ifMatch(version))
    throw new AppError('precondition_failed', 'the resource was changed since you read it');
}
