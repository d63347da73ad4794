import { isRaw } from '../raw.ts';
import { retryAfterMs } from '../retry.ts';
import type { Answer } from './exchange.ts';

type Step = 'token' | 'api';

/** A failed call to the login or to Graph, reduced to facts that are safe to keep: never a header, a body, a token or a secret. */
export class GraphFailure extends Error {
  readonly step: Step;
  /** HTTP status; null when no answer came. */
  readonly status: number | null;
  /** Microsoft's own error codes, most telling first; empty when the answer was not Microsoft's JSON. */
  readonly reasons: readonly string[];
  readonly retryAfterMs: number | null;

  constructor(facts: Pick<GraphFailure, 'step' | 'status' | 'reasons' | 'retryAfterMs' | 'message'>) {
    super(facts.message);
    this.name = 'GraphFailure';
    this.step = facts.step;
    this.status = facts.status;
    this.reasons = facts.reasons;
    this.retryAfterMs = facts.retryAfterMs;
  }
}

/** An answer that arrived but cannot be what Microsoft says: cut off, a web page, another shape. Worth asking again. */
export function malformed(step: Step, message: string): GraphFailure {
  return new GraphFailure({ step, status: 200, reasons: [], retryAfterMs: null, message });
}

/** The certificate cannot even sign: nothing was sent. */
export function unreadableCertificate(): GraphFailure {
  const message = 'the certificate or its private key cannot be read';
  const reasons = ['unreadable_certificate'];
  return new GraphFailure({ step: 'token', status: 400, reasons, retryAfterMs: null, message });
}

/** No answer came, or none that could be read to its end. */
export function unanswered(step: Step, error: unknown): GraphFailure {
  const facts = { step, status: null, reasons: [], retryAfterMs: null };
  if (error instanceof Error && error.name === 'TimeoutError')
    return new GraphFailure({ ...facts, message: 'no answer in time' });
  const cause = error instanceof Error && isRaw(error.cause) ? error.cause.code : undefined;
  const known = typeof cause === 'string' && /^[\w-]{1,40}$/.test(cause);
  return new GraphFailure({
    ...facts,
    message: known ? `the connection failed (${cause})` : 'no usable answer came',
  });
}

/** The JSON object of a good answer. Throws what a bad one, or one that is no JSON object, amounts to. */
export function bodyOf(answer: Answer, step: Step, now: number): { readonly [member: string]: unknown } {
  const body = parse(answer.text);
  if (answer.status !== 200) throw refusal(step, answer.status, answer.headers, body, now);
  if (!isRaw(body)) throw malformed(step, 'the answer is not JSON, or was cut off');
  return body;
}

/** A refusal, whether it came alone or inside of a batch. */
export function refusal(step: Step, status: number, headers: Answer['headers'], body: unknown, now: number) {
  const waitMs = retryAfterMs(headers.get('retry-after'), headers.get('date'), now);
  return new GraphFailure({ step, status, retryAfterMs: waitMs, ...saidBy(body) });
}

/** Login: `{error, error_description, error_codes}`. Graph: `{error: {code, message, innerError: {code}}}`. */
function saidBy(body: unknown): Pick<GraphFailure, 'reasons' | 'message'> {
  const said = isRaw(body) ? body : {};
  if (typeof said.error === 'string') {
    const numbers = Array.isArray(said.error_codes) ? said.error_codes.filter(Number.isSafeInteger) : [];
    return {
      reasons: [...numbers.map((number) => `AADSTS${number}`), said.error],
      message: words(said.error_description),
    };
  }
  if (!isRaw(said.error)) return { reasons: [], message: 'not an answer of Microsoft' };
  const inner = said.error.innerError ?? said.error.innererror;
  const codes = [isRaw(inner) ? inner.code : undefined, said.error.code];
  return {
    reasons: codes.filter((code) => typeof code === 'string' && code !== '') as readonly string[],
    message: words(said.error.message),
  };
}

/** Microsoft's sentence, in one line, without the numbers of its support, and short enough to show. */
function words(value: unknown): string {
  if (typeof value !== 'string') return '';
  return value
    .replace(/\s+/g, ' ')
    .replace(/ ?Trace ID:.*$/, '')
    .slice(0, 200);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is no JSON is told from JSON by being undefined; why it is none says nothing to anybody.
    return undefined;
  }
}
