import { expect } from 'chai';
import type { User } from '../../../src/core/user.ts';
import { refused } from '../../contracts/open-stores.ts';
import { anEvent } from '../../fixtures/events.ts';
import { aUser, changed, ORGANIZATION } from '../../fixtures/users.ts';
import { describeOnMongo } from '../../servers/describe-on.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { eachWithUsers } from './open-users.ts';

/** Commands that write begin their documents with these names. */
const WRITES = ['\u0002insert\0', '\u0002update\0'];
const isWrite = (request: Buffer) => WRITES.some((name) => request.includes(name));

describeOnMongo('writes whose answer is lost, on MongoDB', (mongo) => {
  let proxy: TcpProxy;
  before(async () => {
    proxy = await startTcpProxy({ target: mongo.url });
  });
  const test = eachWithUsers(mongo, (url) => proxy.url(url));
  afterEach(() => proxy.heal());
  after(() => proxy.close());

  /** Loses the answer to every `n`th write; returns how many were lost so far. */
  function loseEvery(n: number): () => number {
    let writes = 0;
    return proxy.dropReplies({ when: (request) => isWrite(request) && ++writes % n === 0 });
  }

  const change = (user: User) => ({ user, events: [anEvent(user, user.version)] });

  /** Every person as last saved, and each event of theirs once and in order. */
  async function checkStored(people: readonly User[]): Promise<void> {
    proxy.heal();
    const rows = await test.collection.find({}, { sort: { _id: 1 } }).toArray();
    expect(rows.map(({ id, version }) => [id, version])).to.deep.equal(people.map(({ id, version }) => [id, version]));
    for (const { id, version, outbox } of rows) {
      const ids = Array.from({ length: version }, (_, n) => `${id}:${n + 1}`);
      expect(outbox?.map((event) => event.id)).to.deep.equal(ids);
    }
  }

  it('are settled by reading again: R17, one in five, one person at a time', async () => {
    const lost = loseEvery(5);
    const people: User[] = [];
    for (let n = 0; n < 8; n++) {
      let user = await test.users.save(change(aUser()));
      for (let m = 0; m < 4; m++)
        user = await test.users.save(change(changed(user, { email: `${n}-${m}@example.com` })));
      people.push(user);
    }
    expect(lost()).to.be.at.least(8);
    await checkStored(people);
  });

  it('are settled by reading again: R17, one in five, in bulk', async () => {
    const lost = loseEvery(5);
    let people = Array.from({ length: 30 }, () => aUser());
    for (let n = 0; n < 20; n++) {
      const outcomes = await test.users.saveMany(people.map(change));
      expect(outcomes.filter(({ saved }) => !saved)).to.deep.equal([]);
      if (n < 19) people = people.map((user) => changed(user, { email: `${n}-${user.id}@example.com` }));
    }
    expect(lost()).to.be.at.least(3);
    await checkStored(people);
  });

  it('do not make a loser a winner', async () => {
    const ada = await test.users.save(change(aUser({ email: 'ada@example.com' })));
    loseEvery(1);
    await refused(test.users.save(change({ ...ada, version: 5 })), 'stale');
    loseEvery(2);
    await refused(test.users.save(change(aUser({ email: 'ada@example.com' }))), 'email_taken');
    await checkStored([ada]);
  });

  it('tell of the swap in which they were lost', async () => {
    const people = [aUser(), aUser(), aUser()] as const;
    await test.users.saveMany(people.map(change));
    loseEvery(2);
    const turned = people.map((user, n) => changed(user, { email: people[(n + 1) % 3]?.email ?? null }));
    const outcomes = await test.users.saveMany(turned.map(change));
    expect(outcomes.filter(({ saved }) => !saved)).to.deep.equal([]);
    await checkStored(turned);
    for (const user of turned) expect(await test.users.findByEmail(ORGANIZATION, user.email ?? '')).to.deep.equal(user);
  });
});
