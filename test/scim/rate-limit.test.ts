import { expect } from 'chai';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { createScimClient, type ScimClient } from './client.ts';
import { aPerson, expectBody, expectError, expectList } from './expectations.ts';

describe('case-C19 case-C20 the rate of a SCIM connection', () => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let scim: ScimClient;
  let now = Date.parse('2026-10-01T12:00:00.000Z');
  beforeEach(async () => {
    const env = { SCIM_RATE_PER_SECOND: '2', SCIM_BURST: '5' };
    rollcall = await startRollcall({ env, overrides: { clock: { now: () => now } } });
    organization = await rollcall.addOrganization();
    scim = await organization.connectScim();
  });
  afterEach(() => rollcall.stop());

  const ask = async (times: number) => {
    const answers = [];
    for (let n = 0; n < times; n++) answers.push(await scim.get('/Users?count=1'));
    return answers;
  };
  const statuses = async (times: number) => (await ask(times)).map(({ status }) => status);

  it('answers 429 as a SCIM error with whole seconds once the burst is spent', async () => {
    expect(await statuses(5)).to.deep.equal([200, 200, 200, 200, 200]);
    const answer = await scim.post('/Users', aPerson());
    expectError(answer, 429);
    expect(answer.headers['retry-after']).to.equal('1');
    expect(answer.headers['x-ratelimit-limit']).to.equal('5');
    expect(answer.headers['x-ratelimit-remaining']).to.equal('0');
    expect(answer.headers['x-ratelimit-reset']).to.equal('3');
    const { body } = await rollcall.api.get(`${organization.path}/users?status=all`);
    expect(body.total, 'nothing was stored').to.equal(0);
  });

  it('takes as many more as the time since then allows, exactly', async () => {
    await ask(5);
    now += 499;
    expect(await statuses(1)).to.deep.equal([429]);
    now += 1;
    expect(await statuses(2)).to.deep.equal([200, 429]);
    now += 60_000;
    expect(await statuses(6)).to.deep.equal([200, 200, 200, 200, 200, 429]);
  });

  it('counts each connection by itself, all tokens of one together, and nobody without a token', async () => {
    const connections = `${organization.path}/scim-connections`;
    const other = expectStatus(await rollcall.api.post(connections, { name: 'Okta' }), 201);
    const tokens = `${connections}/${other.id}/tokens`;
    const first = expectStatus(await rollcall.api.post(tokens, { name: 'a' }), 201);
    const second = expectStatus(await rollcall.api.post(tokens, { name: 'b' }), 201);
    for (let n = 0; n < 10; n++)
      expectError(await scim.send({ method: 'GET', path: '/Users', headers: { authorization: 'Bearer x' } }), 401);
    await ask(6);
    const [one, two] = [first, second].map(({ baseUrl, token }) => createScimClient(baseUrl, token));
    expectList((await one?.get('/Users')) as never);
    for (let n = 0; n < 4; n++) expectBody((await two?.get('/Users')) as never, 200);
    expectError((await one?.get('/Users')) as never, 429);
    expectError(await scim.get('/Users'), 429);
  });

  it('counts the operations of a bulk, and performs none of them when they are too many', async () => {
    const bulk = (count: number) =>
      scim.post('/Bulk', {
        Operations: Array.from({ length: count }, (_, n) => ({
          method: 'POST',
          path: '/Users',
          bulkId: `b${n}`,
          data: aPerson(),
        })),
      });
    expectBody(await bulk(3), 200);
    expect(await statuses(3)).to.deep.equal([200, 200, 429]);
    now += 1_000;
    const refused = await bulk(4);
    expectError(refused, 429);
    expect(refused.headers['retry-after']).to.equal('1');
    now += 60_000;
    expectBody(await bulk(50), 200);
    expect(await statuses(1), 'more than a burst takes all of it').to.deep.equal([429]);
    now += 60_000;
    expectList(await scim.get('/Users?count=0'), 53);
  });
});
