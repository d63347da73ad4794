import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '../core/errors.ts';
import { answerClientError } from './client-error.ts';

export interface Listening {
  /** Where this machine reaches the server, without a trailing slash. */
  readonly url: string;
  /** Takes no new connection, lets running requests finish (at most `graceMs`), then closes what is left. */
  close(graceMs?: number): Promise<void>;
}

/** A client that sends its head or body slower than this (milliseconds) is answered 408 and let go. */
export interface Patience {
  readonly headersTimeout: number;
  readonly requestTimeout: number;
  readonly connectionsCheckingInterval: number;
}

const PATIENCE: Patience = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 2_000 };
const GRACE_MS = 10_000;
const IDLE_CHECK_MS = 50;

/** Names of this machine for addresses that mean "everywhere". */
const EVERYWHERE: ReadonlyMap<string, string> = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
]);

/** Serves an app on an address of this machine; port 0 picks a free one. Rejects when the address cannot be had. */
export async function listen(
  app: RequestListener,
  { host, port, patience = PATIENCE }: { readonly host: string; readonly port: number; readonly patience?: Patience },
): Promise<Listening> {
  const server = createServer({ ...patience }, app);
  server.on('clientError', answerClientError);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: Error & { code?: string }) =>
      reject(
        new AppError(
          'unavailable',
          `cannot listen on ${host}, port ${port} (${error.code}); see HOST and PORT`,
          {},
          error,
        ),
      ),
    );
    server.listen({ host, port }, resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    url: `http://${hostOf(host)}:${address.port}`,
    async close(graceMs = GRACE_MS) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // A connection kept alive is idle only once its answer is out, which may be at any moment from now on.
      const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
      const end = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearInterval(idle);
      clearTimeout(end);
    },
  };
}

function hostOf(host: string): string {
  const name = EVERYWHERE.get(host) ?? host;
  return name.includes(':') ? `[${name}]` : name;
}
