import type { IncomingMessage } from 'node:http';
import { ok, type Reply } from '../shared/reply.ts';
import type { ThrottleOptions } from '../shared/throttle.ts';
import type { GraphControl } from './control.ts';
import type { FaultRule } from './fault-rule.ts';
import type { Mutation } from './mutations.ts';

type Action = (control: GraphControl, body: unknown, rest: string) => unknown;

const DONE = { done: true };

/** `METHOD /__sim/<noun>` → what happens. Bodies are JSON, shaped as the control's own arguments. */
const ACTIONS: { readonly [route: string]: Action } = {
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
  'POST consent': (control, body) => {
    control.consent(listOf<string>(body));
    return DONE;
  },
  'POST expire-secret': (control) => {
    control.expireSecret();
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

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/** Serves the control over HTTP, to this machine only and never to a web page. */
export function answerControl(control: GraphControl, request: IncomingMessage, body: string): Reply {
  if (!LOOPBACK.has(request.socket.remoteAddress ?? '') || request.headers.origin !== undefined)
    return { status: 403, body: { error: 'only from this machine' } };
  const { pathname } = new URL(request.url ?? '/', 'http://simulator');
  const [, , noun = '', ...rest] = pathname.split('/');
  const route = `${request.method} ${noun}`;
  const action = Object.hasOwn(ACTIONS, route) ? ACTIONS[route] : undefined;
  if (!action) return { status: 404, body: { error: `unknown; there is ${Object.keys(ACTIONS).join(', ')}` } };
  try {
    return ok(action(control, body === '' ? null : JSON.parse(body), decodeURIComponent(rest.join('/'))) ?? null);
  } catch (error) {
    return { status: 400, body: { error: error instanceof Error ? error.message : 'cannot be done' } };
  }
}

/** Trusts the caller with the shape; what the control cannot use it refuses with a sentence. */
function listOf<Item>(body: unknown): readonly Item[] {
  return (Array.isArray(body) ? body : [body]) as readonly Item[];
}
