import { expect } from 'chai';
import type { DirectoryPerson } from '../../src/core/directory-person.ts';
import type { Directory, DirectoryPage } from '../../src/ports/directory.ts';

/** Pages read at most: a real tenant may be large. */
const MOST_PAGES = 5;
const NOBODY = 'nobody-has-this-address';

/** What every Directory promises, told without changing anything there: it holds for simulated and for real tenants. */
export function directoryContract(open: () => Directory, options: { readonly group?: string | undefined } = {}): void {
  const pages: DirectoryPage[] = [];
  const people = (): readonly DirectoryPerson[] => pages.flatMap((page) => page.people);
  const somebody = (): DirectoryPerson => {
    const found = people().find(({ email }) => email !== null);
    if (!found) throw new Error('nobody with an address was listed');
    return found;
  };

  it('passes its own test', async () => {
    const checks = await open().test();
    expect(checks.filter(({ ok }) => !ok)).to.deep.equal([]);
  });

  it('lists people page by page, each with key, tenant, activity and hash, and nobody twice', async () => {
    for (let cursor: string | null = null; pages.length < MOST_PAGES; ) {
      const page: DirectoryPage = await open().readPage(cursor);
      pages.push(page);
      cursor = page.next;
      if (cursor === null) break;
    }
    expect(people().length).to.be.greaterThan(0);
    const keys = people().map(({ externalId }) => externalId);
    expect(new Set(keys).size).to.equal(keys.length);
    for (const { externalId, tenant, activity, hash, reasons } of people()) {
      expect(externalId).to.match(/^[\w.-]{1,128}$/);
      expect(tenant).to.match(/\S/);
      expect(activity).to.be.oneOf(['active', 'inactive', 'unknown']);
      expect(hash).to.match(/\S/);
      if (activity !== 'active') expect(reasons.length).to.be.greaterThan(0);
    }
    expect(pages.flatMap(({ failed }) => failed)).to.deep.equal([]);
  });

  it('names the tenant that its people belong to', async () => {
    expect(await open().tenant()).to.equal(somebody().tenant);
  });

  it('finds somebody by key and by address, as they are listed', async () => {
    const { externalId, email, activity } = somebody();
    const found = [
      await open().find(externalId),
      await open().lookUp({ externalId }),
      await open().lookUp({ email: String(email) }),
    ];
    for (const answer of found)
      expect(answer === 'gone' ? answer : answer.person).to.deep.include({ externalId, email, activity });
  });

  it('says gone of an address that nobody has', async () => {
    const [, domain = ''] = String(somebody().email).split('@');
    expect(await open().lookUp({ email: `${NOBODY}@${domain}` })).to.equal('gone');
  });

  const { group } = options;
  if (group !== undefined)
    it('reads the members of a group, and says beforehand that it can', async () => {
      expect(await open().testGroup(group)).to.include({ name: 'group', ok: true });
      const { externalIds } = await open().readMembers(group, null);
      expect(externalIds.length).to.be.greaterThan(0);
    });
}
