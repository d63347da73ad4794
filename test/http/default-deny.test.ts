import { expect } from 'chai';
import express from 'express';
import { z } from 'zod';
import { listen } from '../../src/http/listen.ts';
import { errorAnswers, mountRoutes } from '../../src/http/mount-routes.ts';
import { operatorCheck } from '../../src/http/operator-auth.ts';
import { route } from '../../src/http/route.ts';
import { ROUTES } from '../../src/http/routes.ts';
import { createApiClient } from '../support/api-client.ts';
import { startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { NOBODY, operatorRoutes, requestFor } from './calls.ts';

describe('S02 the operator API denies by default', () => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let scimToken = '';
  before(async () => {
    rollcall = await startRollcall({ google: {}, microsoft: {} });
    organization = await rollcall.addOrganization();
    const { body } = await rollcall.api.post(`${organization.path}/scim-tokens`, { name: 'a token' });
    scimToken = body.token;
  });
  after(() => rollcall.stop());

  const KEY = 'operator-key-of-the-tests';
  const REFUSED: readonly (readonly [string, () => string | null])[] = [
    ['nothing', () => null],
    ['an empty header', () => ''],
    ['garbage', () => 'Bearer garbage'],
    ['a scheme of its own', () => `Token ${KEY}`],
    ['the key as a basic password', () => `Basic ${Buffer.from(`operator:${KEY}`).toString('base64')}`],
    ['the key without its last letter', () => `Bearer ${KEY.slice(0, -1)}`],
    ['the key and one letter more', () => `Bearer ${KEY}x`],
    ['the key twice', () => `Bearer ${KEY} ${KEY}`],
    ['the key in capitals', () => `Bearer ${KEY.toUpperCase()}`],
    ['a SCIM token', () => `Bearer ${scimToken}`],
  ];

  for (const [what, authorization] of REFUSED)
    it(`answers 401 on every route to ${what}`, async () => {
      for (const route of operatorRoutes) {
        const request = requestFor(route, { ...NOBODY, org: organization.id }, rollcall);
        const answer = await rollcall.api.send({ ...request, headers: { authorization: authorization() } });
        expect(answer.status, `${route.method} ${route.path}`).to.equal(401);
        expect(answer.headers['content-type']).to.equal('application/problem+json');
        expect(answer.headers['www-authenticate']).to.equal('Bearer realm="Rollcall"');
        expect(answer.body.code).to.equal('unauthorized');
      }
      const { body } = await rollcall.api.get('/organizations');
      expect(body.total, 'nothing was written').to.equal(1);
    });

  it('has nothing public but its health and its description', () =>
    expect(ROUTES.filter(({ policy }) => policy === 'public').map(({ path }) => path)).to.deep.equal([
      '/health/live',
      '/health/ready',
      '/api/openapi.json',
    ]));

  it('keeps every operator route below /api', () =>
    expect(operatorRoutes.filter(({ path }) => !path.startsWith('/api/'))).to.deep.equal([]));

  it('guards an operator route wherever it stands', async () => {
    const row = {
      method: 'get',
      path: '/elsewhere',
      policy: 'operator',
      name: 'elsewhere',
      summary: 'Planted.',
    } as const;
    const planted = route({ ...row, answer: z.object({ reached: z.boolean() }), handle: () => ({ reached: true }) });
    const { deps } = rollcall.rollcall;
    const context = { deps, publicUrl: () => '', ready: () => true, describe: () => ({}) };
    const app = express();
    mountRoutes(app, [planted], context, operatorCheck(KEY));
    app.use(errorAnswers({ logger: deps.logger, nextId: () => 'id' }));
    const listening = await listen(app, { host: '127.0.0.1', port: 0 });
    try {
      const api = createApiClient(listening.url, KEY);
      const stranger = await api.send({ method: 'GET', path: '/elsewhere', headers: { authorization: null } });
      expect(stranger.status).to.equal(401);
      expect((await api.send({ method: 'GET', path: '/elsewhere' })).body).to.deep.equal({ reached: true });
    } finally {
      await listening.close();
    }
  });

  for (const [method, path] of [
    ['GET', '/api'],
    ['GET', '/api/nothing'],
    ['PUT', '/api/organizations'],
    ['POST', '/api/openapi.json'],
    ['OPTIONS', '/api/organizations'],
    ['GET', '/API/organizations'],
    ['GET', '/api/organizations/'],
    ['GET', '//api/organizations'],
    ['GET', '/api/../api/organizations'],
    ['GET', '/api/%6frganizations'],
  ] as const)
    it(`says nothing about ${method} ${path} without the key`, async () => {
      const { status } = await rollcall.api.send({ method, path, headers: { authorization: null } });
      expect(status).to.equal(path.startsWith('//') ? 404 : 401);
    });

  it('asks for the key before it reads a body', async () => {
    const raw = Buffer.alloc(2_000_000, 97);
    const headers = { authorization: null, 'content-type': 'application/json' };
    const { status } = await rollcall.api.send({ method: 'POST', path: '/api/organizations', raw, headers });
    expect(status).to.equal(401);
  });

  it('takes the key whatever the case of the scheme', async () => {
    const answer = await rollcall.api.get('/organizations', { authorization: `bearer  ${KEY}` });
    expect(answer.status).to.equal(200);
  });

  it('does not open SCIM to the operator key', async () => {
    const { status } = await rollcall.api.send({ method: 'GET', path: `/scim/v2/${organization.id}/Users` });
    expect(status).to.equal(401);
  });
});
