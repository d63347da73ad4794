import { expect } from 'chai';
import type { Run } from '../../../src/core/run.ts';
import type { Stores } from '../../../src/ports/stores.ts';
import { type Database, openDatabase } from '../../../src/store/mongo/database.ts';
import { resourceCollections } from '../../../src/store/mongo/resource-schema.ts';
import { createMongoStores, openMongoStores } from '../../../src/store/mongo/stores.ts';
import { refused } from '../../contracts/open-stores.ts';
import { aClock } from '../../fixtures/clock.ts';
import { anEvent } from '../../fixtures/events.ts';
import { aConnection, anIntegration, anOrganization, aToken } from '../../fixtures/organizations.ts';
import { aGroup, membersOf, nextVersion, SPACE, writing } from '../../fixtures/resources.ts';
import { aConflict, aRun, aStagedChange } from '../../fixtures/runs.ts';
import { aUser, ORGANIZATION } from '../../fixtures/users.ts';
import { describeOnMongo } from '../../servers/describe-on.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { oneDatabase } from './open-stores.ts';

/** Commands that write begin their documents with these names. */
const WRITES = ['\u0002insert\0', '\u0002update\0', '\u0002findAndModify\0', '\u0002delete\0'];
const isWrite = (request: Buffer) => WRITES.some((name) => request.includes(name));

