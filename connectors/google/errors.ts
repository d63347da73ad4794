import { DirectoryError, type DirectoryFailure } from '../../src/ports/directory.ts';
import { type Caller, type CheckName, RULES, type Rule } from './error-rules.ts';
import type { GoogleFailure } from './failure.ts';

/** A DirectoryError that also knows which part of the connection it speaks of. */
export class GoogleError extends DirectoryError {
  readonly about: CheckName;

  constructor(failure: DirectoryFailure, about: CheckName, message: string, cause?: GoogleFailure) {
    super(failure, message, cause, cause?.retryAfterMs ?? null);
    this.name = 'GoogleError';
    this.about = about;
  }
}

/**
 * Says what a failed call means: whether to wait, to start the listing anew, or to ask an admin for a certain fix.
 *
 * A 403 is judged by Google's reason, not its status. A refusal that is not in Google's own words (a web page of a
 * proxy, say) is passing trouble: it proves nothing about the directory.
 */
export function toGoogleError(failure: GoogleFailure, caller: Caller): GoogleError {
  const { step, status, reasons, message } = failure;
  if (isPassing(failure)) return new GoogleError('retry', fallbackCheck(step), passing(failure), failure);
  if (status === 401 && step === 'api')
    return new GoogleError(
      'config',
      'token',
      'Google refuses even a fresh token: connect the service account again.',
      failure,
    );
  if (caller.withPageToken && step === 'api' && (status === 400 || status === 410))
    return new GoogleError('reset', 'listing', 'Google no longer accepts the page token.', failure);

  const rule = RULES.find((candidate) => applies(candidate, failure));
  if (rule) return new GoogleError(rule.failure, rule.about, rule.say(caller), failure);
  const said = [status, reasons[0], message].filter(Boolean).join(' ');
  return new GoogleError('config', fallbackCheck(step), `Google refuses the request: ${said}`, failure);
}

const PASSING_STATUS: ReadonlySet<number> = new Set([408, 425, 429]);

function isPassing({ status, reasons }: GoogleFailure): boolean {
  if (status === null || status < 400 || status >= 500 || PASSING_STATUS.has(status)) return true;
  return reasons.length === 0;
}

function passing({ status, message }: GoogleFailure): string {
  if (status === null || status < 400) return `Google could not be read: ${message}.`;
  return status === 429 ? 'Google asks for fewer calls.' : `Google could not be read: it answered ${status}.`;
}

const fallbackCheck = (step: 'token' | 'api'): CheckName => (step === 'token' ? 'token' : 'listing');

function applies(rule: Rule, failure: GoogleFailure): boolean {
  if (rule.step !== failure.step) return false;
  return failure.reasons.some((reason) => rule.reasons.includes(reason)) && (rule.words?.test(failure.message) ?? true);
}

/** Whether a failed look-up of one person means that Google no longer has them: a plain 404, or 412 within 20 days. */
export function meansGone({ step, status, reasons }: GoogleFailure): boolean {
  if (step !== 'api') return false;
  return (status === 404 && reasons.includes('notFound')) || (status === 412 && reasons.includes('conditionNotMet'));
}
