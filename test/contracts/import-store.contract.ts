import { expect } from 'chai';
import { AN_IMPORT, anImport, aPart } from '../fixtures/imports.ts';
import { ORGANIZATION } from '../fixtures/users.ts';
import { eachWithStores, type OpenStores, refused } from './open-stores.ts';

const OTHER = 'organization-2';

/** What every ImportStore promises. */
export function importStoreContract(open: OpenStores): void {
  const test = eachWithStores(open);
  const imports = () => test.stores.imports;

  it('saves by compare-and-swap; one of many racing writers wins', async () => {
    await imports().save(anImport());
    expect(await imports().get(ORGANIZATION, AN_IMPORT)).to.deep.equal(anImport());
    await refused(imports().save(anImport()), 'stale');
    await refused(imports().save(anImport({ version: 3 })), 'stale');
    const racing = Array.from({ length: 8 }, (_, n) => imports().save(anImport({ version: 2, review: n })));
    expect((await Promise.allSettled(racing)).filter(({ status }) => status === 'fulfilled')).to.have.length(1);
  });

  it('keeps organizations apart', async () => {
    await imports().save(anImport());
    await imports().putPart(aPart());
    expect(await imports().get(OTHER, AN_IMPORT)).to.equal(null);
    expect((await imports().list(OTHER, null, 10)).items).to.deep.equal([]);
    expect(await imports().part(aPart({ organizationId: OTHER }))).to.equal(null);
    await imports().erase(OTHER, AN_IMPORT);
    await imports().remove(OTHER, AN_IMPORT);
    expect(await imports().get(ORGANIZATION, AN_IMPORT)).to.deep.equal(anImport());
    expect(await imports().part(aPart())).to.equal(aPart().text);
    await refused(imports().save(anImport({ organizationId: OTHER, version: 2 })), 'stale');
  });

  it('lists the newest first, page by page', async () => {
    const all = ['i1', 'i2', 'i3'].map((id) => anImport({ id }));
    for (const entry of all) await imports().save(entry);
    const first = await imports().list(ORGANIZATION, null, 2);
    expect(first.items.map(({ id }) => id)).to.deep.equal(['i3', 'i2']);
    const second = await imports().list(ORGANIZATION, first.next, 2);
    expect(second).to.deep.equal({ items: [all[0]], next: null });
  });

  it('knows which are under way and which expire, of all organizations', async () => {
    await imports().save(anImport({ id: 'i1', state: 'reviewing' }));
    await imports().save(anImport({ id: 'i2', organizationId: OTHER, state: 'committing', expiresAt: null }));
    await imports().save(anImport({ id: 'i3', state: 'reviewed', expiresAt: '2026-11-03T00:00:00.000Z' }));
    expect((await imports().unfinished(10)).map(({ id }) => id)).to.deep.equal(['i1', 'i2']);
    expect(await imports().unfinished(1)).to.have.length(1);
    const expired = async (by: string) => (await imports().expired(by, 10)).map(({ id }) => id);
    expect(await expired('2026-11-02T10:00:00.000Z')).to.deep.equal(['i1']);
    expect(await expired('2026-11-04T00:00:00.000Z')).to.deep.equal(['i1', 'i3']);
    await imports().save(anImport({ id: 'i1', version: 2, state: 'cancelling' }));
    expect((await imports().unfinished(10)).map(({ id }) => id)).to.deep.equal(['i1', 'i2']);
    await imports().save(anImport({ id: 'i1', version: 3, state: 'cancelled' }));
    expect((await imports().unfinished(10)).map(({ id }) => id)).to.deep.equal(['i2']);
  });

  it('keeps the first of pages that are added, of racing ones too', async () => {
    expect(await imports().addPart(aPart({ text: '[1]' }))).to.equal('[1]');
    expect(await imports().addPart(aPart({ text: '[2]' }))).to.equal('[1]');
    expect(await imports().part(aPart())).to.equal('[1]');
    const racing = Array.from({ length: 8 }, (_, n) => imports().addPart(aPart({ page: 1, text: `[${n}]` })));
    expect(new Set(await Promise.all(racing))).to.have.property('size', 1);
    expect(await imports().addPart(aPart({ organizationId: OTHER, text: '[3]' }))).to.equal('[3]');
  });

  it('forgets one import with all its rows', async () => {
    for (const id of [AN_IMPORT, 'import-2']) {
      await imports().save(anImport({ id }));
      await imports().putPart(aPart({ importId: id }));
    }
    await imports().remove(ORGANIZATION, AN_IMPORT);
    expect(await imports().get(ORGANIZATION, AN_IMPORT)).to.equal(null);
    expect(await imports().part(aPart())).to.equal(null);
    expect((await imports().list(ORGANIZATION, null, 10)).items.map(({ id }) => id)).to.deep.equal(['import-2']);
    expect(await imports().part(aPart({ importId: 'import-2' }))).to.equal(aPart().text);
  });

  it('puts a page in the place of the one there was, and forgets all pages of one import', async () => {
    for (const part of [aPart(), aPart({ page: 1 }), aPart({ part: 'review', text: '[]' })])
      await imports().putPart(part);
    await imports().putPart(aPart({ importId: 'import-2' }));
    await imports().putPart(aPart({ text: '[2]' }));
    expect(await imports().part(aPart())).to.equal('[2]');
    expect(await imports().part(aPart({ part: 'review' }))).to.equal('[]');
    expect(await imports().part(aPart({ page: 2 }))).to.equal(null);
    await imports().erase(ORGANIZATION, AN_IMPORT, 'review');
    expect(await imports().part(aPart({ part: 'review' }))).to.equal(null);
    expect(await imports().part(aPart())).to.equal('[2]');
    await imports().erase(ORGANIZATION, AN_IMPORT);
    expect(await imports().part(aPart({ page: 1 }))).to.equal(null);
    expect(await imports().part(aPart({ importId: 'import-2' }))).to.equal(aPart().text);
  });
}
