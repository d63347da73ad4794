import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { Answer } from '../scim/client.ts';
import { describeOnOwnMongo } from '../servers/describe-on.ts';
import { type OwnMongo, startOwnMongo } from '../servers/mongo-server.ts';
import type { RollcallProcess } from '../support/rollcall-process.ts';
import { SHARED_KEYS } from '../support/shared-keys.ts';
import { figure } from './figure.ts';
import { spoken } from './measures.ts';
import { createScene, createTenant, type Scene, scimPerson, type Tenant, timeUntil } from './scene.ts';

const PATIENCE_MS = 2_000;
const LANES = 6;
/** What a request may take at most: it may ask the store more than once, each time in vain. */
const LONGEST_MS = 9_000;

interface Seen {
  readonly at: number;
  readonly ms: number;
  readonly status: number;
}

const OUTAGES = [
  ['the gateway is killed', (server: OwnMongo) => server.kill('gateway'), 10_000],
  ['the engine is killed', (server: OwnMongo) => server.kill('engine'), 5_000],
  ['the server is frozen', async (server: OwnMongo) => server.freeze(), 5_000],
] as const;

describeOnOwnMongo('R18: a MongoDB that goes away', function () {
  this.timeout(60_000);
  let server: OwnMongo;
  let scene: Scene;
  let rollcall: RollcallProcess;
  let tenant: Tenant;
  const ids: string[] = [];
  const agents: string[] = [];

  before(async () => {
    server = await startOwnMongo();
    scene = createScene({
      MONGODB_URL: `${server.url}/rollcall`,
      MONGODB_TIMEOUT_MS: String(PATIENCE_MS),
      ...SHARED_KEYS,
    });
    rollcall = await scene.start();
    tenant = await createTenant(rollcall);
    const agency = await tenant.api(rollcall).post(`${tenant.path}/agencies`, { name: 'Talent Ltd' });
    for (let n = 0; n < LANES; n++) {
      ids.push((await tenant.scim(rollcall).post('/Users', scimPerson(`p${n}@example.com`))).body.id);
      const agent = { name: `Agent ${n}`, email: `a${n}@agency.example`, kind: 'agency', agencyId: agency.body.id };
      agents.push((await tenant.api(rollcall).post(`${tenant.path}/users`, agent)).body.id);
    }
  });
  after(async () => {
    await scene?.end();
    await server?.stop();
  });

  /** Calls both APIs again and again until told; every answer is looked into. */
  async function load(until: () => boolean): Promise<readonly Seen[]> {
    const seen: Seen[] = [];
    const note = (from: number, { status }: { readonly status: number }) =>
      seen.push({ at: performance.now(), ms: performance.now() - from, status });
    const lane = async (n: number) => {
      for (let turn = 0; !until(); turn++) {
        const title = `title ${n} ${turn} ${Math.random()}`;
        for (const ask of [
          async () => checkScim(await tenant.scim(rollcall).get(`/Users/${ids[n]}`)),
          async () =>
            checkScim(
              await tenant.scim(rollcall).patch(`/Users/${ids[n]}`, [{ op: 'replace', path: 'title', value: title }]),
            ),
          async () =>
            checkOperator(await tenant.api(rollcall).patch(`${tenant.path}/users/${agents[n]}`, { name: title })),
        ]) {
          const from = performance.now();
          note(from, await ask());
          await sleep(20);
        }
      }
    };
    await Promise.all(Array.from({ length: LANES }, (_, n) => lane(n)));
    return seen;
  }

  for (const [what, strike, ms] of OUTAGES)
    it(`R18: answers 503 while ${what}, and comes back by itself`, async () => {
      let isOver = false;
      const loading = load(() => isOver);
      await sleep(1_000);
      const struck = performance.now();
      await strike(server);
      const notReadyAfter = await timeUntil('the process says that it is not ready', async () => {
        const asked = performance.now();
        const { status, headers } = await ready(rollcall);
        expect(performance.now() - asked).to.be.below(3_000);
        if (status === 503) expect(headers.get('retry-after')).to.match(/^\d+$/);
        return status === 503;
      });
      await sleep(Math.max(0, ms - (performance.now() - struck)));
      server.thaw();
      await server.restart();
      const back = performance.now();
      const readyAfter = await timeUntil('it is ready again', async () => (await ready(rollcall)).status === 200);
      await sleep(2_000);
      isOver = true;
      const seen = await loading;
      const failed = seen.filter(({ status }) => status === 503);
      const first = Math.min(...seen.filter(({ at, status }) => at > back && status === 200).map(({ at }) => at));
      const longest = Math.max(...seen.map((one) => one.ms));
      figure(
        'R18',
        `${what} for ${spoken(back - struck)}: first success ${spoken(first - back)} after the return, ` +
          `${failed.length} answers 503 with Retry-After, none else refused, the longest took ${spoken(longest)}`,
      );
      figure('R31', `${what}: not ready after ${spoken(notReadyAfter)}, ready ${spoken(readyAfter)} after the return`);
      expect(rollcall.child.exitCode).to.equal(null);
      expect(failed.length).to.be.above(0);
      expect(first - back).to.be.below(5_000);
      expect(longest).to.be.below(LONGEST_MS);
    });
});

const ready = ({ url }: RollcallProcess) => fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(8_000) });

function checkScim(answer: Answer): Answer {
  if (answer.status === 200) return answer;
  expect(answer.status, answer.text).to.equal(503);
  expect(answer.headers['retry-after']).to.match(/^\d+$/);
  expect(answer.headers['content-type']).to.match(/^application\/scim\+json/);
  expect(answer.body).to.include({ status: '503' });
  return answer;
}

function checkOperator<Told extends Omit<Answer, 'ms'>>(answer: Told): Told {
  if (answer.status === 200) return answer;
  expect(answer.status, answer.text).to.equal(503);
  expect(answer.headers['retry-after']).to.match(/^\d+$/);
  expect(answer.headers['content-type']).to.match(/^application\/problem\+json/);
  expect(answer.body).to.include({ status: 503, code: 'unavailable' });
  return answer;
}
