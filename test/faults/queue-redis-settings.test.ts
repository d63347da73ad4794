import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import type { JsonObject } from '../../src/core/json.ts';
import type { JobQueue } from '../../src/ports/job-queue.ts';
import { describeOnOwnRedis } from '../servers/describe-on.ts';
import type { OwnServer } from '../servers/own-server.ts';
import { type RedisSettings, startOwnRedis } from '../servers/redis-server.ts';
import { figure, mostInASecond, openQueueUnderTest, recording, timeUntil } from './queue-under-test.ts';

const PREFIX = 'settings';
const PASSWORD = 'hunter2-of-the-tests';

describeOnOwnRedis('a Redis that is set up badly', () => {
  let server: OwnServer;
  const opened: JobQueue[] = [];

  async function open(url = server.url) {
    const tested = await openQueueUnderTest(url, { prefix: PREFIX });
    opened.push(tested.queue);
    return tested;
  }
  const start = async (settings: RedisSettings = {}) => {
    server = await startOwnRedis(settings);
  };
  /** The URL of a user who must not use some commands, as providers set it up. */
  const urlWithout = async (...commands: readonly string[]) => {
    const redis = new Redis(server.url);
    await redis.acl('SETUSER', 'app', 'on', `>${PASSWORD}`, '~*', '&*', '+@all', ...commands.map((name) => `-${name}`));
    await redis.quit();
    return server.url.replace('//', `//app:${PASSWORD}@`);
  };
  const configure = async (...settings: readonly (readonly [string, string])[]) => {
    const redis = new Redis(server.url);
    for (const [name, value] of settings) await redis.config('SET', name, value);
    await redis.quit();
  };

  afterEach(async () => {
    for (const queue of opened.splice(0)) await queue.close(200);
    await server.stop();
  });

  for (const policy of ['allkeys-lru', 'volatile-lru'])
    it(`R09: is refused at the start when it throws data away (${policy})`, async () => {
      await start({ 'maxmemory-policy': policy });
      const error = await open().catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(Error);
      expect(String(error)).to.match(/throws data away .*set maxmemory-policy to "noeviction"/);
    });

  it('R09: is refused over its INFO when it forbids CONFIG', async () => {
    await start({ 'maxmemory-policy': 'allkeys-lru' });
    const opening = open(await urlWithout('config'));
    expect(String(await opening.catch((reason: unknown) => reason))).to.contain('maxmemory-policy');
  });

  it('R09: is accepted when it forbids CONFIG and keeps everything', async () => {
    await start();
    const { queue, lines } = await open(await urlWithout('config'));
    expect(await queue.health()).to.deep.equal({ state: 'ok', details: [] });
    expect(lines).to.deep.equal([]);
  });

  it('R09: is worth a warning when it tells nothing at all', async () => {
    await start();
    const { queue, lines } = await open(await urlWithout('config', 'info'));
    expect((await queue.health()).state).to.equal('degraded');
    expect(lines.map(({ level }) => level)).to.deep.equal(['warn']);
  });

  it('R09: is worth a warning when it keeps nothing on disk', async () => {
    await start();
    const { queue, lines } = await open();
    const { state, details } = await queue.health();
    expect(state).to.equal('degraded');
    expect(details).to.have.length(1);
    expect(details[0]).to.match(/keeps nothing on disk/);
    await sleep(1_200);
    expect(lines.map(({ level, message }) => [level, message])).to.deep.equal([['warn', details[0]]]);
  });

  it('R09: is complained about when it begins to throw data away later', async () => {
    await start({ appendonly: 'yes' });
    const { queue, lines } = await open();
    expect(await queue.health()).to.deep.equal({ state: 'ok', details: [] });
    await configure(['maxmemory-policy', 'allkeys-lfu']);
    await timeUntil('health is told', async () => (await queue.health()).state === 'degraded');
    await sleep(1_200);
    expect(lines.map(({ level }) => level)).to.deep.equal(['error']);
  });

  it('R09: never has its password in a line or a detail', async () => {
    await start();
    const { queue, lines } = await open(await urlWithout('config'));
    queue.register(recording('work', []));
    await server.kill();
    await queue.enqueue('work', { n: 1 });
    await timeUntil('health is told', async () => (await queue.health()).details.length > 0);
    expect(lines).not.to.deep.equal([]);
    expect(JSON.stringify([lines, await queue.health()])).not.to.contain(PASSWORD);
  });

  it('R10: has lost the data of a job that waited, which then fails and frees its key', async () => {
    await start({ appendonly: 'yes' });
    const { queue, lines } = await open();
    const seen: JsonObject[] = [];
    queue.register(recording('work', seen));
    await queue.enqueue('work', { n: 1 }, { key: 'a' });
    await queue.enqueue('work', { n: 2 });
    await queue.counts();
    const redis = new Redis(server.url);
    const [first] = await redis.lrange(`${PREFIX}:work:wait`, -1, -1);
    expect(await redis.del(`${PREFIX}:work:${String(first)}`)).to.equal(1);
    queue.start();
    await timeUntil('the other job', () => seen.length === 1);
    await timeUntil('the lost job fails', () => lines.some(({ level }) => level === 'error'));
    expect(seen).to.deep.equal([{ n: 2 }]);
    expect(lines.map(({ message }) => message)).to.deep.equal(['a job was given up']);
    expect(await redis.zscore(`${PREFIX}:work:completed`, String(first))).to.equal(null);
    await queue.enqueue('work', { n: 3 }, { key: 'a' });
    await timeUntil('the key is free', () => seen.length === 2);
    await redis.quit();
  });

  it('R11: is full: the log stays quiet, and work goes on soon after there is room', async function () {
    this.timeout(30_000);
    await start({ appendonly: 'yes' });
    const { queue, lines } = await open();
    const seen: JsonObject[] = [];
    queue.register(recording('work', seen));
    for (let n = 0; n < 50; n++) await queue.enqueue('work', { n });
    await queue.counts();
    await fill(server);
    const usage = process.cpuUsage();
    queue.start();
    for (let n = 50; n < 60; n++) await queue.enqueue('work', { n }, { key: `k${n}` });
    await sleep(6_000);
    const { user, system } = process.cpuUsage(usage);
    const { details } = await queue.health();
    expect(details.join()).to.contain('has reached its memory limit');
    expect(seen).to.deep.equal([]);
    const written = lines.length;
    await configure(['maxmemory', '200mb']);
    const took = await timeUntil('all is done', () => new Set(seen.map(({ n }) => n)).size === 60, 30_000);
    figure(
      'R11',
      `full for 6 s: ${written} log lines, at most ${mostInASecond(lines)} a second, ${((user + system) / 60_000).toFixed(0)} % of a core; ` +
        `all done ${(took / 1_000).toFixed(1)} s after there was room`,
    );
    expect(mostInASecond(lines)).to.be.at.most(1);
    expect(lines.length).to.be.above(2);
  });

  it('R09: lets no Rollcall start', async function () {
    this.timeout(20_000);
    await start({ 'maxmemory-policy': 'allkeys-lru' });
    const script = `const { openQueue } = await import('./src/queue/open.ts');
      const logger = { debug() {}, info() {}, warn() {}, error() {} };
      await openQueue({ logger, redis: { url: process.env.REDIS_URL, prefix: 'x' } });`;
    const env = { ...process.env, REDIS_URL: server.url };
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let complaint = '';
    child.stderr.on('data', (chunk) => {
      complaint += chunk;
    });
    const [code] = await once(child, 'exit');
    expect(code).to.equal(1);
    expect(complaint).to.contain('throws data away');
  });
});

/** Uses up the memory of a Redis: 12 MB, and no more room for anything. */
async function fill(server: OwnServer): Promise<void> {
  const redis = new Redis(server.url);
  await redis.config('SET', 'maxmemory', '12mb');
  let size = 1_000_000;
  for (let n = 0; size >= 10; n++) {
    const stored = await redis.set(`filling:${n}`, 'x'.repeat(size)).catch(() => null);
    if (stored === null) size = Math.floor(size / 10);
  }
  // Well below what is in use: the end of a connection must make no room.
  await redis.config('SET', 'maxmemory', '8mb');
  await redis.quit();
}
