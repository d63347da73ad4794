import { expect } from 'chai';
import type { PublishedEvent } from '../../../src/core/event.ts';
import type { User } from '../../../src/core/user.ts';
import type { EventRow } from '../../../src/store/mongo/event-rows.ts';
import { createOutbox } from '../../../src/store/mongo/outbox.ts';
import { createPublish } from '../../../src/store/mongo/publish.ts';
import { COLLECTION } from '../../../src/store/mongo/schema.ts';
import { eachWithStores } from '../../contracts/open-stores.ts';
import { anEvent } from '../../fixtures/events.ts';
import { aHistoryEntry } from '../../fixtures/history.ts';
import { aUser, changed, ORGANIZATION } from '../../fixtures/users.ts';
import { describeOnMongo } from '../../servers/describe-on.ts';
import { oneDatabase, storesIn } from './open-stores.ts';

describeOnMongo('relays of events on MongoDB', (mongo) => {
  const suite = oneDatabase(mongo);
  const test = eachWithStores(storesIn(suite));
  const events = () => test.stores.events;
  const feed = () => events().list(ORGANIZATION, 0, 1_000);
  const publish = () => createPublish(suite.database.collection<EventRow>(COLLECTION.events));
  const outbox = () => createOutbox(suite.database);

  async function said(n: number, user: User = aUser()): Promise<User> {
    const told = Array.from({ length: n }, (_, index) => anEvent(user, index + 1));
    return test.stores.users.save({ user, events: told });
  }

  function checkFeed(published: readonly PublishedEvent[], total: number): void {
    expect(published.map(({ sequence }) => sequence)).to.deep.equal(Array.from({ length: total }, (_, n) => n + 1));
    expect(new Set(published.map(({ id }) => id))).to.have.property('size', total);
    for (const [userId, theirs] of Map.groupBy(published, ({ userId }) => userId))
      expect(theirs.map(({ id }) => id)).to.deep.equal(theirs.map((_, n) => `${userId}:${n + 1}`));
  }

  it('publish once what one of them published and did not live to trim', async () => {
    await said(3);
    await publish()(ORGANIZATION, await outbox().oldest(2));
    await Promise.all([events().relay(10), events().relay(10)]);
    checkFeed(await feed(), 3);
    expect(await events().pending()).to.equal(0);
  });

  it('move the history of each person once, however many are at it', async () => {
    const people = Array.from({ length: 20 }, () => aUser());
    for (const user of people) await test.stores.users.save({ user, events: [], history: aHistoryEntry(user) });
    await Promise.all(Array.from({ length: 5 }, () => events().relay(100)));
    expect(await events().pending()).to.equal(0);
    for (const { id } of people) expect(await test.stores.history.list(ORGANIZATION, id, null, 10)).to.have.length(1);
  });

  it('leave no gap behind one that froze before it wrote', async () => {
    const ada = await said(2);
    const frozen = await outbox().oldest(10);
    await said(3);
    await events().relay(10);
    await test.stores.users.save({ user: changed(ada), events: [anEvent(ada, 3)] });
    await publish()(ORGANIZATION, frozen);
    await outbox().trim(frozen);
    await events().relay(10);
    checkFeed(await feed(), 6);
    expect(await events().pending()).to.equal(0);
  });

  it('keep what is said while one of them trims', async () => {
    const ada = await said(2);
    const moved = await outbox().oldest(10);
    await publish()(ORGANIZATION, moved);
    await test.stores.users.save({ user: changed(ada), events: [anEvent(ada, 3)] });
    await outbox().trim(moved);
    expect(await events().pending()).to.equal(1);
    await events().relay(10);
    checkFeed(await feed(), 3);
  });

  it('never show a number before all below it, while many race', async () => {
    for (let n = 0; n < 10; n++) await said(6);
    let isOver = false;
    const watching = (async () => {
      while (!isOver) {
        const numbers = (await feed()).map(({ sequence }) => sequence);
        expect(numbers).to.deep.equal(numbers.map((_, n) => n + 1));
      }
    })();
    const draining = Array.from({ length: 5 }, async () => {
      while ((await events().relay(4)) > 0);
    });
    await Promise.all(draining).finally(() => {
      isOver = true;
    });
    await watching;
    checkFeed(await feed(), 60);
    expect(await events().pending()).to.equal(0);
  });
});
