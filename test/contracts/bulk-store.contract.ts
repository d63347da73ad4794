import { expect } from 'chai';
import type { Bulk } from '../../src/core/bulk.ts';
import { A_BULK, aBulk, aBulkPage } from '../fixtures/bulks.ts';
import { ORGANIZATION } from '../fixtures/users.ts';
import { eachWithStores, type OpenStores, refused } from './open-stores.ts';

const OTHER = 'organization-2';

/** What every BulkStore promises. */
export function bulkStoreContract(open: OpenStores): void {
  const test = eachWithStores(open);
  const bulks = () => test.stores.bulks;
  const idsOf = (found: readonly Bulk[]) => found.map(({ id }) => id);

  it('saves by compare-and-swap; one of many racing writers wins', async () => {
    await bulks().save(aBulk());
    expect(await bulks().get(ORGANIZATION, A_BULK)).to.deep.equal(aBulk());
    await refused(bulks().save(aBulk()), 'stale');
    await refused(bulks().save(aBulk({ version: 3 })), 'stale');
    const racing = Array.from({ length: 8 }, (_, n) => bulks().save(aBulk({ version: 2, carriedOut: n })));
    expect((await Promise.allSettled(racing)).filter(({ status }) => status === 'fulfilled')).to.have.length(1);
  });

  it('keeps organizations apart', async () => {
    await bulks().save(aBulk());
    await bulks().addPage(aBulkPage());
    expect(await bulks().get(OTHER, A_BULK)).to.equal(null);
    expect(await bulks().page(aBulkPage({ organizationId: OTHER }))).to.equal(null);
    await bulks().erase(OTHER, A_BULK);
    expect(await bulks().page(aBulkPage())).to.equal(aBulkPage().text);
    await refused(bulks().save(aBulk({ organizationId: OTHER, version: 2 })), 'stale');
  });

  it('lists those of one organization page by page, the newest first', async () => {
    for (const id of ['b2', 'b1', 'b3']) await bulks().save(aBulk({ id }));
    for (const organizationId of [OTHER, `${ORGANIZATION}0`, `${ORGANIZATION}-1`])
      await bulks().save(aBulk({ id: 'b4', organizationId }));
    const first = await bulks().list(ORGANIZATION, null, 2);
    expect([idsOf(first.items), first.next]).to.deep.equal([['b3', 'b2'], 'b2']);
    expect(await bulks().list(ORGANIZATION, 'b2', 2)).to.deep.equal({ items: [aBulk({ id: 'b1' })], next: null });
    expect(await bulks().list(ORGANIZATION, 'b1', 2)).to.deep.equal({ items: [], next: null });
  });

  it('knows those that are under way, of all organizations, lowest ids first', async () => {
    await bulks().save(aBulk({ id: 'b2', state: 'running', organizationId: OTHER }));
    await bulks().save(aBulk({ id: 'b1', state: 'running' }));
    await bulks().save(aBulk({ id: 'b0' }));
    expect(idsOf(await bulks().running(10))).to.deep.equal(['b1', 'b2']);
    expect(idsOf(await bulks().running(1))).to.deep.equal(['b1']);
    await bulks().save(aBulk({ id: 'b1', version: 2, state: 'done' }));
    expect(idsOf(await bulks().running(10))).to.deep.equal(['b2']);
    await bulks().save(aBulk({ id: 'b2', version: 2, state: 'cancelling', organizationId: OTHER }));
    expect(idsOf(await bulks().running(10))).to.deep.equal(['b2']);
    await bulks().save(aBulk({ id: 'b2', version: 3, state: 'cancelled', organizationId: OTHER }));
    expect(await bulks().running(10)).to.deep.equal([]);
  });

  it('knows those whose time is over, but for those that are under way', async () => {
    await bulks().save(aBulk({ id: 'b1' }));
    await bulks().save(aBulk({ id: 'b2', state: 'running' }));
    await bulks().save(aBulk({ id: 'b5', state: 'cancelling' }));
    await bulks().save(aBulk({ id: 'b3', expiresAt: null }));
    await bulks().save(
      aBulk({ id: 'b4', state: 'done', expiresAt: '2026-11-03T10:00:00.000Z', organizationId: OTHER }),
    );
    const expired = async (by: string, limit = 10) => idsOf(await bulks().expired(by, limit));
    expect(await expired('2026-11-02T09:59:59.999Z')).to.deep.equal([]);
    expect(await expired('2026-11-02T10:00:00.000Z')).to.deep.equal(['b1']);
    expect(await expired('2026-11-04T00:00:00.000Z')).to.deep.equal(['b1', 'b4']);
    expect(await expired('2026-11-04T00:00:00.000Z', 1)).to.deep.equal(['b1']);
  });

  it('keeps the first of a page that is added twice, and answers what is kept', async () => {
    expect(await bulks().addPage(aBulkPage())).to.equal(aBulkPage().text);
    expect(await bulks().addPage(aBulkPage({ text: '[]' }))).to.equal(aBulkPage().text);
    expect(await bulks().page(aBulkPage())).to.equal(aBulkPage().text);
    expect(await bulks().addPage(aBulkPage({ part: 'outcome', text: '[]' }))).to.equal('[]');
    expect(await bulks().page(aBulkPage({ page: 1 }))).to.equal(null);
  });

  it('forgets all pages of one action', async () => {
    for (const page of [aBulkPage(), aBulkPage({ page: 1 }), aBulkPage({ part: 'outcome' })])
      await bulks().addPage(page);
    await bulks().addPage(aBulkPage({ bulkId: 'bulk-2' }));
    await bulks().erase(ORGANIZATION, A_BULK);
    for (const page of [aBulkPage(), aBulkPage({ page: 1 }), aBulkPage({ part: 'outcome' })])
      expect(await bulks().page(page)).to.equal(null);
    expect(await bulks().page(aBulkPage({ bulkId: 'bulk-2' }))).to.equal(aBulkPage().text);
  });
}
