import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Reply } from './reply.ts';

const DRIP_BYTES = 64;

/** Sends an answer the way its wire says. `date` is the simulator's clock. */
export async function send(response: ServerResponse, reply: Reply, date: number): Promise<void> {
  const { wire } = reply;
  if (wire?.kind === 'reset-before') return reset(response);
  const body = Buffer.from(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
  if (wire?.kind === 'slow-first-byte') await wait(wire.ms, undefined, { ref: false });
  response.writeHead(reply.status, {
    'content-type': 'application/json; charset=UTF-8',
    'content-length': body.length,
    date: new Date(date).toUTCString(),
    ...reply.headers,
  });
  if (wire?.kind === 'reset-midway' || wire?.kind === 'short-body') return sendHalf(response, body, wire.kind);
  if (wire?.kind === 'slow-drip') return drip(response, body, wire.ms);
  response.end(reply.status === 204 ? undefined : body);
}

function reset(response: ServerResponse): void {
  const { socket } = response;
  if (socket && 'resetAndDestroy' in socket) socket.resetAndDestroy();
}

/** A reset breaks the connection; a short body ends it in good order, with fewer bytes than announced. */
async function sendHalf(response: ServerResponse, body: Buffer, kind: 'reset-midway' | 'short-body'): Promise<void> {
  await new Promise((resolve) => response.write(body.subarray(0, Math.floor(body.length / 2)), resolve));
  if (kind === 'reset-midway') reset(response);
  else response.socket?.end();
}

async function drip(response: ServerResponse, body: Buffer, ms: number): Promise<void> {
  for (let at = 0; at < body.length && !response.destroyed; at += DRIP_BYTES) {
    response.write(body.subarray(at, at + DRIP_BYTES));
    await wait(ms, undefined, { ref: false });
  }
  response.end();
}
