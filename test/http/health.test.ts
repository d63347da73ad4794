import { expect } from 'chai';
import { createApp } from '../../src/http/create-app.ts';
import { type Listening, listen } from '../../src/http/listen.ts';
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
  async function serve(ready: boolean, stores: Partial<Stores> = {}) {
    const { deps } = rollcall.rollcall;
    const app = createApp({
      deps: { ...deps, stores: { ...deps.stores, ...stores } },
      operatorKey: rollcall.operatorKey,
      publicUrl: () => rollcall.url,
      scim: (_request, response) => void response.end(),
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
    expect(body.details.queue).to.have.all.keys('waiting', 'running');
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
