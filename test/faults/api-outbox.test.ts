import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createRandom } from '../properties/random.ts';
import { describeScaled } from '../servers/describe-on.ts';
import type { Body } from '../support/api-client.ts';
import { SHARED_KEYS } from '../support/shared-keys.ts';
import { figure } from './figure.ts';
import {
  addPeople,
  checkEvents,
  followFeed,
  killAround,
  type Mortal,
  sendChanges,
  startMortal,
  type Traffic,
} from './killed-around.ts';
import { spoken } from './measures.ts';
import { createScene, createTenant, type Scene } from './scene.ts';

const SEED = Date.now() % 1_000_000;
/** One connection sends as fast as it is answered. */
const NO_RATE = { SCIM_RATE_PER_SECOND: '1000000', SCIM_BURST: '1000000' };

type Amount = Omit<Traffic, 'scimIds' | 'random'> & { readonly people: number; readonly longestLifeMs: number };

/** Sends changes while processes are killed, follows the feed meanwhile, and checks all of it at the end. */
async function killAndCheck(where: string, apis: readonly Mortal[], others: readonly Mortal[], amount: Amount) {
  const [first] = apis as readonly [Mortal];
  const random = createRandom(SEED);
  const tenant = await createTenant(first.now());
  const scimIds = await addPeople(tenant, first.now(), amount.people);
  const feed = followFeed(tenant, apis);
  let isOver = false;
  const begin = performance.now();
  const killing = killAround([...apis, ...others], () => isOver, random, amount.longestLifeMs);
  const sent = await sendChanges(tenant, apis, { ...amount, scimIds, random }).finally(async () => {
    isOver = true;
    await Promise.all([killing, feed.stop()]);
  });
  const kills = await killing;
  const took = performance.now() - begin;
  const followed = await feed.readToEnd(async () => {
    const answer = await fetch(`${first.now().url}/health/ready`);
    return ((await answer.json()) as Body).details.events.pending === 0;
  });
  const acknowledged = sent.filter((one) => one.acknowledged).length;
  await checkEvents(tenant, first.now(), followed, sent);
  figure(
    'R15',
    `${where}: ${sent.length} changes in ${spoken(took)} with ${kills} kills (seed ${SEED}): ${acknowledged} acknowledged, 0 without their event, ` +
      `0 events twice, ${followed.length} events followed in an unbroken row`,
  );
  expect(sent).to.have.lengthOf(amount.changes);
  expect(kills).to.be.above(1);
  expect(acknowledged).to.be.above(sent.length / 2);
}

describe('R15: each effective change has exactly one event', function () {
  this.timeout(600_000);
  let scene: Scene;
  afterEach(() => scene?.end());

  it('R15: on the embedded store, though the process is killed again and again', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'rollcall-outbox-'));
    scene = createScene({ ROLLCALL_DATA_DIR: dataDir, ...NO_RATE });
    try {
      const mortal = await startMortal(scene);
      await killAndCheck('embedded, one process', [mortal], [], {
        people: 50,
        lanes: 4,
        changes: 10_000,
        mostMs: 180_000,
        longestLifeMs: 1_500,
      });
    } finally {
      await scene.end();
      await rm(dataDir, { recursive: true });
    }
  });

  describeScaled('on MongoDB', (mongo, redis) => {
    it('R15: over two APIs and two workers, though each is killed again and again', async () => {
      const servers = { MONGODB_URL: mongo.freshUrl(), REDIS_URL: redis.url, REDIS_PREFIX: redis.freshPrefix() };
      scene = createScene({ ...SHARED_KEYS, ...servers, ...NO_RATE });
      const role = (name: string) => startMortal(scene, { ROLLCALL_ROLE: name });
      const apis = [await role('api'), await role('api')];
      const workers = [await role('worker'), await role('worker')];
      const traffic = { people: 100, lanes: 24, changes: 10_000, mostMs: 420_000, longestLifeMs: 20_000 };
      await killAndCheck('MongoDB, 2 APIs and 2 workers', apis, workers, traffic);
    });
  });
});
