import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { JsonObject } from '../../src/core/json.ts';
import type { Job, JobQueue } from '../../src/ports/job-queue.ts';

/** How long work that must not happen is waited for. */
const QUIET_MS = 60;
const PATIENCE_MS = 5_000;

type Open = () => Promise<JobQueue>;

/** What every JobQueue promises. `open` gives an empty queue that tries again after a few milliseconds. */
export function jobQueueContract(open: Open): void {
  let queue: JobQueue;
  beforeEach(async () => {
    queue = await open();
  });
  afterEach(() => queue.close(100));

  describe('running', () => runningContract(() => queue));
  describe('deduplication', () => deduplicationContract(() => queue));
  describe('closing', () => closingContract(() => queue));
}

function runningContract(queue: () => JobQueue): void {
  it('runs a job with the payload it was given, parsed', async () => {
    const seen: unknown[] = [];
    queue().register({
      name: 'greet',
      parse: (payload) => `hello ${(payload as { name: string }).name}`,
      run: async (payload) => void seen.push(payload),
    });
    queue().start();
    await queue().enqueue('greet', { name: 'Ada' });
    await until(() => seen.length === 1);
    expect(seen).to.deep.equal(['hello Ada']);
  });

  it('keeps what was asked for before the start', async () => {
    const { job, seen } = recorder('early');
    queue().register(job);
    await queue().enqueue('early', { n: 1 });
    await sleep(QUIET_MS);
    expect(seen).to.deep.equal([]);
    expect(await queue().counts()).to.deep.equal({ waiting: 1, running: 0 });
    queue().start();
    await until(() => seen.length === 1);
  });

  it('runs nothing inside enqueue', async () => {
    const { job, seen } = recorder('later');
    queue().register(job);
    queue().start();
    const asked = queue().enqueue('later', { n: 1 });
    expect(seen).to.deep.equal([]);
    await asked;
    await until(() => seen.length === 1);
  });

  it('refuses work of an unknown name', async () => {
    const error = await queue()
      .enqueue('nobody', {})
      .catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(Error);
  });

  it('keeps jobs of one name in order, one at a time', async () => {
    let running = 0;
    let most = 0;
    const order: unknown[] = [];
    queue().register({
      name: 'single',
      parse: (payload) => payload as JsonObject,
      async run({ n }) {
        most = Math.max(most, ++running);
        await sleep(2);
        order.push(n);
        running--;
      },
    });
    queue().start();
    for (let n = 0; n < 5; n++) await queue().enqueue('single', { n });
    await until(() => order.length === 5);
    expect(most).to.equal(1);
    expect(order).to.deep.equal([0, 1, 2, 3, 4]);
  });

  it('runs as many of a name at once as the job allows', async () => {
    const gate = aGate();
    let running = 0;
    let most = 0;
    queue().register({
      name: 'wide',
      concurrency: 3,
      parse: () => null,
      async run() {
        most = Math.max(most, ++running);
        await gate.opened;
        running--;
      },
    });
    queue().start();
    for (let n = 0; n < 8; n++) await queue().enqueue('wide', { n });
    await until(() => running === 3);
    expect(await queue().counts()).to.deep.equal({ waiting: 5, running: 3 });
    gate.open();
    await until(() => running === 0);
    expect(most).to.equal(3);
  });

  it('lets no name wait behind another', async () => {
    const gate = aGate();
    const { job, seen } = recorder('quick');
    queue().register({ name: 'slow', parse: () => null, run: () => gate.opened });
    queue().register(job);
    queue().start();
    for (let n = 0; n < 50; n++) await queue().enqueue('slow', { n });
    await queue().enqueue('quick', { n: 1 });
    await until(() => seen.length === 1);
    gate.open();
  });

  it('waits before it begins, when told', async () => {
    const { job, seen } = recorder('delayed');
    queue().register(job);
    queue().start();
    const asked = performance.now();
    await queue().enqueue('delayed', { n: 1 }, { delayMs: 80 });
    expect(await queue().counts()).to.deep.equal({ waiting: 1, running: 0 });
    await until(() => seen.length === 1);
    expect(performance.now() - asked).to.be.at.least(78);
  });

  it('tries a failed job again until it succeeds', async () => {
    let tries = 0;
    const done: number[] = [];
    queue().register({
      name: 'shaky',
      parse: () => null,
      async run() {
        if (++tries < 3) throw new Error('not yet');
        done.push(tries);
      },
    });
    queue().start();
    await queue().enqueue('shaky', {});
    await until(() => done.length === 1);
    expect(done).to.deep.equal([3]);
    await until(async () => Object.values(await queue().counts()).every((count) => count === 0));
  });

  it('gives a job up after its tries and goes on with others', async () => {
    const tries: unknown[] = [];
    queue().register({
      name: 'hopeless',
      attempts: 3,
      parse: (payload) => payload as JsonObject,
      async run({ n }) {
        tries.push(n);
        if (n === 1) throw new Error('never');
      },
    });
    queue().start();
    await queue().enqueue('hopeless', { n: 1 });
    await until(() => tries.length === 3);
    await queue().enqueue('hopeless', { n: 2 });
    await until(() => tries.includes(2));
    await sleep(QUIET_MS);
    expect(tries).to.deep.equal([1, 1, 1, 2]);
  });

  it('never runs a job whose payload does not parse', async () => {
    const ran: unknown[] = [];
    queue().register({
      name: 'strict',
      parse(payload) {
        if ((payload as { ok?: boolean }).ok !== true) throw new Error('not a payload');
        return payload;
      },
      run: async (payload) => void ran.push(payload),
    });
    queue().start();
    await queue().enqueue('strict', { ok: false }, { key: 'k' });
    await until(async () => (await queue().counts()).waiting === 0);
    await queue().enqueue('strict', { ok: true }, { key: 'k' });
    await until(() => ran.length === 1);
    expect(ran).to.deep.equal([{ ok: true }]);
  });
}

