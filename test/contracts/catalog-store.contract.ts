import { expect } from 'chai';
import type { CatalogEntry } from '../../src/core/catalog.ts';
import { aCatalogEntry } from '../fixtures/catalog.ts';
import { ORGANIZATION } from '../fixtures/users.ts';
import { eachWithStores, type OpenStores, refused } from './open-stores.ts';

/** What every CatalogStore promises. */
export function catalogStoreContract(open: OpenStores): void {
  const test = eachWithStores(open);
  const catalog = () => test.stores.catalog;
  const pool = (id: string, name: string) => aCatalogEntry({ kind: 'pool', id, name });

  it('keeps an entry for each kind and id', async () => {
    const job = aCatalogEntry({ id: 'one' });
    await catalog().save(job);
    expect(await catalog().get(ORGANIZATION, 'job', 'one')).to.deep.equal(job);
    expect(await catalog().get(ORGANIZATION, 'location', 'one')).to.equal(null);
    expect(await catalog().among(ORGANIZATION, 'job', ['one', 'two'])).to.deep.equal([job]);
    expect(await catalog().among(ORGANIZATION, 'job', [])).to.deep.equal([]);
  });

  it('saves by compare-and-swap', async () => {
    const [first, second] = [aCatalogEntry(), aCatalogEntry({ version: 2, name: 'Plumber' })];
    await refused(catalog().save(second), 'stale');
    await catalog().save(first);
    await refused(catalog().save(first), 'stale');
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => catalog().save(second)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
    expect(await catalog().get(ORGANIZATION, 'job', first.id)).to.deep.equal(second);
  });

  it('lists a kind in the order of ids, page by page', async () => {
    for (const id of ['c', 'a', 'b']) await catalog().save(aCatalogEntry({ id }));
    await catalog().save(aCatalogEntry({ kind: 'role', id: 'b2' }));
    const page = await catalog().list(ORGANIZATION, 'job', null, 2);
    expect(page.items.map(({ id }) => id)).to.deep.equal(['a', 'b']);
    const rest = await catalog().list(ORGANIZATION, 'job', page.next, 2);
    expect([rest.items.map(({ id }) => id), rest.next]).to.deep.equal([['c'], null]);
    expect(await catalog().count(ORGANIZATION, 'job')).to.equal(3);
  });

  it('has no two pools of one name, folded; jobs may share one', async () => {
    await catalog().save(pool('one', 'Engineers'));
    await refused(catalog().save(pool('two', 'ENGINEERS')), 'resource_name_taken');
    await catalog().save(pool('two', 'Designers'));
    await refused(catalog().save({ ...pool('two', 'engineers'), version: 2 }), 'resource_name_taken');
    await catalog().save({ ...pool('one', 'eNGINEERS'), version: 2 });
    await catalog().save(aCatalogEntry({ id: 'one', name: 'Painter' }));
    await catalog().save(aCatalogEntry({ id: 'two', name: 'Painter' }));
  });

  it('finds pools by their names, folded', async () => {
    await catalog().save(pool('one', 'Engineers'));
    await catalog().save(pool('two', 'Designers'));
    await catalog().save(aCatalogEntry({ id: 'job', name: 'Engineers' }));
    const found = await catalog().amongNames(ORGANIZATION, 'pool', ['ENGINEERS', 'one', 'engineers']);
    expect(found).to.deep.equal([pool('one', 'Engineers')]);
    expect(await catalog().amongNames(ORGANIZATION, 'pool', [])).to.deep.equal([]);
    expect(await catalog().amongNames(ORGANIZATION, 'job', ['Engineers'])).to.deep.equal([]);
  });

  it('passes over an entry that is gone, whose name is free then and whose version goes on', async () => {
    const [one, kept] = [pool('one', 'Engineers'), pool('two', 'Designers')];
    const gone: CatalogEntry = { ...one, version: 2, gone: true };
    for (const entry of [one, kept, gone]) await catalog().save(entry);
    expect(await catalog().get(ORGANIZATION, 'pool', 'one')).to.deep.equal(gone);
    expect(await catalog().among(ORGANIZATION, 'pool', ['one', 'two'])).to.deep.equal([kept]);
    expect(await catalog().amongNames(ORGANIZATION, 'pool', ['Engineers', 'Designers'])).to.deep.equal([kept]);
    expect((await catalog().list(ORGANIZATION, 'pool', null, 10)).items).to.deep.equal([kept]);
    expect(await catalog().count(ORGANIZATION, 'pool')).to.equal(1);
    await catalog().save(pool('three', 'Engineers'));
    await refused(catalog().save(one), 'stale');
    await refused(catalog().save({ ...one, version: 3 }), 'resource_name_taken');
    const back = { ...one, version: 3, name: 'Others' };
    await catalog().save(back);
    expect((await catalog().list(ORGANIZATION, 'pool', null, 1)).items).to.deep.equal([back]);
  });
}
