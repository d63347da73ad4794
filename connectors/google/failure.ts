import { retryAfterMs } from '../retry.ts';

/**
 * A failed call to Google, reduced to facts that are safe to keep: never a header, a body, a token or a key.
 */
export class GoogleFailure extends Error {
  readonly step: 'token' | 'api';
  /** HTTP status; null when no answer came. */
  readonly status: number | null;
  /** Google's own error codes, most telling first; empty when the answer was not Google's JSON. */
  readonly reasons: readonly string[];
  readonly retryAfterMs: number | null;

  constructor(facts: Pick<GoogleFailure, 'step' | 'status' | 'reasons' | 'retryAfterMs' | 'message'>) {
    super(facts.message);
    this.name = 'GoogleFailure';
    this.step = facts.step;
    this.status = facts.status;
    this.reasons = facts.reasons;
    this.retryAfterMs = facts.retryAfterMs;
  }
}

/** An answer that arrived but cannot be what Google says: cut off, a web page, another shape. Worth asking again. */
export function malformed(step: 'token' | 'api', message: string): GoogleFailure {
  return new GoogleFailure({ step, status: 200, reasons: [], retryAfterMs: null, message });
}

/** The key cannot even sign: nothing was sent. */
export function unreadableKey(): GoogleFailure {
  const message = 'the private key cannot be read';
  return new GoogleFailure({ step: 'token', status: 400, reasons: ['unreadable_key'], retryAfterMs: null, message });
}

/**
 * Reduces what the client library threw for a call. Throws the error on when it is none of a call: a fault of ours.
 */
export function failureOf(error: unknown, step: 'token' | 'api', now: number): GoogleFailure {
  if (error instanceof GoogleFailure) return error;
  if (property(error, 'config') === undefined) throw error;
  const response = property(error, 'response');
  const status = numberOr(property(response, 'status'), numberOr(property(error, 'status'), null));
  const headers = property(response, 'headers');
  const said = status === null ? unanswered(error) : saidByGoogle(property(response, 'data'));
  return new GoogleFailure({
    step,
    status,
    reasons: said.reasons,
    retryAfterMs: retryAfterMs(headerOf(headers, 'retry-after'), headerOf(headers, 'date'), now),
    message: said.message,
  });
}

interface Said {
  readonly reasons: readonly string[];
  readonly message: string;
}

function unanswered(error: unknown): Said {
  const code = property(error, 'code');
  const known = typeof code === 'string' && /^[\w-]{1,40}$/.test(code);
  if (code === 'TimeoutError') return { reasons: [], message: 'no answer in time' };
  return { reasons: [], message: known ? `the connection failed (${code})` : 'no usable answer came' };
}

/** Token endpoint: `{error: "invalid_grant", error_description}`. API: `{error: {message, errors[], status, details[]}}`. */
function saidByGoogle(body: unknown): Said {
  const error = property(body, 'error');
  if (typeof error === 'string') return { reasons: [error], message: words(property(body, 'error_description')) };
  if (typeof error !== 'object' || error === null) return { reasons: [], message: 'not an answer of Google' };
  const listed = listOf(property(error, 'errors'));
  const details = listOf(property(error, 'details'));
  const reasons = [
    ...details.map((detail) => property(detail, 'reason')),
    ...listed.map((entry) => property(entry, 'reason')),
    property(error, 'status'),
    ...listed.map((entry) => property(entry, 'domain')),
  ];
  return {
    reasons: reasons.filter((reason) => typeof reason === 'string'),
    message: words(property(error, 'message')),
  };
}

/** Google's sentence, in one line and short enough to show. */
function words(value: unknown): string {
  return typeof value === 'string' ? value.replace(/\s+/g, ' ').slice(0, 200) : '';
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** The library brings a Headers class of its own, so the method is what counts. */
function headerOf(headers: unknown, name: string): string | null {
  const get = property(headers, 'get');
  const value: unknown = typeof get === 'function' ? get.call(headers, name) : null;
  return typeof value === 'string' ? value : null;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const numberOr = (value: unknown, other: number | null) => (typeof value === 'number' ? value : other);
