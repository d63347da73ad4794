import { randomBytes } from 'node:crypto';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { openQueue } from '../src/queue/open.ts';
import { openInstallation } from './installation.ts';
import { median, medianRatio } from './measure.ts';
import { atLeast, table, verdict, whole } from './table.ts';

export interface QueueOptions {
  readonly jobs: number;
  readonly rounds: number;
}

const CONCURRENCY = 10;
/** Jobs asked for and not done, at most. */
const AHEAD = 500;
const NAME = 'bench';
const LEAST_SHARE = 80;

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** Jobs a second from the first asked for to the last done, of ours and of bare BullMQ, in turns. */
export async function measureQueue({ jobs, rounds }: QueueOptions, note: (text: string) => void): Promise<string> {
  const { redisUrl, end } = await openInstallation();
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = -1; round < rounds; round++) {
    note(`${whole(jobs)} jobs, round ${round + 1} of ${rounds}`);
    const [left, right] = [await runBare(redisUrl, jobs), await runOurs(redisUrl, jobs)];
    if (round < 0) continue;
    bare.push(left);
    ours.push(right);
  }
  await end();
  const share = medianRatio(ours, bare) * 100;
  const row = [
    whole(median(bare)),
    whole(median(ours)),
    `${whole(share)} %`,
    verdict(atLeast(share, LEAST_SHARE, '%')),
  ];
  return table(['Queue', 'bare BullMQ/s', 'ours/s', 'share', 'aim'], [['asked for and done', ...row]]);
}

const payload = (n: number) => ({ organizationId: `organization-${n}`, runId: `run-${n}` });

async function runOurs(url: string, jobs: number): Promise<number> {
  const queue = await openQueue({ logger: SILENT, redis: { url, prefix: `bench-${randomBytes(6).toString('hex')}` } });
  const all = counter(jobs);
  queue.register({
    name: NAME,
    concurrency: CONCURRENCY,
    parse: (value) => value as object,
    run: async () => all.one(),
  });
  queue.start();
  const from = performance.now();
  for (let n = 0; n < jobs; n++) {
    // The queue hands over in the background and bounds what waits for that.
    while (n - all.count() >= AHEAD) await new Promise((resolve) => setImmediate(resolve));
    await queue.enqueue(NAME, payload(n), { key: `key-${n}` });
  }
  await all.done;
  const rate = (jobs * 1_000) / (performance.now() - from);
  await queue.close();
  return rate;
}

async function runBare(url: string, jobs: number): Promise<number> {
  const prefix = `bench-${randomBytes(6).toString('hex')}`;
  const [producer, consumer] = [new Redis(url), new Redis(url, { maxRetriesPerRequest: null })];
  const queue = new Queue(NAME, {
    connection: producer,
    prefix,
    defaultJobOptions: { removeOnComplete: { count: 100 } },
  });
  const all = counter(jobs);
  const work = async () => all.one();
  const worker = new Worker(NAME, work, { connection: consumer, prefix, concurrency: CONCURRENCY });
  await worker.waitUntilReady();
  const from = performance.now();
  let asked = 0;
  const ask = async () => {
    while (asked < jobs) {
      const n = asked++;
      while (n - all.count() >= AHEAD) await new Promise((resolve) => setImmediate(resolve));
      await queue.add(NAME, payload(n), { deduplication: { id: `key-${n}`, keepLastIfActive: true } });
    }
  };
  await Promise.all(Array.from({ length: 100 }, ask));
  await all.done;
  const rate = (jobs * 1_000) / (performance.now() - from);
  await worker.close();
  await queue.obliterate({ force: true });
  await queue.close();
  producer.disconnect();
  consumer.disconnect();
  return rate;
}

function counter(total: number) {
  let left = total;
  let finish = () => {};
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });
  return {
    done,
    count: () => total - left,
    one() {
      left -= 1;
      if (left === 0) finish();
    },
  };
}