function deduplicationContract(queue: () => JobQueue): void {
  it('keeps the last request while one waits', async () => {
    const { job, seen } = recorder('sync');
    queue().register(job);
    for (const n of [1, 2, 3]) await queue().enqueue('sync', { n }, { key: 'a' });
    expect(await queue().counts()).to.deep.equal({ waiting: 1, running: 0 });
    queue().start();
    await until(() => seen.length === 1);
    await sleep(QUIET_MS);
    expect(seen).to.deep.equal([3]);
  });

  it('keeps the last request while one waits for its time', async () => {
    const { job, seen } = recorder('sync');
    queue().register(job);
    queue().start();
    for (const n of [1, 2, 3]) await queue().enqueue('sync', { n }, { key: 'a', delayMs: 30 });
    await until(() => seen.length === 1);
    await sleep(QUIET_MS);
    expect(seen).to.deep.equal([3]);
  });

  it('runs exactly one more, the last asked for, after the one that runs', async () => {
    const gate = aGate();
    const { job, seen } = recorder('sync', () => gate.opened);
    queue().register(job);
    queue().start();
    await queue().enqueue('sync', { n: 1 }, { key: 'a' });
    await until(() => seen.length === 1);
    for (const n of [2, 3, 4]) await queue().enqueue('sync', { n }, { key: 'a' });
    expect(await queue().counts()).to.deep.equal({ waiting: 1, running: 1 });
    gate.open();
    await until(() => seen.length === 2);
    await sleep(QUIET_MS);
    expect(seen).to.deep.equal([1, 4]);
  });

  it('never runs two of one key at once', async () => {
    let running = 0;
    let most = 0;
    let runs = 0;
    queue().register({
      name: 'sync',
      concurrency: 4,
      parse: () => null,
      async run() {
        most = Math.max(most, ++running);
        await sleep(2);
        running--;
        runs++;
      },
    });
    queue().start();
    for (let n = 0; n < 50; n++) {
      await queue().enqueue('sync', { n }, { key: 'a' });
      if (n % 10 === 0) await sleep(3);
    }
    await until(async () => (await queue().counts()).running === 0 && (await queue().counts()).waiting === 0);
    expect(most).to.equal(1);
    expect(runs).to.be.within(2, 50);
  });

  it('frees the key after success and after the last failure', async () => {
    const seen: unknown[] = [];
    queue().register({
      name: 'sync',
      attempts: 2,
      parse: (payload) => payload as JsonObject,
      async run({ n }) {
        seen.push(n);
        if (n === 2) throw new Error('never');
      },
    });
    queue().start();
    await queue().enqueue('sync', { n: 1 }, { key: 'a' });
    await until(() => seen.length === 1);
    await queue().enqueue('sync', { n: 2 }, { key: 'a' });
    await until(() => seen.length === 3);
    await queue().enqueue('sync', { n: 3 }, { key: 'a' });
    await until(() => seen.includes(3));
    expect(seen).to.deep.equal([1, 2, 2, 3]);
  });

  it('tells keys and names apart', async () => {
    const one = recorder('one');
    const two = recorder('two');
    queue().register(one.job);
    queue().register(two.job);
    await queue().enqueue('one', { n: 1 }, { key: 'a' });
    await queue().enqueue('one', { n: 2 }, { key: 'b' });
    await queue().enqueue('two', { n: 3 }, { key: 'a' });
    await queue().enqueue('one', { n: 4 });
    queue().start();
    await until(() => one.seen.length === 3 && two.seen.length === 1);
    expect(one.seen).to.have.members([1, 2, 4]);
  });
}

