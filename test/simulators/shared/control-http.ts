import type { IncomingMessage } from 'node:http';
import { ok, type Reply } from './reply.ts';
import type { ThrottleOptions } from './throttle.ts';

export type Action<Control> = (control: Control, body: unknown, rest: string) => unknown;

/** `METHOD <noun>` → what happens. */
export interface Actions<Control> {
  readonly [route: string]: Action<Control>;
}

/** What the control of every simulated directory can do. */
export interface CommonControl<Mutation, FaultRule> {
  mutate(...mutations: readonly Mutation[]): unknown;
  person(who: number | string): unknown;
  fault(rule: FaultRule): unknown;
  clearFaults(): void;
  throttle(options: ThrottleOptions | null): void;
  revokeTokens(): void;
  now(): number;
  advance(ms: number): void;
  stats(): unknown;
  requests(): unknown;
  reset(): void;
}

export const DONE = { done: true };

/** `METHOD /__sim/<noun>` of every simulated directory. Bodies are JSON, shaped as the control's own arguments. */
export function commonActions<Mutation, FaultRule>(): Actions<CommonControl<Mutation, FaultRule>> {
  return {
    'POST mutate': (control, body) => ({ touched: control.mutate(...listOf<Mutation>(body)) }),
    'GET people': (control, _body, who) => control.person(/^\d{1,9}$/.test(who) ? Number(who) : who),
    'POST faults': (control, body) => {
      for (const rule of listOf<FaultRule>(body)) control.fault(rule);
      return DONE;
    },
    'DELETE faults': (control) => {
      control.clearFaults();
      return DONE;
    },
    'POST throttle': (control, body) => {
      control.throttle(body as ThrottleOptions | null);
      return DONE;
    },
    'POST revoke-tokens': (control) => {
      control.revokeTokens();
      return DONE;
    },
    'GET clock': (control) => ({ now: new Date(control.now()).toISOString() }),
    'POST clock': (control, body) => {
      const advanceMs =
        typeof body === 'object' && body !== null && 'advanceMs' in body ? Number(body.advanceMs) : Number.NaN;
      if (!Number.isFinite(advanceMs)) throw new Error('the body must be {"advanceMs": <milliseconds>}');
      control.advance(advanceMs);
      return { now: new Date(control.now()).toISOString() };
    },
    'GET stats': (control) => control.stats(),
    'GET requests': (control) => control.requests(),
    'POST reset': (control) => {
      control.reset();
      return DONE;
    },
  };
}

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/** Serves a control over HTTP, to this machine only and never to a web page. */
export function answerActions<Control>(
  actions: Actions<Control>,
  control: Control,
  request: IncomingMessage,
  body: string,
): Reply {
  if (!LOOPBACK.has(request.socket.remoteAddress ?? '') || request.headers.origin !== undefined)
    return { status: 403, body: { error: 'only from this machine' } };
  const { pathname } = new URL(request.url ?? '/', 'http://simulator');
  const [, , noun = '', ...rest] = pathname.split('/');
  const route = `${request.method} ${noun}`;
  const action = Object.hasOwn(actions, route) ? actions[route] : undefined;
  if (!action) return { status: 404, body: { error: `unknown; there is ${Object.keys(actions).join(', ')}` } };
  try {
    return ok(action(control, body === '' ? null : JSON.parse(body), decodeURIComponent(rest.join('/'))) ?? null);
  } catch (error) {
    return { status: 400, body: { error: error instanceof Error ? error.message : 'cannot be done' } };
  }
}

/** Trusts the caller with the shape; what the control cannot use it refuses with a sentence. */
export function listOf<Item>(body: unknown): readonly Item[] {
  return (Array.isArray(body) ? body : [body]) as readonly Item[];
}
