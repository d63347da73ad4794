import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import type { JsonObject } from '../../src/core/json.ts';
import { describeOnOwnRedis } from '../servers/describe-on.ts';
import type { OwnServer } from '../servers/own-server.ts';
import { startOwnRedis } from '../servers/redis-server.ts';
import {
  figure,
  mostInASecond,
  openQueueUnderTest,
  type QueueUnderTest,
  recording,
  timeUntil,
} from './queue-under-test.ts';

describeOnOwnRedis('a Redis that goes away', () => {
  let server: OwnServer;
  let seen: JsonObject[];
  const opened: QueueUnderTest[] = [];

  async function open(start = true): Promise<QueueUnderTest> {
    const tested = await openQueueUnderTest(server.url, { prefix: 'away' });
    opened.push(tested);
    tested.queue.register(recording('work', seen));
    if (start) tested.queue.start();
    return tested;
  }

  beforeEach(async () => {
    server = await startOwnRedis({ appendonly: 'yes', appendfsync: 'everysec' });
    seen = [];
  });
  afterEach(async () => {
    for (const { queue } of opened.splice(0)) await queue.close(200);
    await server.stop();
  });

  it('R08: keeps no process from starting, and work that was asked for meanwhile runs afterwards', async () => {
    await server.kill();
    const begun = performance.now();
    const { queue, lines } = await open();
    const started = performance.now() - begun;
    const asked = performance.now();
    for (let n = 0; n < 200; n++) await queue.enqueue('work', { n }, { key: `k${n % 100}` });
    const asking = performance.now() - asked;
    expect(started).to.be.below(2_000);
    expect(asking).to.be.below(100);
    expect((await queue.health()).state).to.equal('degraded');
    await sleep(3_000);
    expect(mostInASecond(lines)).to.equal(1);
    await server.restart();
    const took = await timeUntil('what was asked for runs', () => seen.length === 100);
    await timeUntil('health is told', async () => (await queue.health()).state === 'ok');
    expect(new Set(seen.map(({ n }) => n)).size).to.equal(100);
    figure(
      'R08',
      `opened in ${ms(started)} without Redis, 200 requests for work in ${ms(asking)}, all run ${ms(took)} after it came`,
    );
  });

  it('R08: lets nobody wait who asks for work while it is frozen', async function () {
    this.timeout(30_000);
    const { queue, lines } = await open();
    await queue.enqueue('work', { n: -1 });
    await timeUntil('the first job', () => seen.length === 1);
    server.freeze();
    const worst = await askFor(queue, 9_000);
    const counting = performance.now();
    const error = await queue.counts().catch((reason: unknown) => reason);
    expect(error).to.have.property('code', 'unavailable');
    expect(performance.now() - counting).to.be.below(1_800);
    const health = await queue.health();
    expect(health.state).to.equal('degraded');
    server.thaw();
    const took = await timeUntil('what was asked for runs', () => new Set(seen.map(({ n }) => n)).size === 91);
    figure(
      'R08',
      `frozen for 10 s: the longest of 90 requests for work took ${ms(worst)}, all run ${ms(took)} after the thaw`,
    );
    expect(worst).to.be.below(50);
    expect(mostInASecond(lines)).to.be.at.most(1);
  });

  it('closes in time whether it is down or frozen, and leaves nothing open', async () => {
    for (const [how, away] of [
      ['down', () => server.kill()],
      ['frozen', () => server.freeze()],
    ] as const) {
      if (how === 'frozen') await server.restart();
      const { queue } = await open();
      await queue.enqueue('work', { n: 1 });
      await timeUntil('the job', () => seen.length > 0);
      await away();
      await queue.enqueue('work', { n: 2 });
      const begun = performance.now();
      await queue.close(20_000);
      const took = performance.now() - begun;
      figure('close', `with Redis ${how}: ${ms(took)}`);
      expect(took).to.be.below(4_000);
    }
  });

  it('R14: comes back with all jobs that waited', async function () {
    this.timeout(30_000);
    const { queue } = await open(false);
    for (let n = 0; n < 2_000; n++) {
      await queue.enqueue('work', { n });
      if (n % 500 === 499) await queue.counts();
    }
    expect(await queue.counts()).to.deep.equal({ waiting: 2_000, running: 0 });
    await sleep(1_100);
    queue.start();
    await timeUntil('some are done', () => seen.length > 300);
    await server.restart();
    const took = await timeUntil('all are done', () => new Set(seen.map(({ n }) => n)).size === 2_000);
    const twice = seen.length - 2_000;
    figure(
      'R14',
      `2,000 of 2,000 done ${ms(took)} after kill -9 and restart (AOF everysec), ${twice} of them begun twice`,
    );
    expect(twice).to.be.at.most(2);
  });

  it('loses everything, and takes new work at once', async () => {
    const { queue } = await open();
    await queue.enqueue('work', { n: 1 });
    await timeUntil('the first job', () => seen.length === 1);
    const redis = new Redis(server.url);
    for (let n = 2; n < 5; n++) await queue.enqueue('work', { n }, { key: 'later', delayMs: 60_000 });
    await queue.counts();
    await redis.flushall();
    await redis.quit();
    expect(await queue.counts()).to.deep.equal({ waiting: 0, running: 0 });
    await queue.enqueue('work', { n: 9 }, { key: 'later' });
    const took = await timeUntil('a new job', () => seen.some(({ n }) => n === 9));
    figure('FLUSHALL', `a new job under a lost key ran after ${ms(took)}`);
  });
});

/** Asks for work ten times a second; the longest that took, in milliseconds. */
async function askFor({ enqueue }: QueueUnderTest['queue'], forMs: number): Promise<number> {
  let worst = 0;
  for (let n = 0; n < forMs / 100; n++) {
    const asked = performance.now();
    await enqueue('work', { n }, { key: `k${n}` });
    worst = Math.max(worst, performance.now() - asked);
    await sleep(100);
  }
  return worst;
}

const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
