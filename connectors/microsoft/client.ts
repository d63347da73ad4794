import type { Client, Context, Middleware } from '@microsoft/microsoft-graph-client';
import { GRAPH_ORIGIN } from './clouds.ts';
import { type Answer, boundedBy, readAnswer } from './exchange.ts';
import { bodyOf, GraphFailure, unanswered } from './failure.ts';
import { createTokenSource, type TokenOptions } from './token-source.ts';

export interface GraphClientOptions extends TokenOptions {
  /** Where to find Graph instead of its own host; null = there. */
  readonly graphOrigin: string | null;
}

type Body = { readonly [member: string]: unknown };

/**
 * Graph as one organization's application sees it. Answers are unchecked JSON objects; every failure is a GraphFailure.
 *
 * A token that Graph refuses is dropped and replaced once; nothing else is tried twice here.
 */
export interface GraphClient {
  /** The origin that links of this Graph must have. */
  readonly origin: string;
  /** `path` is relative to the version. */
  get(path: string): Promise<Body>;
  /** `calls`: as how many the request counts. */
  post(path: string, body: object, calls: number): Promise<Body>;
  /** Forgets the token, so that the next call proves the credentials anew. */
  forgetTokens(): void;
}

const VERSION = 'v1.0';

/** Opens a client. Nothing is loaded or sent before the first call. */
export function openGraphClient(options: GraphClientOptions): GraphClient {
  const origin = new URL(options.graphOrigin ?? GRAPH_ORIGIN).origin;
  const tokens = createTokenSource(options);

  async function attempt(token: string, call: Call, calls: number): Promise<Body> {
    const answer = await exchange({ ...options, origin, token, calls }, call);
    return bodyOf(answer, 'api', options.now());
  }

  async function ask(call: Call, calls = 1): Promise<Body> {
    const used = await tokens.token();
    try {
      return await attempt(used, call, calls);
    } catch (error) {
      if (!(error instanceof GraphFailure) || error.status !== 401) throw error;
    }
    tokens.forget(used);
    return attempt(await tokens.token(), call, calls);
  }

  return {
    origin,
    get: (path) => ask((client) => client.api(path).get()),
    post: (path, body, calls) => ask((client) => client.api(path).post(body), calls),
    forgetTokens: tokens.forgetAll,
  };
}

type Call = (client: Client) => Promise<unknown>;
type Gate = Pick<GraphClientOptions, 'turn' | 'timeoutMs' | 'signal'> & {
  readonly origin: string;
  readonly token: string;
  /** As how many calls it counts. */
  readonly calls: number;
};

/**
 * One call through the library. A client of its own for each costs nothing and lets the answer, or what went wrong, come back as
 * it is: the library alone would make an error of it that has lost the cause.
 */
async function exchange(gate: Gate, call: Call): Promise<Answer> {
  // Only when needed: a server without such a connection does not load it.
  const { Client: Library, HTTPMessageHandler } = await import('@microsoft/microsoft-graph-client');
  let outcome: Answer | GraphFailure | null = null;
  const keep = createGate(gate, (next) => {
    outcome = next;
  });
  const middleware = [keep, new HTTPMessageHandler()];
  const client = Library.initWithMiddleware({ baseUrl: `${gate.origin}/`, defaultVersion: VERSION, middleware });
  // What the library makes of the answer does not matter: the gate has seen it.
  const fault = await call(client).then(
    () => null,
    (error: unknown) => error,
  );
  const kept = outcome as Answer | GraphFailure | null;
  if (kept instanceof Error) throw kept;
  if (kept === null) throw fault;
  return kept;
}

/**
 * The gate that every call to Graph passes: it goes only to Graph, waits for its turn, carries the token, follows no redirect, has a
 * time-out, and reads the answer to its end.
 */
function createGate(gate: Gate, keep: (outcome: Answer | GraphFailure) => void): Middleware {
  let next: Middleware;
  return {
    setNext(following) {
      next = following;
    },
    async execute(context) {
      checkDestination(context, gate.origin);
      try {
        for (let taken = 0; taken < gate.calls; taken += 1) await gate.turn();
        const headers = {
          ...context.options?.headers,
          authorization: `Bearer ${gate.token}`,
          // Others of the tenant come first.
          'x-ms-throttle-priority': 'low',
        };
        context.options = { ...context.options, ...boundedBy(gate), headers };
        await next.execute(context);
        const answer = await readAnswer(context.response as Response);
        keep(answer);
        context.response = new Response('{}', { headers: { 'content-type': 'application/json' } });
      } catch (error) {
        keep(error instanceof GraphFailure ? error : unanswered('api', error));
        throw error;
      }
    },
  };
}

function checkDestination({ request }: Context, origin: string): void {
  const url = new URL(typeof request === 'string' ? request : request.url);
  if (url.origin !== origin || !url.pathname.startsWith(`/${VERSION}/`))
    throw new Error(`a call meant for Graph was about to go to ${url.host}`);
}
