import type { Duplex } from 'node:stream';

interface Refusal {
  readonly status: number;
  readonly reason: string;
  readonly detail: string;
}

const REFUSALS: ReadonlyMap<string, Refusal> = new Map([
  [
    'HPE_HEADER_OVERFLOW',
    { status: 431, reason: 'Request Header Fields Too Large', detail: 'the head of the request is too large' },
  ],
  ['ERR_HTTP_REQUEST_TIMEOUT', { status: 408, reason: 'Request Timeout', detail: 'the request came too slowly' }],
]);

const MALFORMED: Refusal = { status: 400, reason: 'Bad Request', detail: 'this is not a well-formed HTTP request' };

/** How long the client may take to read the answer and hang up itself. */
const LINGER_MS = 1_000;

/**
 * Answers a request that never became one (malformed, too large a head, too slow) and closes the connection.
 *
 * Its path is not known, so the body is a SCIM error (RFC 7644 §3.12): identity providers show anything else as a riddle, and
 * everybody else reads it as the JSON it is.
 */
export function answerClientError(error: Error & { code?: string }, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const { status, reason, detail } = REFUSALS.get(error.code ?? '') ?? MALFORMED;
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:Error'];
  const body = JSON.stringify({ schemas, status: String(status), detail });
  const head = [
    `HTTP/1.1 ${status} ${reason}`,
    'Connection: close',
    'Content-Type: application/scim+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}
