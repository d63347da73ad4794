import { expect } from 'chai';
import { freshWatch, withDeactivation } from '../../src/core/deactivation-watch.ts';
import { CONNECTION, ORGANIZATION } from '../fixtures/users.ts';
import { eachWithStores, type OpenStores, refused } from './open-stores.ts';

/** What every WatchStore promises. */
export function watchStoreContract(open: OpenStores): void {
  const test = eachWithStores(open);
  const watches = () => test.stores.watches;
  const first = withDeactivation(freshWatch(ORGANIZATION, CONNECTION), 1_000_000, null);
  const second = withDeactivation(first, 2_000_000, 300);

  it('keeps a watch for each connection of each organization', async () => {
    expect(await watches().get(ORGANIZATION, CONNECTION)).to.equal(null);
    await watches().save(first);
    expect(await watches().get(ORGANIZATION, CONNECTION)).to.deep.equal(first);
    expect(await watches().get('organization-2', CONNECTION)).to.equal(null);
    expect(await watches().get(ORGANIZATION, 'connection-2')).to.equal(null);
  });

  it('saves by compare-and-swap', async () => {
    await refused(watches().save(second), 'stale');
    await watches().save(first);
    await refused(watches().save(first), 'stale');
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => watches().save(second)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
    expect(await watches().get(ORGANIZATION, CONNECTION)).to.deep.equal(second);
  });
}