function closingContract(queue: () => JobQueue): void {
  it('waits for the job that runs, begins no other, and forgets the rest', async () => {
    const gate = aGate();
    const done: unknown[] = [];
    const seen: unknown[] = [];
    queue().register({
      name: 'work',
      parse: (payload) => payload as JsonObject,
      async run({ n }) {
        seen.push(n);
        await gate.opened;
        await queue().enqueue('work', { n: 99 });
        done.push(n);
      },
    });
    queue().start();
    for (const n of [1, 2]) await queue().enqueue('work', { n });
    await queue().enqueue('work', { n: 3 }, { delayMs: 10 });
    await until(() => seen.length === 1);
    const closing = queue().close(PATIENCE_MS);
    await sleep(20);
    expect(done).to.deep.equal([]);
    gate.open();
    await closing;
    expect(done).to.deep.equal([1]);
    await sleep(QUIET_MS);
    expect(seen).to.deep.equal([1]);
  });

  it('waits no longer than the grace', async () => {
    const gate = aGate();
    const { job, seen } = recorder('stuck', () => gate.opened);
    queue().register(job);
    queue().start();
    await queue().enqueue('stuck', { n: 1 });
    await until(() => seen.length === 1);
    const asked = performance.now();
    await queue().close(50);
    expect(performance.now() - asked).to.be.within(45, 2_000);
    gate.open();
  });

  it('takes what is asked for afterwards without a word, and runs it never', async () => {
    const { job, seen } = recorder('late');
    queue().register(job);
    queue().start();
    await queue().close();
    await queue().enqueue('late', { n: 1 });
    await sleep(QUIET_MS);
    expect(seen).to.deep.equal([]);
    expect(await queue().counts()).to.deep.equal({ waiting: 0, running: 0 });
  });

  it('begins nothing that was asked for a moment before', async () => {
    const { job, seen } = recorder('late');
    queue().register(job);
    queue().start();
    const asked = queue().enqueue('late', { n: 1 });
    await Promise.all([asked, queue().close()]);
    await sleep(QUIET_MS);
    expect(seen).to.deep.equal([]);
    expect(await queue().counts()).to.deep.equal({ waiting: 0, running: 0 });
  });
}

function recorder(name: string, work: () => Promise<void> = async () => {}): { job: Job<JsonObject>; seen: unknown[] } {
  const seen: unknown[] = [];
  const job: Job<JsonObject> = {
    name,
    parse: (payload) => payload as JsonObject,
    run({ n }) {
      seen.push(n);
      return work();
    },
  };
  return { job, seen };
}

function aGate(): { readonly opened: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error('what was waited for did not happen');
    await sleep(2);
  }
}
