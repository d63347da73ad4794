import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { ScimClient } from '../scim/client.ts';
import type { RollcallProcess } from '../support/rollcall-process.ts';
import { figure } from './figure.ts';
import { expectStatus } from './installation.ts';
import { percentile, spoken } from './measures.ts';
import { createScene, createTenant } from './scene.ts';

const EACH_KIND = 250;
const BETWEEN_BYTES_MS = 1_000;
const LOOKS = 400;
const HEAD_MS = 15_000;
const BODY_MS = 35_000;
/** Below this a ratio says nothing about who waits for whom. */
const QUICK_MS = 10;

const scene = createScene({ ROLLCALL_DATA_DIR: ':memory:' });

/** A client that sends a byte a second, and for how long it was let (milliseconds). */
interface SlowClient {
  readonly socket: Socket;
  readonly let: Promise<number>;
}

describe('S06: five hundred clients that send a byte a second', () => {
  after(() => scene.end());

  it('S06: are let go in time, and make nobody else wait', async () => {
    const rollcall = await scene.start();
    const tenant = await createTenant(rollcall);
    const scim = tenant.scim(rollcall);
    await scim.get('/Users');
    const before = await p95(scim);

    const made = await tenant.api(rollcall).post(`${tenant.path}/scim-tokens`, { name: 'slow' });
    const { token } = expectStatus(made, 201);
    const path = `/scim/v2/${tenant.id}/Users`;
    const heads = await openSlow(rollcall, `GET ${path} HTTP/1.1\r\nHost: a\r\nX-Slow: `);
    const declared = `Authorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 9000`;
    const body = `POST ${path} HTTP/1.1\r\nHost: a\r\n${declared}\r\n\r\n{`;
    const bodies = await openSlow(rollcall, body);
    const trickle = setInterval(() => {
      for (const { socket } of [...heads, ...bodies]) if (socket.writable) socket.write('a');
    }, BETWEEN_BYTES_MS);
    await sleep(BETWEEN_BYTES_MS);
    const during = await p95(scim);
    const slowestHead = Math.max(...(await Promise.all(heads.map((client) => client.let))));
    const slowestBody = Math.max(...(await Promise.all(bodies.map((client) => client.let))));
    clearInterval(trickle);

    figure(
      'S06',
      `${heads.length} slow heads gone after ${spoken(slowestHead)}, ${bodies.length} slow bodies after ${spoken(slowestBody)}; ` +
        `p95 of others ${before.toFixed(1)} ms before, ${during.toFixed(1)} ms meanwhile`,
    );
    expect(slowestHead).to.be.below(HEAD_MS);
    expect(slowestBody).to.be.below(BODY_MS);
    expect(during).to.be.below(Math.max(before * 2, QUICK_MS));
    expect((await scim.get('/Users')).status).to.equal(200);
  }).timeout(60_000);
});

async function openSlow({ url }: RollcallProcess, piece: string): Promise<readonly SlowClient[]> {
  const port = Number(new URL(url).port);
  const clients = Array.from({ length: EACH_KIND }, () => {
    const began = performance.now();
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    socket.resume().write(piece);
    return { socket, let: once(socket, 'close').then(() => performance.now() - began) };
  });
  await Promise.all(clients.map(({ socket }) => once(socket, 'connect')));
  return clients;
}

async function p95(scim: ScimClient): Promise<number> {
  const taken: number[] = [];
  for (let look = 0; look < LOOKS; look++) taken.push((await scim.get('/Users?count=1')).ms);
  return percentile(taken, 0.95);
}
