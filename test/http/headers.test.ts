import { expect } from 'chai';
import { startRollcall, type TestRollcall } from '../support/rollcall.ts';

describe('S21 headers of every answer', () => {
  let rollcall: TestRollcall;
  before(async () => {
    rollcall = await startRollcall();
  });
  after(() => rollcall.stop());

  const EVERYWHERE = {
    'content-security-policy': "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    'cross-origin-resource-policy': 'same-origin',
  };

  for (const [method, path, status] of [
    ['GET', '/health/live', 200],
    ['GET', '/health/ready', 200],
    ['GET', '/api/openapi.json', 200],
    ['GET', '/api/organizations', 200],
    ['GET', '/api/organizations/none', 404],
    ['GET', '/api/organizations?x=1', 400],
    ['DELETE', '/api/organizations', 405],
    ['GET', '/', 404],
    ['GET', '/scim/v2/none/Users', 401],
  ] as const)
    it(`protects ${method} ${path}`, async () => {
      const answer = await rollcall.api.send({ method, path });
      expect(answer.status).to.equal(status);
      expect(answer.headers).to.include(EVERYWHERE);
      expect(answer.headers).not.to.have.any.keys('x-powered-by', 'server', 'etag');
    });

  it('answers a stranger with the same headers', async () => {
    const { status, headers } = await rollcall.api.get('/organizations', { authorization: null });
    expect(status).to.equal(401);
    expect(headers).to.include(EVERYWHERE);
  });
});
