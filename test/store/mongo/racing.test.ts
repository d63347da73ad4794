import { expect } from 'chai';
import type { User } from '../../../src/core/user.ts';
import { userKey } from '../../../src/store/mongo/user-schema.ts';
import { anEvent } from '../../fixtures/events.ts';
import { aUser, changed, ORGANIZATION } from '../../fixtures/users.ts';
import { describeOnMongo } from '../../servers/describe-on.ts';
import { eachWithUsers } from './open-users.ts';

describeOnMongo('racing writers on MongoDB', (mongo) => {
  const test = eachWithUsers(mongo);
  const save = (user: User) => test.users.save({ user, events: [anEvent(user, user.version)] });

  it('lets exactly one of fifty claims of one address win, and tells the others who did', async () => {
    const people = Array.from({ length: 50 }, () => aUser());
    for (const user of people) await save(user);
    const claims = people.map((user) => save(changed(user, { email: 'Wanted@example.com' })));
    const outcomes = await Promise.allSettled(claims);
    const winner = await test.users.findByEmail(ORGANIZATION, 'wanted@example.com');
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') {
        expect(outcome.reason).to.have.property('code', 'email_taken');
        expect(outcome.reason.details).to.deep.equal({ userId: winner?.id });
      }
  });

  it('lets exactly one of ten bulk writes have each of the addresses that all of them want', async () => {
    const pages = Array.from({ length: 10 }, () =>
      Array.from({ length: 20 }, (_, n) => aUser({ email: `wanted-${n}@example.com` })),
    );
    const outcomes = await Promise.all(
      pages.map((page) => test.users.saveMany(page.map((user) => ({ user, events: [] })))),
    );
    expect(outcomes.flat().filter(({ saved }) => saved)).to.have.length(20);
    for (const refused of outcomes.flat()) if (!refused.saved) expect(refused.code).to.equal('email_taken');
    expect(await test.users.count(ORGANIZATION, null)).to.equal(20);
  });

  it('passes addresses to and fro under rivals, and nobody ends with that of another', async () => {
    const [ada, bob] = [aUser(), aUser()];
    await test.users.saveMany([ada, bob].map((user) => ({ user, events: [] })));
    const swap = [changed(ada, { email: bob.email }), changed(bob, { email: ada.email })];
    const outcomes = await Promise.all(
      Array.from({ length: 5 }, () => test.users.saveMany(swap.map((user) => ({ user, events: [] })))),
    );
    const now = await test.users.getMany(ORGANIZATION, [ada.id, bob.id]);
    for (const user of now) {
      const wins = outcomes
        .flat()
        .filter((_, n) => swap[n % 2]?.id === user.id)
        .filter(({ saved }) => saved);
      expect(wins).to.have.length(user.version - 1);
      expect((await test.users.findByEmail(ORGANIZATION, user.email ?? ''))?.id).to.equal(user.id);
    }
    expect(await test.collection.countDocuments({ parked: { $exists: true } })).to.equal(0);
  });

  it('loses no event while the relay takes from the outbox', async () => {
    let user = await save(aUser());
    const key = userKey(ORGANIZATION, user.id);
    const moved = new Set<string>();
    let isOver = false;
    const relay = async () => {
      while (!isOver) {
        const waiting = (await test.collection.findOne({ _id: key }))?.outbox?.map(({ id }) => id) ?? [];
        for (const id of waiting) moved.add(id);
        await test.collection.updateOne({ _id: key }, { $pull: { outbox: { id: { $in: waiting } } } } as object);
      }
    };
    const relaying = relay();
    for (let n = 0; n < 100; n++) user = await save(changed(user));
    isOver = true;
    await relaying;
    const left = (await test.collection.findOne({ _id: key }))?.outbox?.map(({ id }) => id) ?? [];
    const ids = Array.from({ length: 101 }, (_, n) => `${user.id}:${n + 1}`);
    expect([...moved, ...left]).to.have.members(ids);
  });
});
