import { expect } from 'chai';
import { newSyncState, type PendingRemoval, type SyncState } from '../../src/core/sync-state.ts';
import { ORGANIZATION } from '../fixtures/users.ts';
import { eachWithStores, type OpenStores, refused } from './open-stores.ts';

/** What every SyncStateStore promises. */
export function syncStateStoreContract(open: OpenStores): void {
  const test = eachWithStores(open);
  const states = () => test.stores.syncStates;
  const first: SyncState = {
    ...newSyncState(ORGANIZATION, 'google'),
    version: 1,
    lastOkAt: '2026-01-01T00:00:00.000Z',
  };
  const second: SyncState = { ...first, version: 2, lastFullAt: first.lastOkAt };

  it('keeps a state for each source of each organization', async () => {
    expect(await states().get(ORGANIZATION, 'google')).to.deep.equal(newSyncState(ORGANIZATION, 'google'));
    await states().save(first);
    expect(await states().get(ORGANIZATION, 'google')).to.deep.equal(first);
    expect((await states().get('organization-2', 'google')).version).to.equal(0);
    expect((await states().get(ORGANIZATION, 'microsoft')).version).to.equal(0);
  });

  it('saves by compare-and-swap', async () => {
    await refused(states().save(second), 'stale');
    await states().save(first);
    await refused(states().save(first), 'stale');
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => states().save(second)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
    expect(await states().get(ORGANIZATION, 'google')).to.deep.equal(second);
  });
}

/** What every RemovalStore promises. */
export function removalStoreContract(open: OpenStores): void {
  const test = eachWithStores(open);
  const removals = () => test.stores.removals;
  const day = (n: number) => `2026-01-0${n}T00:00:00.000Z`;
  const all = () => removals().list(ORGANIZATION, 'google', {}, null, 10);

  const removal = (externalId: string, facts: Partial<PendingRemoval> = {}): PendingRemoval => ({
    organizationId: ORGANIZATION,
    source: 'google',
    externalId,
    userId: `user-of-${externalId}`,
    cause: 'gone',
    why: 'no longer in the directory',
    since: day(1),
    dueAt: day(2),
    ...facts,
  });

  it('keeps the times of whoever is there already', async () => {
    await removals().add([removal('g1')]);
    await removals().add([removal('g1', { since: day(3), dueAt: day(4) }), removal('g2')]);
    expect(await all()).to.deep.equal([removal('g1'), removal('g2')]);
    expect(await removals().count(ORGANIZATION, 'google')).to.equal(2);
    await removals().add([]);
  });

  it('lists in the order of the keys, page by page, and only who is due when asked so', async () => {
    const [a, b, c] = [removal('a'), removal('b', { dueAt: day(5) }), removal('c')];
    await removals().add([c, a, b]);
    expect(await removals().list(ORGANIZATION, 'google', {}, null, 2)).to.deep.equal([a, b]);
    expect(await removals().list(ORGANIZATION, 'google', {}, 'b', 2)).to.deep.equal([c]);
    expect(await removals().list(ORGANIZATION, 'google', { dueBy: day(2) }, null, 10)).to.deep.equal([a, c]);
    expect(await removals().list(ORGANIZATION, 'google', { dueBy: day(1) }, null, 10)).to.deep.equal([]);
  });

  it('finds and forgets people of one integration only', async () => {
    const others = [removal('g1', { source: 'microsoft' }), removal('g1', { organizationId: 'organization-2' })];
    await removals().add([removal('g1'), removal('g2'), ...others]);
    expect(await removals().among(ORGANIZATION, 'google', ['g1', 'g9'])).to.deep.equal([removal('g1')]);
    await removals().remove(ORGANIZATION, 'google', ['g1', 'g9']);
    expect(await all()).to.deep.equal([removal('g2')]);
    expect(await removals().among(ORGANIZATION, 'microsoft', ['g1'])).to.have.length(1);
    expect(await removals().count('organization-2', 'google')).to.equal(1);
  });
}
