export interface TransportOptions {
  /** Where to find Google instead of its own hosts, such as `http://127.0.0.1:8080`; null = Google. */
  readonly baseUrl: string | null;
  /** For one whole HTTP exchange, body included. */
  readonly timeoutMs: number;
  /** Waits until one more call may go out. */
  readonly turn: () => Promise<void>;
  /** Ends every exchange when aborted. */
  readonly signal?: AbortSignal | undefined;
}

/** What we set on a request of the client library, whatever else it holds. */
interface OutgoingRequest {
  url: URL;
  retry?: boolean;
  retryConfig?: object;
  redirect?: 'error' | 'follow' | 'manual';
  size?: number;
  signal?: AbortSignal | null;
  agent?: unknown;
}

/** 500 people with every field filled stay far below; more is not an answer of Google. */
const LARGEST_ANSWER = 32 * 1024 * 1024;
const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]', 'localhost']);

/**
 * The one gate that every call to Google passes, token calls included.
 *
 * It waits for its turn, goes only to Google or to the configured base URL, follows no redirect, has a time-out, is never
 * repeated by the library, and does not take a proxy to reach this very machine.
 */
export function createTransport({ baseUrl, timeoutMs, turn, signal }: TransportOptions) {
  return async <Request extends OutgoingRequest>(request: Request): Promise<Request> => {
    const url = destination(request.url, baseUrl);
    await turn();
    request.url = url;
    request.retry = false;
    delete request.retryConfig;
    request.redirect = 'error';
    request.size = LARGEST_ANSWER;
    const timeout = AbortSignal.timeout(timeoutMs);
    request.signal = signal ? AbortSignal.any([signal, timeout]) : timeout;
    if (LOOPBACK.has(url.hostname)) delete request.agent;
    return request;
  };
}

function destination(url: URL, baseUrl: string | null): URL {
  if (url.protocol !== 'https:' || !url.hostname.endsWith('.googleapis.com'))
    throw new Error(`a call meant for Google was about to go to ${url.hostname}`);
  return baseUrl === null ? url : new URL(`${url.pathname}${url.search}`, baseUrl);
}
