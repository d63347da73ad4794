import { expect } from 'chai';
import type { JobQueue } from '../../src/ports/job-queue.ts';
import { describeOnRedis } from '../servers/describe-on.ts';
import { figure, openQueueUnderTest, recording, timeUntil } from './queue-under-test.ts';
import { startWorkerProcess, type WorkerProcess } from './queue-worker.ts';

const hasBegun = ({ events }: WorkerProcess): boolean => events.some(({ begun }) => begun === 1);

describeOnRedis('a worker that dies', (redis) => {
  let prefix: string;
  let queue: JobQueue;
  const workers: WorkerProcess[] = [];
  const startWorker = async () => {
    const worker = await startWorkerProcess(redis.url, prefix);
    workers.push(worker);
    return worker;
  };
  const done = (n: number) => workers.some(({ events }) => events.some((event) => event.done === n));

  beforeEach(async () => {
    prefix = redis.freshPrefix();
    ({ queue } = await openQueueUnderTest(redis.url, { prefix }));
    queue.register(recording('work', []));
  });
  afterEach(async () => {
    await queue.close();
    await Promise.all(workers.splice(0).map((worker) => worker.kill()));
  });

  it('R05: is replaced in the middle of its job, three times over', async function () {
    this.timeout(30_000);
    await queue.enqueue('work', { n: 1, takesMs: 1_500 }, { key: 'a' });
    let worker = await startWorker();
    await timeUntil('the job begins', () => hasBegun(worker));
    const restarts: string[] = [];
    for (let kill = 0; kill < 3; kill++) {
      const killed = performance.now();
      const [next] = await Promise.all([startWorker(), worker.kill()]);
      worker = next;
      await timeUntil('the job begins again', () => hasBegun(worker));
      restarts.push(`${((performance.now() - killed) / 1_000).toFixed(1)} s`);
    }
    await timeUntil('the job is done', () => done(1));
    await timeUntil('nothing is left', async () => (await queue.counts()).running === 0);
    figure(
      'R05',
      `killed 3 times, done at the 4th start; with a lock of 1 s checked every 0.5 s: ${restarts.join(', ')}`,
    );
    expect(await queue.counts()).to.deep.equal({ waiting: 0, running: 0 });
    expect(workers).to.have.length(4);
  });

  it('R05: is replaced by one that stands by, which also takes up what was asked for meanwhile', async function () {
    this.timeout(30_000);
    const both = await Promise.all([startWorker(), startWorker()]);
    await queue.enqueue('work', { n: 1, takesMs: 300 }, { key: 'a' });
    await timeUntil('the job begins', () => both.some(hasBegun));
    const [standby] = both.filter((worker) => !hasBegun(worker));
    await both.find(hasBegun)?.kill();
    await queue.enqueue('work', { n: 2 }, { key: 'a' });
    const took = await timeUntil('the job begins again', () => standby !== undefined && hasBegun(standby));
    await timeUntil('both are done', () => done(1) && done(2));
    figure('R05', `begun again ${(took / 1_000).toFixed(1)} s after kill -9, lock 1 s checked every 0.5 s`);
    await queue.enqueue('work', { n: 3 }, { key: 'a' });
    await timeUntil('the key is free', () => done(3));
  });

  it('R06: is not sacrificed for ever to a job that ends its process', async function () {
    this.timeout(60_000);
    await queue.enqueue('work', { n: 1, ends: true }, { key: 'a' });
    for (let n = 2; n < 6; n++) await queue.enqueue('work', { n });
    let worker = await startWorker();
    const begun = () => workers.flatMap(({ events }) => events).filter((event) => event.begun === 1).length;
    const parked = async () => {
      const { waiting, running } = await queue.counts();
      return waiting + running === 0;
    };
    await timeUntil(
      'the job is parked',
      async () => {
        if (worker.child.exitCode === null && worker.child.signalCode === null) return parked();
        worker = await startWorker();
        return false;
      },
      40_000,
    );
    figure('R06', `parked after ${begun()} starts; ${[2, 3, 4, 5].filter(done).length} of 4 other jobs done`);
    expect(begun()).to.be.within(2, 5);
    for (const n of [2, 3, 4, 5]) expect(done(n)).to.equal(true);
    await queue.enqueue('work', { n: 6 }, { key: 'a' });
    await timeUntil('its key is free', () => done(6));
  });
});
