import { DirectoryError, type DirectoryFailure } from '../../src/ports/directory.ts';
import { type Caller, type CheckName, RULES, type Rule } from './error-rules.ts';
import type { GraphFailure } from './failure.ts';

/** A DirectoryError that also knows which part of the connection it speaks of. */
export class MicrosoftError extends DirectoryError {
  readonly about: CheckName;

  constructor(failure: DirectoryFailure, about: CheckName, message: string, cause?: GraphFailure) {
    super(failure, message, cause, cause?.retryAfterMs ?? null);
    this.name = 'MicrosoftError';
    this.about = about;
  }
}

/**
 * Says what a failed call means: whether to wait, to list everybody anew, or to ask an admin for a certain fix.
 *
 * A refusal that is not in Microsoft's own words (a web page of a proxy, say) is passing trouble: it proves nothing about the
 * directory. A Location that comes with 410 is not followed: everybody is listed from our own start.
 */
export function toMicrosoftError(failure: GraphFailure, caller: Caller): MicrosoftError {
  const { step, status, reasons, message } = failure;
  const about = step === 'token' ? 'token' : 'listing';
  const rule = RULES.find((candidate) => applies(candidate, failure));
  if (rule?.failure === 'reset' || (status === 410 && caller.withCursor))
    return new MicrosoftError('reset', 'listing', 'Microsoft no longer knows what it has told already.', failure);
  if (isPassing(failure)) return new MicrosoftError('retry', about, passing(failure), failure);
  if (status === 401 && step === 'api' && !rule)
    return new MicrosoftError(
      'config',
      'token',
      'Microsoft refuses even a fresh token: connect the tenant again.',
      failure,
    );
  if (rule) return new MicrosoftError(rule.failure, rule.about, rule.say(caller), failure);
  if (caller.withCursor && step === 'api' && status === 400)
    return new MicrosoftError('reset', 'listing', 'Microsoft no longer accepts the link of the page.', failure);
  const said = [status, reasons[0], message].filter(Boolean).join(' ');
  return new MicrosoftError('config', about, `Microsoft refuses the request: ${said}`, failure);
}

const PASSING_STATUS: ReadonlySet<number> = new Set([408, 425, 429]);

function isPassing({ status, reasons }: GraphFailure): boolean {
  if (status === null || status < 400 || status >= 500 || PASSING_STATUS.has(status)) return true;
  return reasons.length === 0;
}

function passing({ status, message }: GraphFailure): string {
  if (status === null || status < 400) return `Microsoft could not be read: ${message}.`;
  return status === 429 ? 'Microsoft asks for fewer calls.' : `Microsoft could not be read: it answered ${status}.`;
}

function applies(rule: Rule, { step, reasons }: GraphFailure): boolean {
  return rule.step === step && reasons.some((reason) => rule.reasons.includes(reason));
}

/** Whether a failed look-up of one person means that Graph has nobody there. */
export function meansAbsent({ step, status, reasons }: GraphFailure): boolean {
  return step === 'api' && status === 404 && reasons.some((reason) => ABSENT.has(reason));
}

const ABSENT: ReadonlySet<string> = new Set(['Request_ResourceNotFound', 'ResourceNotFound']);

/** Whether the tenant is of a kind that has no delta (External ID, B2C): then everybody is listed each time. */
export function meansNoDelta({ step, status, reasons }: GraphFailure): boolean {
  if (step !== 'api') return false;
  return status === 501 || reasons.some((reason) => NO_DELTA.has(reason));
}

const NO_DELTA: ReadonlySet<string> = new Set([
  'Request_UnsupportedQuery',
  'UnsupportedQuery',
  'NotSupported',
  'notSupported',
]);
