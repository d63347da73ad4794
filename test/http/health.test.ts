import { expect } from 'chai';
import type { RequestHandler } from 'express';
import { AppError } from '../../src/core/errors.ts';
import { createApp } from '../../src/http/create-app.ts';
import { type Listening, listen } from '../../src/http/listen.ts';
import type { JobQueue } from '../../src/ports/job-queue.ts';
import type { Stores } from '../../src/ports/stores.ts';
import { createApiClient } from '../support/api-client.ts';
import { startDescribed } from './description.ts';

type Described = Awaited<ReturnType<typeof startDescribed>>;

describe('health', () => {
  let rollcall: Described;
  let listening: Listening | null = null;
  beforeEach(async () => {
    rollcall = await startDescribed();
  });
  afterEach(async () => {
    await listening?.close();
    listening = null;
    await rollcall.stop();
  });

  const anonymous = { authorization: null };
  const get = (path: string, client = rollcall.api) => client.send({ method: 'GET', path, headers: anonymous });

  /** The same process seen through another app, on whose readiness and store the test decides. */
  async function serve(
    ready: boolean,
    stores: Partial<Stores> = {},
    queue: Partial<JobQueue> = {},
    scim: RequestHandler | null = (_request, response) => void response.end(),
  ) {
    const { deps } = rollcall.rollcall;
    await listening?.close();
    const app = createApp({
      deps: { ...deps, stores: { ...deps.stores, ...stores }, queue: { ...deps.queue, ...queue } },
      operatorKey: rollcall.operatorKey,
      publicUrl: () => rollcall.url,
      scim,
      ready: () => ready,
      logger: deps.logger,
    });
    listening = await listen(app, { host: '127.0.0.1', port: 0 });
    return createApiClient(listening.url, rollcall.operatorKey, rollcall.description.check);
  }

  it('is live', async () => {
    const { status, body } = await get('/health/live');
    expect(status).to.equal(200);
    expect(body).to.deep.equal({ status: 'live' });
  });

  it('is ready when the store answers', async () => {
    const { status, body } = await get('/health/ready');
    expect(status).to.equal(200);
    expect(body.status).to.equal('ready');
    expect(body.details.store).to.equal('answers');
    expect(body.details.queue).to.deep.equal({ state: 'ok', waiting: 0, running: 0, notes: [] });
  });

  it('is ready but degraded while the queue is in trouble, and says why', async () => {
    const health = async () => ({ state: 'degraded' as const, details: ['Redis is full'] });
    const { status, body } = await get('/health/ready', await serve(true, {}, { health }));
    expect([status, body.status]).to.deep.equal([200, 'degraded']);
    expect(body.details.queue).to.deep.equal({ state: 'degraded', waiting: 0, running: 0, notes: ['Redis is full'] });
  });

  it('is ready but degraded while the queue does not answer', async () => {
    const counts = () => Promise.reject(new AppError('unavailable', 'Redis is away'));
    const { status, body } = await get('/health/ready', await serve(true, {}, { counts }));
    expect([status, body.status]).to.deep.equal([200, 'degraded']);
    const notes = ['the queue does not answer'];
    expect(body.details.queue).to.deep.equal({ state: 'degraded', waiting: null, running: null, notes });
  });

  it('is all that a process answers that only works', async () => {
    const client = await serve(true, {}, {}, null);
    expect((await get('/health/ready', client)).status).to.equal(200);
    const headers = { authorization: `Bearer ${rollcall.operatorKey}` };
    for (const path of ['/api/organizations', '/api/openapi.json', '/scim/v2/Users'])
      expect((await fetch(`${listening?.url}${path}`, { headers })).status, path).to.equal(404);
  });

  it('ends connections with their answer while shutting down', async () => {
    const [stopping, up] = [await get('/health/live', await serve(false)), await get('/health/live')];
    expect(stopping.headers.connection).to.equal('close');
    expect(up.headers.connection).not.to.equal('close');
  });

  it('is live but not ready while shutting down', async () => {
    const client = await serve(false);
    const { status, headers, body } = await get('/health/ready', client);
    expect(status).to.equal(503);
    expect(headers['retry-after']).to.match(/^\d+$/);
    expect(body).to.include({ code: 'unavailable', detail: 'this process is shutting down' });
    expect((await get('/health/live', client)).status).to.equal(200);
  });

  for (const [what, ping] of [
    ['fails', () => Promise.reject(new Error('disk /secret/place is gone'))],
    ['does not answer', () => new Promise<void>(() => {})],
  ] as const)
    it(`is not ready when the store ${what}`, async () => {
      const client = await serve(true, { ping });
      const { status, text, body } = await get('/health/ready', client);
      expect(status).to.equal(503);
      expect(body.detail).to.equal('the store does not answer');
      expect(text).not.to.contain('secret');
    });

  it('takes no other method', async () => {
    const { status, headers } = await rollcall.api.send({ method: 'POST', path: '/health/live', headers: anonymous });
    expect(status).to.equal(405);
    expect(headers.allow).to.equal('GET, HEAD');
  });

  it('answers HEAD with the head alone', async () => {
    const { status, text } = await rollcall.api.send({ method: 'HEAD', path: '/health/live', headers: anonymous });
    expect({ status, text }).to.deep.equal({ status: 200, text: '' });
  });
});
