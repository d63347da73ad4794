import { expect } from 'chai';
import { Redis } from 'ioredis';
import type { Logger } from '../../src/ports/logger.ts';
import { openBullQueue } from '../../src/queue/bullmq.ts';
import { jobQueueContract } from '../contracts/job-queue.contract.ts';
import { describeOnRedis } from '../servers/describe-on.ts';

const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };

describeOnRedis('JobQueue on Redis', (redis) => {
  const open = (prefix: string, logger: Logger) =>
    openBullQueue({ url: redis.url, prefix, logger, backoffBaseMs: 2, backoffCapMs: 10 });

  jobQueueContract(() => open(redis.freshPrefix(), SILENT));

  it('tells neither the log of a payload nor Redis of an error', async () => {
    const lines: string[] = [];
    const note = (facts: { readonly job?: string; readonly error?: unknown }, message: string) =>
      void lines.push(`${message} ${facts.job} ${JSON.stringify(facts)} ${String(facts.error)}`);
    const prefix = redis.freshPrefix();
    const queue = await open(prefix, { ...SILENT, warn: note, error: note });
    const failed = Promise.withResolvers<void>();
    queue.register({
      name: 'strict',
      attempts: 2,
      parse: (payload) => payload,
      async run() {
        setTimeout(failed.resolve, 100);
        throw new Error('grace@example.com is unknown');
      },
    });
    queue.start();
    await queue.enqueue('strict', { id: 'ada-4711' });
    await failed.promise;
    await queue.close();
    const told = lines.filter((line) => line.includes('strict'));
    expect(told).to.have.length(2);
    expect(told[0]).to.match(/^a job failed and will be tried again/);
    expect(told[1]).to.match(/^a job was given up/);
    expect(told.join()).to.contain('grace@example.com').and.not.to.contain('ada-4711');
    expect(await everything(redis.url, `${prefix}:strict:*`)).not.to.contain('grace');
  });

  it('takes only one job of a name', async () => {
    const queue = await open(redis.freshPrefix(), SILENT);
    const job = { name: 'same', parse: () => null, run: async () => {} };
    queue.register(job);
    expect(() => queue.register(job)).to.throw('same');
    await queue.close();
  });

  it('lets a process ask for work that never does any, and counts it', async () => {
    const prefix = redis.freshPrefix();
    const [asking, working] = await Promise.all([open(prefix, SILENT), open(prefix, SILENT)]);
    const done = Promise.withResolvers<unknown>();
    const job = { name: 'shared', parse: (payload: unknown) => payload, run: async (it: unknown) => done.resolve(it) };
    for (const queue of [asking, working]) queue.register(job);
    await asking.enqueue('shared', { n: 1 });
    expect(await asking.counts()).to.deep.equal({ waiting: 1, running: 0 });
    working.start();
    expect(await done.promise).to.deep.equal({ n: 1 });
    await Promise.all([asking.close(), working.close()]);
  });
});

/** All that Redis holds under a pattern, as one text. */
async function everything(url: string, pattern: string): Promise<string> {
  const client = new Redis(url);
  const texts: string[] = [];
  for (const key of await client.keys(pattern)) {
    const kind = await client.type(key);
    if (kind === 'hash') texts.push(JSON.stringify(await client.hgetall(key)));
    if (kind === 'stream') texts.push(JSON.stringify(await client.xrange(key, '-', '+')));
  }
  await client.quit();
  return texts.join('\n');
}
