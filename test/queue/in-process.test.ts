import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { Logger } from '../../src/ports/logger.ts';
import { createInProcessQueue, type InProcessQueueOptions } from '../../src/queue/in-process.ts';
import { openQueue } from '../../src/queue/open.ts';
import { jobQueueContract } from '../contracts/job-queue.contract.ts';

const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };

describe('JobQueue in the process', () => {
  jobQueueContract(async () => openQueue({ redis: null, logger: SILENT, backoffBaseMs: 2, backoffCapMs: 10 }));

  it('waits after each failure up to a window that doubles and is capped', async () => {
    const waits = await failuresIn({ backoffBaseMs: 20, backoffCapMs: 60, random: () => 1 }, 5);
    for (const [index, least] of [20, 40, 60, 60].entries()) expect(waits[index]).to.be.within(least - 2, least + 60);
  });

  it('spreads tries over the whole window', async () => {
    const waits = await failuresIn({ backoffBaseMs: 1_000, backoffCapMs: 1_000, random: () => 0 }, 3);
    for (const wait of waits) expect(wait).to.be.below(200);
  });

  it('says in the log why a job was given up, and nothing of its payload', async () => {
    const lines: string[] = [];
    const note = (facts: object, message: string) => void lines.push(`${message} ${JSON.stringify(facts)}`);
    const queue = createInProcessQueue({ logger: { debug() {}, info() {}, warn: note, error: note } });
    queue.register({
      name: 'strict',
      parse() {
        throw new Error('not a payload');
      },
      run: async () => {},
    });
    queue.start();
    await queue.enqueue('strict', { person: 'ada@example.com' });
    await sleep(30);
    await queue.close();
    expect(lines).to.have.length(1);
    expect(lines[0]).to.match(/^a job was given up .*"job":"strict"/);
    expect(lines[0]).not.to.contain('ada');
  });

  it('runs a delayed request sooner when somebody asks for it sooner', async () => {
    const seen: unknown[] = [];
    const queue = createInProcessQueue();
    queue.register({ name: 'sync', parse: (payload) => payload, run: async (payload) => void seen.push(payload) });
    queue.start();
    await queue.enqueue('sync', { n: 1 }, { key: 'a', delayMs: 60_000 });
    await queue.enqueue('sync', { n: 2 }, { key: 'a' });
    await sleep(40);
    await queue.close();
    expect(seen).to.deep.equal([{ n: 2 }]);
  });

  it('gives requests their turn between jobs', async () => {
    const queue = createInProcessQueue();
    let jobs = 0;
    queue.register({ name: 'busy', parse: () => null, run: async () => void jobs++ });
    queue.start();
    for (let n = 0; n < 100; n++) await queue.enqueue('busy', { n });
    const jobsAtTurn: number[] = [];
    for (let turn = 0; turn < 5; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      jobsAtTurn.push(jobs);
    }
    await queue.close();
    expect(Math.max(...jobsAtTurn)).to.be.below(20);
  });

  it('takes only one job of a name', () => {
    const queue = createInProcessQueue();
    const job = { name: 'same', parse: () => null, run: async () => {} };
    queue.register(job);
    expect(() => queue.register(job)).to.throw('same');
  });
});

/** Milliseconds between the tries of a job that always fails. */
async function failuresIn(options: InProcessQueueOptions, attempts: number): Promise<readonly number[]> {
  const times: number[] = [];
  const queue = createInProcessQueue(options);
  queue.register({
    name: 'failing',
    attempts,
    parse: () => null,
    async run() {
      times.push(performance.now());
      throw new Error('again');
    },
  });
  queue.start();
  await queue.enqueue('failing', {});
  while (times.length < attempts) await sleep(5);
  await queue.close();
  return times.slice(1).map((time, index) => time - (times[index] ?? 0));
}
