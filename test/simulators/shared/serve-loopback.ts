import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Reply } from './reply.ts';
import { send } from './send.ts';

/** One call as a simulator sees it: `arrival` counts the calls, `latest` says how many have come by now. */
export type Answer = (request: IncomingMessage, body: string, arrival: number, latest: () => number) => Reply;

/** A listening simulator. */
export interface Served {
  readonly origin: string;
  close(): Promise<void>;
}

/** Serves answers on 127.0.0.1 until closed; `port` 0 = any free one, `now` is the simulator's clock. */
export async function serveLoopback(port: number, now: () => number, answer: Answer): Promise<Served> {
  let arrivals = 0;
  const server = createServer(async (request, response) => {
    arrivals += 1;
    const arrival = arrivals;
    const body = await readBody(request);
    const reply = answer(request, body, arrival, () => arrivals);
    await send(response, reply, now());
  });
  return { origin: await listen(server, port), close: () => close(server) };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : port}`;
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
