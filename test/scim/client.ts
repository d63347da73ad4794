import { type IncomingHttpHeaders, request } from 'node:http';
import { PATCH_OP } from '../../scim/schema/urns.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely, and every look is an assertion
export type Body = any;

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Parsed; undefined without a body. */
  readonly body: Body;
  readonly ms: number;
}

export interface Sent {
  readonly method: string;
  readonly path: string;
  /** Sent as it is, whatever it is. */
  readonly text?: string | Buffer;
  /** `null` leaves a default header out. */
  readonly headers?: { readonly [name: string]: string | null };
}

type Headers = NonNullable<Sent['headers']>;

export interface ScimClient {
  /** The organization's SCIM root. */
  readonly root: string;
  readonly token: string;
  send(sent: Sent): Promise<Answer>;
  get(path: string, headers?: Headers): Promise<Answer>;
  post(path: string, body: unknown, headers?: Headers): Promise<Answer>;
  put(path: string, body: unknown, headers?: Headers): Promise<Answer>;
  /** Sends a PatchOp with these operations. */
  patch(path: string, operations: readonly unknown[], headers?: Headers): Promise<Answer>;
  delete(path: string, headers?: Headers): Promise<Answer>;
  /** Asks for the users a filter selects. */
  filter(filter: string, rest?: string): Promise<Answer>;
}

/** A client that sends exactly what it is told, over plain HTTP with a bearer token. */
export function createScimClient(root: string, token: string): ScimClient {
  const send = ({ method, path, text, headers = {} }: Sent) =>
    exchange(new URL(root), method, path, text, { authorization: `Bearer ${token}`, ...headers });
  const sendJson = (method: string, path: string, body: unknown, headers: Headers = {}) =>
    send({
      method,
      path,
      text: JSON.stringify(body),
      headers: { 'content-type': 'application/scim+json', ...headers },
    });
  return {
    root,
    token,
    send,
    get: (path, headers = {}) => send({ method: 'GET', path, headers }),
    post: (path, body, headers) => sendJson('POST', path, body, headers),
    put: (path, body, headers) => sendJson('PUT', path, body, headers),
    patch: (path, operations, headers) => sendJson('PATCH', path, patchOp(operations), headers),
    delete: (path, headers = {}) => send({ method: 'DELETE', path, headers }),
    filter: (filter, rest = '') => send({ method: 'GET', path: `/Users?filter=${encodeURIComponent(filter)}${rest}` }),
  };
}

export function patchOp(operations: readonly unknown[]) {
  return { schemas: [PATCH_OP], Operations: operations };
}

const TIMEOUT_MS = 10_000;

function exchange(root: URL, method: string, path: string, text: Sent['text'], headers: Headers): Promise<Answer> {
  const started = performance.now();
  const present = Object.entries(headers).filter((header): header is [string, string] => header[1] !== null);
  const length = text === undefined ? {} : { 'content-length': String(Buffer.byteLength(text)) };
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: root.hostname,
      port: root.port,
      method,
      path: `${root.pathname}${path}`,
      headers: { ...length, ...Object.fromEntries(present) },
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
        const body = answer === '' ? undefined : JSON.parse(answer);
        const ms = performance.now() - started;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: answer, body, ms });
      });
    });
    outgoing.end(text);
  });
}
