import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface TcpProxyOptions {
  /** Where the server is; of a URL, host and port are used. */
  readonly target: string | { readonly host?: string; readonly port: number };
}

/** A network between a client and a server, to be broken. Faults last until they are taken back. */
export interface TcpProxy {
  readonly port: number;
  /** The URL of a server, with the proxy's host and port in the place of the server's. */
  url(server: string): string;
  /**
   * Loses replies: a request that the predicate picks (every one, unless told) reaches the server, but what the server says next on
   * that connection is swallowed and the connection is reset. `times` ends it by itself. Returns how many were lost so far.
   */
  dropReplies(fault?: DropReplies): () => number;
  /** Holds everything back this long, in both directions; 0 takes it back. */
  delay(ms: number): void;
  /** Lets no byte pass and keeps the connections; what was sent meanwhile passes on `resume`. */
  pause(): void;
  resume(): void;
  /** Cuts all connections there are. New ones are taken. */
  reset(): void;
  /** Takes every fault back. */
  heal(): void;
  connections(): number;
  close(): Promise<void>;
}

export interface DropReplies {
  readonly times?: number;
  /** Sees what the client sends, a piece as it comes from the network. */
  readonly when?: (request: Buffer) => boolean;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  losesReply: boolean;
}

/** Starts a proxy on a free port of 127.0.0.1. */
export async function startTcpProxy({ target }: TcpProxyOptions): Promise<TcpProxy> {
  const pairs = new Set<Pair>();
  const faults = { delayMs: 0, isPaused: false, drop: null as DropReplies | null, dropped: 0 };
  const cut = ({ client, server }: Pair) => {
    client.resetAndDestroy();
    server.resetAndDestroy();
  };

  const later = (step: () => void) => (faults.delayMs > 0 ? setTimeout(step, faults.delayMs) : step());
  const fromClient = (pair: Pair, piece: Buffer) => {
    const { drop, dropped } = faults;
    if (
      drop &&
      dropped < (drop.times ?? Number.POSITIVE_INFINITY) &&
      !pair.losesReply &&
      (drop.when?.(piece) ?? true)
    ) {
      pair.losesReply = true;
      faults.dropped += 1;
    }
    later(() => pair.server.writable && pair.server.write(piece));
  };
  const fromServer = (pair: Pair, piece: Buffer) => {
    if (pair.losesReply) cut(pair);
    else later(() => pair.client.writable && pair.client.write(piece));
  };

  const listener = createServer((client) => {
    const pair: Pair = { client, server: connect(addressOf(target)), losesReply: false };
    pairs.add(pair);
    client.on('data', (piece) => fromClient(pair, piece));
    pair.server.on('data', (piece) => fromServer(pair, piece));
    for (const [socket, other] of [
      [client, pair.server],
      [pair.server, client],
    ] as const) {
      socket.setNoDelay(true);
      if (faults.isPaused) socket.pause();
      socket.on('end', () => later(() => other.end()));
      // A broken connection on one side is a broken connection on the other.
      socket.on('error', () => cut(pair));
      socket.on('close', () => {
        pairs.delete(pair);
        other.destroySoon();
      });
    }
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const sockets = () => [...pairs].flatMap(({ client, server }) => [client, server]);

  const proxy: TcpProxy = {
    port,
    url(server) {
      const url = new URL(server);
      url.hostname = '127.0.0.1';
      url.port = String(port);
      return url.href;
    },
    dropReplies(fault = {}) {
      Object.assign(faults, { drop: fault, dropped: 0 });
      return () => faults.dropped;
    },
    delay(ms) {
      faults.delayMs = ms;
    },
    pause() {
      faults.isPaused = true;
      for (const socket of sockets()) socket.pause();
    },
    resume() {
      faults.isPaused = false;
      for (const socket of sockets()) socket.resume();
    },
    reset: () => [...pairs].forEach(cut),
    heal() {
      Object.assign(faults, { drop: null, delayMs: 0 });
      proxy.resume();
    },
    connections: () => pairs.size,
    async close() {
      const closed = once(listener, 'close');
      listener.close();
      proxy.reset();
      await closed;
    },
  };
  return proxy;
}

function addressOf(target: TcpProxyOptions['target']): { readonly host: string; readonly port: number } {
  if (typeof target !== 'string') return { host: '127.0.0.1', ...target };
  const { hostname, port } = new URL(target);
  return { host: hostname, port: Number(port) };
}
