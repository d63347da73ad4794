import { expect } from 'chai';
import { Redis } from 'ioredis';
import type { MongoOfSuite } from '../servers/describe-on.ts';
import { describeOnMongo, describeOnOwnRedis } from '../servers/describe-on.ts';
import type { OwnServer } from '../servers/own-server.ts';
import { startOwnRedis } from '../servers/redis-server.ts';
import type { Body } from '../support/api-client.ts';
import { figure, secondsSince } from './figure.ts';
import { type FaultOrganization, type Installation, startInstallation, waitFor } from './installation.ts';
import { MASS_WORKS } from './mass-works.ts';

const PEOPLE = 2_000;
const FLUSHES = 10;
const ROWS = 1_000;
const OUTCOMES = { import: { create: ROWS / 2, update: ROWS / 2 }, bulk: { done: ROWS - 1, last_admin: 1 } };

describeOnMongo('A Redis that loses everything', (mongo) =>
  describeOnOwnRedis('in the middle of the work', () => lossSuite(mongo)),
);

function lossSuite(mongo: MongoOfSuite): void {
  let server: OwnServer;
  let installation: Installation;

  before(async function () {
    this.timeout(60_000);
    server = await startOwnRedis();
    installation = await startInstallation({
      mongodbUrl: mongo.freshUrl(),
      redisUrl: server.url,
      redisPrefix: 'lost',
      google: { people: PEOPLE },
      workers: 1,
    });
  });
  after(async () => {
    await installation.stop();
    await server.stop();
  });

  const flush = async () => {
    const redis = new Redis(server.url);
    await redis.flushall();
    await redis.quit();
  };
  const prepared = async (name: string) => {
    const organization = await installation.addOrganization(name);
    await organization.connect();
    return organization;
  };
  const isSwept = async (organization: FaultOrganization) =>
    (await organization.get('/settings')).sweep.state === 'idle';

  it('R07: loses no run, no sweep and no event', async function () {
    this.timeout(180_000);
    const { control } = installation.google;
    const swept = await prepared('Swept');
    await swept.change({ google: { syncUsers: true } });
    await swept.runsEnded(60_000);
    await waitFor('the first sweep is done', () => isSwept(swept));
    control.fault({ match: { operation: 'users.list' }, times: 'always', fault: { kind: 'slow-first-byte', ms: 300 } });
    const synced = await prepared('Synced');
    await synced.change({ google: { syncUsers: true, autoEnableUsers: true } });
    await waitFor('the first page is stored', async () => (await synced.latestRun()).counts.pages >= 1);
    await swept.change({ google: { autoEnableUsers: true } });
    await waitFor('the sweep has begun', async () => (await swept.get('/settings')).sweep.visited > 0);
    for (let count = 0; count < FLUSHES; count++) await flush();
    const lost = performance.now();
    const run = await synced.runsEnded(60_000);
    await waitFor('the sweep is done', () => isSwept(swept), 60_000);
    const tookMs = performance.now() - lost;
    const people = [...control.everybody()];
    const expected = people.filter(({ suspended, archived }) => !suspended && !archived).length;
    const outcomes = [await lossesOf(synced), await lossesOf(swept)];
    figure(
      'R07',
      `all done ${(tookMs / 1_000).toFixed(1)} s after FLUSHALL; ${outcomes.map(({ events, lost, twice }) => `${events} events, ${lost} lost, ${twice} double`).join('; ')}`,
    );
    expect(run.state).to.equal('finished');
    expect(tookMs).to.be.below(60_000);
    for (const organization of [synced, swept])
      expect((await organization.get('/users?status=active&limit=1')).total).to.equal(expected);
    for (const { lost: missing, twice } of outcomes) expect([missing, twice]).to.deep.equal([0, 0]);
  });

  it('R07: loses no row of a CSV file and nobody of an action on many people', async function () {
    this.timeout(180_000);
    const { api } = installation;
    for (const [title, work] of Object.entries(MASS_WORKS)) {
      const organization = await installation.addOrganization(title);
      const task = await work.prepare(api, organization.path, ROWS);
      await task.begin(api);
      await waitFor('it is under way', async () => {
        const { pages, people } = (await task.read(api)).progress;
        return (pages ?? people) > 0;
      });
      for (let count = 0; count < FLUSHES; count++) await flush();
      const flushed = performance.now();
      const isDone = async () => {
        const now = await task.read(api);
        return now.state === 'done' && now;
      };
      const { outcomes } = await waitFor('it is done', isDone, 60_000);
      const took = secondsSince(flushed);
      const { events, lost, twice } = await lossesOf(organization);
      figure('R07', `${title}: done ${took} after FLUSHALL; ${events} events, ${lost} lost, ${twice} double`);
      expect(outcomes).to.deep.equal(OUTCOMES[work.job]);
      expect([lost, twice]).to.deep.equal([0, 0]);
    }
  });
}

/** Events of people that are missing from the feed, going by their numbers, and that are in it twice. */
async function lossesOf(organization: FaultOrganization) {
  const events = await organization.events();
  const ids = events.map(({ id }: Body) => String(id));
  const known = new Set(ids);
  const last = new Map<string, number>();
  for (const id of known) {
    const [userId = '', number] = id.split(':');
    last.set(userId, Math.max(last.get(userId) ?? 0, Number(number)));
  }
  const expected = [...last.values()].reduce((sum, count) => sum + count, 0);
  const people = (await organization.get('/users?status=all&limit=1')).total as number;
  return { events: ids.length, lost: expected - known.size + people - last.size, twice: ids.length - known.size };
}
