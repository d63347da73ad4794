import { expect } from 'chai';
import { Redis } from 'ioredis';
import { mongo } from 'mongoose';
import { describeOnMongo, describeOnOwnMongo, describeOnOwnRedis, describeOnRedis } from './describe-on.ts';
import { type MongoPart, type OwnMongo, startOwnMongo } from './mongo-server.ts';
import type { OwnServer } from './own-server.ts';
import { startOwnRedis } from './redis-server.ts';

const IMPATIENT = { serverSelectionTimeoutMS: 500, connectTimeoutMS: 500, socketTimeoutMS: 500 };

describeOnOwnMongo('a MongoDB of one suite', function () {
  this.timeout(30_000);
  let server: OwnMongo;
  let client: mongo.MongoClient;
  const notes = () => client.db('test').collection('notes');
  before(async () => {
    server = await startOwnMongo();
    client = new mongo.MongoClient(server.url, IMPATIENT);
  });
  after(async () => {
    await client.close();
    await server.stop();
  });
  beforeEach(async () => {
    await notes().insertOne({}, { writeConcern: { w: 'majority', journal: true } });
  });

  for (const part of ['all', 'gateway', 'engine'] as readonly MongoPart[])
    it(`keeps what it acknowledged when ${part} is killed and started again`, async () => {
      const count = await notes().countDocuments();
      await server.kill(part);
      expect(await failed(notes().countDocuments())).to.be.instanceOf(Error);
      await server.restart();
      expect(await notes().countDocuments()).to.equal(count);
    });

  it('answers nothing while it is frozen, and everything afterwards', async () => {
    server.freeze();
    const { name } = (await failed(notes().countDocuments())) as Error;
    // Whether it waits for an answer or for a connection hangs on whether one was at hand.
    expect(name).to.be.oneOf(['MongoNetworkTimeoutError', 'MongoServerSelectionError']);
    server.thaw();
    expect(await notes().countDocuments()).to.be.greaterThan(0);
  });
});

describeOnOwnRedis('a Redis of one suite', () => {
  const survives = async (server: OwnServer) => {
    const before = new Redis(server.url);
    await before.set('note', 'kept');
    before.disconnect();
    await server.kill();
    await server.restart();
    const after = new Redis(server.url);
    const kept = await after.get('note');
    after.disconnect();
    await server.stop();
    return kept;
  };

  it('keeps its data over a crash when told to, and not otherwise', async () => {
    const durable = await startOwnRedis({ appendonly: 'yes', appendfsync: 'always' });
    expect(await survives(durable)).to.equal('kept');
    expect(await survives(await startOwnRedis())).to.equal(null);
  });

  it('takes directives, answers nothing while it is frozen, and everything afterwards', async () => {
    const server = await startOwnRedis({ maxmemory: '5mb', 'maxmemory-policy': 'allkeys-lru' });
    const redis = new Redis(server.url, { commandTimeout: 200 });
    expect(await redis.config('GET', 'maxmemory-policy')).to.deep.equal(['maxmemory-policy', 'allkeys-lru']);
    server.freeze();
    expect(await failed(redis.ping())).to.be.instanceOf(Error);
    server.thaw();
    expect(await redis.ping()).to.equal('PONG');
    redis.disconnect();
    await server.stop();
  });
});

describeOnMongo('the shared MongoDB', (shared) => {
  it('gives everybody a database of their own', async () => {
    const clients = [shared.freshUrl(), shared.freshUrl()].map((url) => new mongo.MongoClient(url));
    const [one, other] = clients.map((client) => client.db().collection('notes'));
    await one?.insertOne({});
    expect(await one?.countDocuments()).to.equal(1);
    expect(await other?.countDocuments()).to.equal(0);
    await Promise.all(clients.map((client) => client.close()));
  });
});

describeOnRedis('the shared Redis', (shared) => {
  it('evicts nothing and gives everybody a prefix of their own', async () => {
    const redis = new Redis(shared.url);
    expect(shared.freshPrefix()).not.to.equal(shared.freshPrefix());
    expect(await redis.config('GET', 'maxmemory-policy')).to.deep.equal(['maxmemory-policy', 'noeviction']);
    redis.disconnect();
  });
});

async function failed(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    (value) => `it gave ${value}`,
    (error: unknown) => error,
  );
}