describeOnMongo('stores on MongoDB over a bad network', (mongo) => {
  const suite = oneDatabase(mongo);
  let proxy: TcpProxy;
  let database: Database;
  let stores: Stores;

  before(async () => {
    proxy = await startTcpProxy({ target: mongo.url });
    database = await openDatabase({ url: proxy.url(suite.url), socketTimeoutMS: 1_000 });
  });
  beforeEach(async () => {
    await suite.empty();
    stores = createMongoStores(database, aClock());
  });
  afterEach(() => proxy.heal());
  after(async () => {
    await database.close();
    await proxy.close();
  });

  /** Loses the answer to every second write. */
  function loseEverySecond(): () => number {
    let writes = 0;
    return proxy.dropReplies({ when: (request) => isWrite(request) && ++writes % 2 === 1 });
  }

  it('save settings once, and tell a loser that it lost: R17', async () => {
    const lost = loseEverySecond();
    let organization = anOrganization();
    await stores.organizations.insert(organization);
    await refused(stores.organizations.insert(organization), 'stale');
    for (let n = 0; n < 5; n++) {
      const next = { ...organization, version: organization.version + 1, name: `name ${n}` };
      await stores.organizations.save(next);
      await refused(stores.organizations.save({ ...next, name: 'late' }), 'stale');
      organization = next;
    }
    expect(await stores.organizations.get(organization.id)).to.deep.equal(organization);
    expect(lost()).to.be.at.least(5);
  });

  it('let one of several claim a due time: R17', async () => {
    const due = '2026-01-01T00:00:00.000Z';
    const later = '2026-01-02T00:00:00.000Z';
    await stores.integrations.put(anIntegration({ nextDueAt: due }));
    let writes = 0;
    proxy.dropReplies({ when: (request) => isWrite(request) && ++writes <= 4 });
    const claim = () => stores.integrations.claimDue(ORGANIZATION, 'google', due, later);
    const claims = await Promise.all([claim(), claim(), claim(), claim()]);
    expect(claims.filter((won) => won)).to.have.length(1);
  });

  it('give out, use up and revoke tokens once: R17', async () => {
    loseEverySecond();
    await stores.tokens.insertConnection(aConnection()).catch(() => undefined);
    const [first, second] = [aToken(), aToken()];
    for (const token of [first, second]) await stores.tokens.insert(token);
    await refused(stores.tokens.insert(aToken()), 'token_limit');
    expect(await stores.tokens.revoke(ORGANIZATION, first.id, first.createdAt)).to.equal(true);
    expect(await stores.tokens.revoke(ORGANIZATION, first.id, first.createdAt)).to.equal(false);
    await stores.tokens.insert(aToken());
    expect(await stores.tokens.list(ORGANIZATION)).to.have.length(3);
  });

  it('carry a run through its checkpoints: R17', async () => {
    const lost = loseEverySecond();
    const run = aRun({ state: 'running' });
    await stores.runs.insert(run);
    const taken = (await stores.runs.acquire(ORGANIZATION, run.id, 'worker', 60_000)) as Run;
    expect([taken.epoch, taken.starts]).to.deep.equal([run.epoch + 1, 1]);
    const reasons = [{ externalId: null, userId: null, code: 'c', message: 'm' }];
    for (let page = 1; page <= 4; page++)
      await stores.runs.checkpoint({
        run: { ...taken, reasons },
        presence: { page, externalIds: [`g${page}`] },
        staged: [aStagedChange(`g${page}`)],
        members: { group: 'sales', externalIds: [`g${page}`, 'g0'] },
      });
    const members = await stores.runs.membersAmong(run.id, ['g0', 'g4']);
    expect([...members.values()]).to.deep.equal([['sales'], ['sales']]);
    await stores.runs.unstage({ runId: run.id, epoch: taken.epoch }, ['g1']);
    expect(await stores.runs.countStaged(run.id)).to.equal(3);
    expect(await stores.runs.get(ORGANIZATION, run.id)).to.deep.equal({ ...taken, reasons });
    const conflict = await stores.conflicts.open(aConflict());
    expect(await stores.conflicts.move(ORGANIZATION, conflict.id, 'open', 'dismissed', conflict.updatedAt)).to.equal(
      true,
    );
    expect(await stores.conflicts.move(ORGANIZATION, conflict.id, 'open', 'dismissed', conflict.updatedAt)).to.equal(
      false,
    );
    expect(lost()).to.be.at.least(8);
  });

  it('change groups once, tell losers that they lost, and remove a group once: R17', async () => {
    const lost = loseEverySecond();
    const { resources } = stores;
    let group = aGroup();
    await resources.save(writing(group, {}, ['displayName:staff']));
    await refused(resources.save(writing(aGroup(), {}, ['displayName:staff'])), 'resource_name_taken');
    for (let n = 0; n < 4; n++) {
      const next = nextVersion(group);
      await resources.save(
        writing(next, { add: membersOf([`m${n}`, `n${n}`]), remove: [`n${n - 1}`] }, ['displayName:staff']),
      );
      await refused(resources.save(writing(next, { replace: true })), 'stale');
      group = next;
    }
    const ids = Array.from({ length: 4 }, (_, n) => [`m${n}`, `n${n}`]).flat();
    const present = [...(await resources.membersAmong(SPACE, group.id, ids)).keys()];
    expect(present).to.have.members([...ids.filter((id) => id.startsWith('m')), 'n3']);
    expect(await resources.get(SPACE, group.id)).to.deep.equal(group);
    expect(await resources.remove(SPACE, group.id, group.version)).to.equal(true);
    expect(await resources.remove(SPACE, group.id)).to.equal(false);
    expect(lost()).to.be.at.least(10);
    const { memberships, resources: rows } = resourceCollections(database);
    expect(await memberships.countDocuments({ present: true })).to.equal(0);
    expect(await rows.countDocuments({ pending: { $exists: true } })).to.equal(0);
  }).timeout(60_000);

  it('publish each event once: R17', async () => {
    loseEverySecond();
    const user = aUser();
    await stores.users.save({ user, events: [1, 2, 3, 4].map((n) => anEvent(user, n)) });
    await stores.events.add(anEvent({ id: 'alert', organizationId: ORGANIZATION }, 1, { type: 'alert.last_admin' }));
    while ((await stores.events.relay(2)) > 0);
    const feed = await stores.events.list(ORGANIZATION, 0, 100);
    expect(feed.map(({ sequence }) => sequence)).to.deep.equal([1, 2, 3, 4, 5]);
    expect(new Set(feed.map(({ id }) => id))).to.have.property('size', 5);
  });

  it('say within about two seconds that nobody answers, and are back when somebody does: R18', async () => {
    const opened = await openMongoStores({ url: proxy.url(suite.url) });
    proxy.pause();
    const asked = performance.now();
    await refused(opened.stores.ping(), 'unavailable');
    expect(performance.now() - asked).to.be.below(3_000);
    proxy.resume();
    await opened.stores.ping();
    await opened.stores.close();
  });

  it('refuse to open, in one sentence, when there is no server', async () => {
    const nobody = await startTcpProxy({ target: mongo.url });
    const url = nobody.url(suite.url);
    await nobody.close();
    await refused(openMongoStores({ url }), 'unavailable');
  });
});
