import { expect } from 'chai';
import type { PublishedEvent } from '../../src/core/event.ts';
import { anEvent } from '../fixtures/events.ts';
import { aUser, changed, ORGANIZATION } from '../fixtures/users.ts';
import { eachWithStores, type OpenStores, refused } from './open-stores.ts';

/** What every EventStore promises, and every UserStore about the events of a save. */
export function eventStoreContract(open: OpenStores): void {
  const test = eachWithStores(open);
  const events = () => test.stores.events;
  const feed = (after = 0, limit = 100) => events().list(ORGANIZATION, after, limit);
  const drain = async () => {
    while ((await events().relay(7)) > 0);
  };

  it('publishes what was saved, as it was said, and only after the relay', async () => {
    const user = aUser();
    const said = anEvent(user, 1, { effects: ['left pools'], by: { kind: 'run', id: 'run-1' } });
    await test.stores.users.save({ user, events: [said] });
    expect(await feed()).to.deep.equal([]);
    expect(await events().pending()).to.equal(1);
    expect(await events().relay(10)).to.equal(1);
    expect(await events().pending()).to.equal(0);
    expect(await feed()).to.deep.equal([{ ...said, sequence: 1 }]);
  });

  it('publishes nothing of a refused save', async () => {
    const user = aUser();
    await test.stores.users.save({ user, events: [] });
    await refused(test.stores.users.save({ user, events: [anEvent(user, 1)] }), 'stale');
    const rival = aUser({ email: user.email });
    await refused(test.stores.users.save({ user: rival, events: [anEvent(rival, 1)] }), 'email_taken');
    expect(await events().pending()).to.equal(0);
  });

  it('numbers each organization’s feed without gaps, in the order of saving', async () => {
    const people = Array.from({ length: 4 }, (_, n) => aUser({ organizationId: `organization-${1 + (n % 2)}` }));
    const told = new Map<string, string[]>();
    for (let round = 1; round <= 10; round++)
      for (const [index, user] of people.entries()) {
        const version = round === 1 ? user : changed(people[index] ?? user);
        people[index] = version;
        const event = anEvent(version, round, { at: new Date(Date.UTC(2026, 0, round, index)).toISOString() });
        await test.stores.users.save({ user: version, events: [event] });
        told.set(user.organizationId, [...(told.get(user.organizationId) ?? []), event.id]);
        if ((round + index) % 5 === 0) await events().relay(3);
      }
    await drain();
    for (const [organization, ids] of told) {
      const published = await events().list(organization, 0, 100);
      expect(published.map(({ id }) => id)).to.deep.equal(ids);
      expect(published.map(({ sequence }) => sequence)).to.deep.equal(ids.map((_, index) => index + 1));
    }
  });

  it('is read on from any number', async () => {
    const user = aUser();
    await test.stores.users.save({ user, events: [1, 2, 3, 4, 5].map((n) => anEvent(user, n)) });
    await drain();
    const numbers = (page: readonly PublishedEvent[]) => page.map(({ sequence }) => sequence);
    expect(numbers(await feed(0, 2))).to.deep.equal([1, 2]);
    expect(numbers(await feed(2, 2))).to.deep.equal([3, 4]);
    expect(numbers(await feed(4, 2))).to.deep.equal([5]);
    expect(numbers(await feed(5, 2))).to.deep.equal([]);
  });

  it('publishes an id once, even when it is said again', async () => {
    const user = aUser();
    await test.stores.users.save({ user, events: [anEvent(user, 1)] });
    await drain();
    await test.stores.users.save({ user: changed(user), events: [anEvent(user, 1), anEvent(user, 2)] });
    await drain();
    expect((await feed()).map(({ id, sequence }) => `${sequence} ${id}`)).to.deep.equal([
      `1 ${user.id}:1`,
      `2 ${user.id}:2`,
    ]);
  });

  it('takes an alert once, before and after it is published', async () => {
    const alert = anEvent({ id: 'user-1', organizationId: ORGANIZATION }, 1, { type: 'alert.last_admin' });
    await events().add(alert);
    await events().add(alert);
    expect(await events().pending()).to.equal(1);
    await drain();
    await events().add(alert);
    await drain();
    expect(await feed()).to.deep.equal([{ ...alert, sequence: 1 }]);
  });

  it('moves each event once however many relays race', async () => {
    const user = aUser();
    await test.stores.users.save({ user, events: Array.from({ length: 50 }, (_, n) => anEvent(user, n + 1)) });
    await Promise.all(Array.from({ length: 20 }, () => events().relay(5)));
    await drain();
    expect((await feed()).map(({ sequence }) => sequence)).to.deep.equal(Array.from({ length: 50 }, (_, n) => n + 1));
  });
}
