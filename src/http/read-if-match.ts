import { AppError } from '../core/errors.ts';
import { invalidInput } from './parse-input.ts';

const TAG = /^(?:W\/)?"([^"]*)"$/;

/** The entity tag of a version. */
export const tagOf = (version: number): string => `"${version}"`;

/**
 * The version an If-Match header names (RFC 9110 §13.1.1); null without one, and for `*`.
 *
 * A tag that was never given out matches nothing: throws `precondition_failed`. A weakened tag counts as what it was. Several tags
 * are refused as `invalid`: a person has one version.
 */
export function readIfMatch(header: string | undefined): number | null {
  const text = header?.trim();
  if (text === undefined || text === '*') return null;
  const tag = TAG.exec(text)?.[1];
  if (tag === undefined) throw invalidInput([{ path: 'If-Match', message: 'must be one entity tag, or *' }]);
  if (!/^\d{1,15}$/.test(tag)) throw new AppError('precondition_failed', 'it was changed since you read it');
  return Number(tag);
}
