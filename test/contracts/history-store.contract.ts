import { expect } from 'chai';
import type { User } from '../../src/core/user.ts';
import { anEvent } from '../fixtures/events.ts';
import { aHistoryEntry } from '../fixtures/history.ts';
import { aUser, changed, ORGANIZATION } from '../fixtures/users.ts';
import { eachWithStores, type OpenStores, refused } from './open-stores.ts';

/** What every HistoryStore promises, and every UserStore about the history of a save. */
export function historyStoreContract(open: OpenStores): void {
  const test = eachWithStores(open);
  const versionsOf = async ({ id }: User, below: number | null = null, limit = 100) =>
    (await test.stores.history.list(ORGANIZATION, id, below, limit)).map(({ version }) => version);
  const drain = async () => {
    while ((await test.stores.events.relay(7)) > 0);
  };

  /** A person saved so many times, one by one and in bulk, with and without an event; `between` comes after each save. */
  async function saved(times: number, between: (n: number) => Promise<unknown> = async () => undefined) {
    let user = aUser();
    for (let n = 1; n <= times; n++) {
      const events = n % 2 === 0 ? [anEvent(user, n / 2)] : [];
      const change = { user, events, history: aHistoryEntry(user, { reason: `reason ${n}` }) };
      if (n % 3 === 0) await test.stores.users.saveMany([change]);
      else await test.stores.users.save(change);
      await between(n);
      if (n < times) user = changed(user);
    }
    return user;
  }

  for (const [what, relay] of [
    ['before anything was relayed', async () => undefined],
    ['when everything was relayed', drain],
    ['when some of it was relayed', async (n?: number) => n === 4 && drain()],
  ] as const)
    it(`shows every save, the newest first, as soon as it was made: ${what}`, async () => {
      const user = await saved(7, relay);
      expect(await versionsOf(user)).to.deep.equal([7, 6, 5, 4, 3, 2, 1]);
      expect(await versionsOf(user, 5)).to.deep.equal([4, 3, 2, 1]);
      expect(await versionsOf(user, 5, 2)).to.deep.equal([4, 3]);
      expect(await versionsOf(user, null, 4)).to.deep.equal([7, 6, 5, 4]);
      expect(await versionsOf(user, 1)).to.deep.equal([]);
      const [newest] = await test.stores.history.list(ORGANIZATION, user.id, null, 1);
      expect(newest).to.deep.equal(aHistoryEntry(user, { reason: 'reason 7' }));
    });

  it('shows nothing of a refused save, nor of others', async () => {
    const user = await saved(2);
    await refused(test.stores.users.save({ user, events: [], history: aHistoryEntry(user) }), 'stale');
    const rival = aUser({ email: user.email });
    const outcomes = await test.stores.users.saveMany([{ user: rival, events: [], history: aHistoryEntry(rival) }]);
    expect(outcomes[0]?.saved).to.equal(false);
    await drain();
    expect(await versionsOf(rival)).to.deep.equal([]);
    expect(await versionsOf(user)).to.deep.equal([2, 1]);
  });

  it('publishes no event for what only the history is told, and has nothing left to relay', async () => {
    const user = await saved(4);
    await drain();
    const feed = await test.stores.events.list(ORGANIZATION, 0, 100);
    expect(feed.map(({ id, sequence }) => [id, sequence])).to.deep.equal([
      [`${user.id}:1`, 1],
      [`${user.id}:2`, 2],
    ]);
    expect(await test.stores.events.pending()).to.equal(0);
  });
}
