import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import type { JsonObject } from '../../src/core/json.ts';
import type { JobQueue } from '../../src/ports/job-queue.ts';
import { describeOnRedis } from '../servers/describe-on.ts';
import { figure, openQueueUnderTest, recording, timeUntil } from './queue-under-test.ts';

const PAGE_MS = 20;

describeOnRedis('jobs of many on one Redis', (redis) => {
  let prefix: string;
  let queue: JobQueue;
  const opened: JobQueue[] = [];
  const open = async () => {
    const { queue: another } = await openQueueUnderTest(redis.url, { prefix });
    opened.push(another);
    return another;
  };

  beforeEach(async () => {
    prefix = redis.freshPrefix();
    queue = await open();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((each) => each.close(200)));
  });

  it('R13: three requests while one runs are one more run, the last, in whichever process', async () => {
    const begun: number[] = [];
    const another = await open();
    for (const each of [queue, another])
      each.register({
        name: 'sync',
        attempts: 2,
        parse: (payload) => payload as { n: number },
        async run({ n }) {
          begun.push(n);
          await sleep(300);
          // Which of the three came last is up to two connections.
          if (n > 1 && n < 5) throw new Error('never');
        },
      });
    queue.start();
    another.start();
    await queue.enqueue('sync', { n: 1 }, { key: 'a' });
    await timeUntil('the first run', () => begun.length === 1);
    for (const n of [2, 3, 4]) await [queue, another][n % 2]?.enqueue('sync', { n }, { key: 'a' });
    await Promise.all([queue.counts(), another.counts()]);
    await timeUntil(
      'the last asked for is given up',
      async () => begun.length >= 3 && (await queue.counts()).running === 0,
    );
    expect(begun[0]).to.equal(1);
    expect(begun).to.have.length(3);
    expect(begun[1]).to.equal(begun[2]);
    await queue.enqueue('sync', { n: 5 }, { key: 'a' });
    await timeUntil('the next one runs', () => begun.includes(5));
    figure('R13', '3 requests during a run made exactly 1 more; after its failure the key was free');
  });

  it('R32: one page of an organization does not wait for the many pages of another', async () => {
    let pages = 0;
    let small = 0;
    queue.register({
      name: 'sync-page',
      parse: (payload) => payload as { organization: string; left: number },
      async run({ organization, left }) {
        await sleep(PAGE_MS);
        if (organization === 'small') small = performance.now();
        else pages++;
        if (left > 1) await queue.enqueue('sync-page', { organization, left: left - 1 }, { key: organization });
      },
    });
    queue.start();
    await queue.enqueue('sync-page', { organization: 'big', left: 200 }, { key: 'big' });
    await timeUntil('the big one is under way', () => pages > 5);
    const asked = performance.now();
    await queue.enqueue('sync-page', { organization: 'small', left: 1 }, { key: 'small' });
    await timeUntil('the small one is done', () => small > 0);
    const waited = small - asked;
    figure(
      'R32',
      `1 page behind a run of 200 pages of ${PAGE_MS} ms, one at a time: done after ${waited.toFixed(0)} ms`,
    );
    expect(waited).to.be.below(2_000);
    expect(pages).to.be.below(200);
  });

  it('R37: what is kept of jobs that ended does not grow', async () => {
    const client = new Redis(redis.url);
    const keys = async () => {
      let found = 0;
      for await (const some of client.scanStream({ match: `${prefix}*`, count: 1_000 }) as AsyncIterable<string[]>)
        found += some.length;
      return found;
    };
    const seen: JsonObject[] = [];
    queue.register(recording('work', seen, { concurrency: 5 }));
    queue.start();
    const counts: number[] = [];
    for (let round = 1; round <= 5; round++) {
      for (let n = 0; n < 400; n++) await queue.enqueue('work', { n }, { key: `${round}/${n}` });
      await timeUntil('the round is done', () => seen.length === 400 * round);
      await timeUntil('nothing is left', async () => (await queue.counts()).running === 0);
      counts.push(await keys());
    }
    await client.quit();
    figure('R37', `Redis keys after 400, 800, 1,200, 1,600, 2,000 jobs: ${counts.join(', ')}`);
    expect(Math.max(...counts) - Math.min(...counts)).to.be.at.most(2);
    expect(Math.max(...counts)).to.be.below(120);
  });
});
