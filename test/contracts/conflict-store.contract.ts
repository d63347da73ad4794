import { expect } from 'chai';
import type { Conflict } from '../../src/core/conflict.ts';
import { aConflict } from '../fixtures/runs.ts';
import { ORGANIZATION } from '../fixtures/users.ts';
import { eachWithStores, type OpenStores } from './open-stores.ts';

const LATER = '2026-02-01T00:00:00.000Z';

/** What every ConflictStore promises. */
export function conflictStoreContract(open: OpenStores): void {
  const test = eachWithStores(open);
  const conflicts = () => test.stores.conflicts;
  const move = (conflict: Conflict, from: Conflict['state'], to: Conflict['state']) =>
    conflicts().move(ORGANIZATION, conflict.id, from, to, LATER);

  describe('opening', () => {
    it('keeps a conflict as it was told', async () => {
      const conflict = aConflict();
      expect(await conflicts().open(conflict)).to.deep.equal(conflict);
      expect(await conflicts().get(ORGANIZATION, conflict.id)).to.deep.equal(conflict);
      expect(await conflicts().findByKey(ORGANIZATION, conflict.key)).to.deep.equal(conflict);
      expect(await conflicts().findByKey(ORGANIZATION, 'nothing')).to.equal(null);
    });

    it('changes nothing when it is said again while it is open', async () => {
      const first = await conflicts().open(aConflict());
      expect(await conflicts().open(aConflict({ message: 'other words' }))).to.deep.equal(first);
      expect((await conflicts().list(ORGANIZATION, null, null, 10)).items).to.deep.equal([first]);
    });

    it('opens once however many say it at once', async () => {
      const opened = await Promise.all(Array.from({ length: 20 }, () => conflicts().open(aConflict())));
      expect(new Set(opened.map(({ id }) => id)).size).to.equal(1);
    });

    it('stays away while an admin’s acceptance is unspent', async () => {
      const first = await conflicts().open(aConflict());
      await move(first, 'open', 'accepted');
      expect(await conflicts().open(aConflict())).to.include({ id: first.id, state: 'accepted' });
    });

    it('stays dismissed until something else is said', async () => {
      const first = await conflicts().open(aConflict());
      await move(first, 'open', 'dismissed');
      expect(await conflicts().open(aConflict())).to.include({ id: first.id, state: 'dismissed' });
      const news = aConflict({ message: 'another address' });
      expect(await conflicts().open(news)).to.deep.equal(news);
      expect(await conflicts().findByKey(ORGANIZATION, news.key)).to.deep.equal(news);
    });

    it('opens again after it was resolved', async () => {
      const first = await conflicts().open(aConflict());
      await move(first, 'open', 'resolved');
      const second = aConflict();
      expect(await conflicts().open(second)).to.deep.equal(second);
    });
  });

  describe('moving', () => {
    it('goes on only from the state it is in', async () => {
      const conflict = await conflicts().open(aConflict());
      expect(await move(conflict, 'accepted', 'resolved')).to.equal(false);
      expect(await move(conflict, 'open', 'accepted')).to.equal(true);
      expect(await conflicts().get(ORGANIZATION, conflict.id)).to.deep.equal({
        ...conflict,
        state: 'accepted',
        updatedAt: LATER,
      });
    });

    it('is done by one of twenty', async () => {
      const conflict = await conflicts().open(aConflict());
      const moved = await Promise.all(Array.from({ length: 20 }, () => move(conflict, 'open', 'dismissed')));
      expect(moved.filter(Boolean)).to.have.length(1);
    });

    it('brings none back to life beside another with its key', async () => {
      const first = await conflicts().open(aConflict());
      await move(first, 'open', 'dismissed');
      await conflicts().open(aConflict({ message: 'another address' }));
      expect(await move(first, 'dismissed', 'open')).to.equal(false);
    });

    it('closes a person’s open conflicts of some kinds', async () => {
      const open = await conflicts().open(aConflict({ key: 'a' }));
      const accepted = await conflicts().open(aConflict({ key: 'b' }));
      const held = await conflicts().open(aConflict({ key: 'c', kind: 'email_held' }));
      const other = await conflicts().open(aConflict({ key: 'd', userId: 'user-9' }));
      await move(accepted, 'open', 'accepted');
      await conflicts().resolveOf(ORGANIZATION, 'user-1', ['email_taken', 'link'], LATER);
      const states = await Promise.all(
        [open, accepted, held, other].map(({ id }) => conflicts().get(ORGANIZATION, id)),
      );
      expect(states.map((conflict) => conflict?.state)).to.deep.equal(['resolved', 'accepted', 'open', 'open']);
      expect(states[0]?.updatedAt).to.equal(LATER);
    });
  });

  describe('finding', () => {
    it('finds what is open about a person, of one kind', async () => {
      const [a, b] = [await conflicts().open(aConflict({ key: 'a' })), await conflicts().open(aConflict({ key: 'b' }))];
      const closed = await conflicts().open(aConflict({ key: 'c' }));
      await move(closed, 'open', 'resolved');
      await conflicts().open(aConflict({ key: 'd', kind: 'agency_user' }));
      await conflicts().open(aConflict({ key: 'e', userId: 'user-9' }));
      expect(await conflicts().openOf(ORGANIZATION, 'user-1', 'email_taken')).to.deep.equal([a, b]);
      expect(await conflicts().openOf(ORGANIZATION, 'user-1', 'link')).to.deep.equal([]);
    });

    it('lists by state, the newest first, page by page', async () => {
      const made = [];
      for (const key of ['a', 'b', 'c', 'd']) made.push(await conflicts().open(aConflict({ key })));
      const [a, b, c, d] = made as [Conflict, Conflict, Conflict, Conflict];
      await move(b, 'open', 'dismissed');
      const first = await conflicts().list(ORGANIZATION, 'open', null, 2);
      expect(first.items).to.deep.equal([d, c]);
      expect(await conflicts().list(ORGANIZATION, 'open', first.next, 2)).to.deep.equal({ items: [a], next: null });
      expect((await conflicts().list(ORGANIZATION, null, null, 10)).items).to.have.length(4);
      expect((await conflicts().list(ORGANIZATION, 'dismissed', null, 10)).items.map(({ id }) => id)).to.deep.equal([
        b.id,
      ]);
    });

    it('knows the people of all organizations who wait for an address', async () => {
      const ada = await conflicts().open(aConflict({ key: 'a' }));
      await conflicts().open(aConflict({ key: 'b', userId: null }));
      await conflicts().open(aConflict({ key: 'c', kind: 'email_held' }));
      const bob = await conflicts().open(aConflict({ key: 'd', organizationId: 'organization-2' }));
      const spent = await conflicts().open(aConflict({ key: 'e' }));
      await move(spent, 'open', 'resolved');
      expect(await conflicts().waiting(null, 10)).to.deep.equal([ada, bob]);
      expect(await conflicts().waiting(null, 1)).to.deep.equal([ada]);
      expect(await conflicts().waiting(ada.id, 1)).to.deep.equal([bob]);
    });

    it('knows who waits for an address, in any case', async () => {
      const ada = await conflicts().open(aConflict({ key: 'a', email: 'Ada@Example.com' }));
      await conflicts().open(aConflict({ key: 'b', email: 'bob@example.com' }));
      await conflicts().open(aConflict({ key: 'c', email: 'Ada@Example.com', kind: 'email_held' }));
      const spent = await conflicts().open(aConflict({ key: 'd', email: 'ada@example.com' }));
      await move(spent, 'open', 'resolved');
      await conflicts().open(aConflict({ key: 'e', email: null }));
      expect(await conflicts().waitingFor(ORGANIZATION, ['aDA@example.com', 'eve@example.com'])).to.deep.equal([ada]);
      expect(await conflicts().waitingFor(ORGANIZATION, [])).to.deep.equal([]);
    });
  });
}
