import { type IncomingHttpHeaders, request } from 'node:http';

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely, and every look is an assertion
export type Body = any;

export interface ApiAnswer {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Parsed; undefined without a body. */
  readonly body: Body;
}

export interface ApiRequest {
  readonly method: string;
  /** From the host on. */
  readonly path: string;
  readonly body?: unknown;
  /** Sent as it is, in the place of `body`. */
  readonly raw?: string | Buffer;
  /** `null` leaves a default header out. */
  readonly headers?: Headers;
}

type Headers = { readonly [name: string]: string | null };

/** The operator API as its callers use it, over plain HTTP. Paths are from `/api` on. */
export interface ApiClient {
  send(request: ApiRequest): Promise<ApiAnswer>;
  get(path: string, headers?: Headers): Promise<ApiAnswer>;
  post(path: string, body?: unknown, headers?: Headers): Promise<ApiAnswer>;
  put(path: string, body: unknown, headers?: Headers): Promise<ApiAnswer>;
  patch(path: string, body: unknown, headers?: Headers): Promise<ApiAnswer>;
  delete(path: string, headers?: Headers): Promise<ApiAnswer>;
}

/** A client that sends exactly what it is told; `onAnswer` sees every answer before the caller does. */
export function createApiClient(url: string, key: string, onAnswer: (answer: ApiAnswer) => void = () => {}): ApiClient {
  const send = async (sent: ApiRequest): Promise<ApiAnswer> => {
    const answer = await exchange(new URL(url), {
      ...sent,
      headers: { authorization: `Bearer ${key}`, ...sent.headers },
    });
    onAnswer(answer);
    return answer;
  };
  const call = (method: string, path: string, body: unknown, headers: Headers = {}) =>
    send({ method, path: `/api${path}`, body, headers });
  return {
    send,
    get: (path, headers) => call('GET', path, undefined, headers),
    post: (path, body, headers) => call('POST', path, body, headers),
    put: (path, body, headers) => call('PUT', path, body, headers),
    patch: (path, body, headers) => call('PATCH', path, body, headers),
    delete: (path, headers) => call('DELETE', path, undefined, headers),
  };
}

const TIMEOUT_MS = 10_000;

function exchange(root: URL, { method, path, body, raw, headers = {} }: ApiRequest): Promise<ApiAnswer> {
  const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const length = text === undefined ? {} : { 'content-length': String(Buffer.byteLength(text)) };
  const present = Object.entries({ ...type, ...length, ...headers }).filter(
    (header): header is [string, string] => header[1] !== null,
  );
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: root.hostname,
      port: root.port,
      method,
      path,
      headers: Object.fromEntries(present),
      timeout: TIMEOUT_MS,
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`${method} ${path} took too long`)));
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const answer = Buffer.concat(chunks).toString('utf8');
        const isJson = /json/.test(response.headers['content-type'] ?? '') && answer !== '';
        const parsed = isJson ? JSON.parse(answer) : undefined;
        resolve({
          method,
          path,
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: answer,
          body: parsed,
        });
      });
    });
    outgoing.end(text);
  });
}
