import { expect } from 'chai';
import { anAgency } from '../fixtures/agencies.ts';
import { ORGANIZATION } from '../fixtures/users.ts';
import { eachWithStores, type OpenStores, refused } from './open-stores.ts';

const AT = '2026-05-01T00:00:00.000Z';
const ROLE = { role: 'role.with $dots', scope: { kind: 'job', id: '$7.' } } as const;

/** What every AgencyStore promises. */
export function agencyStoreContract(open: OpenStores): void {
  const test = eachWithStores(open);
  const agencies = () => test.stores.agencies;

  it('keeps an agency as it is given', async () => {
    const agency = anAgency({ name: 'Über & Söhne', roles: [ROLE], archivedAt: AT, used: true });
    expect(await agencies().get(ORGANIZATION, agency.id)).to.equal(null);
    await agencies().save(agency);
    expect(await agencies().get(ORGANIZATION, agency.id)).to.deep.equal(agency);
  });

  it('saves by compare-and-swap', async () => {
    const first = anAgency();
    const second = { ...first, version: 2, name: 'Renamed' };
    await refused(agencies().save(second), 'stale');
    await agencies().save(first);
    await refused(agencies().save(first), 'stale');
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => agencies().save(second)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
    expect(await agencies().get(ORGANIZATION, first.id)).to.deep.equal(second);
  });

  it('forgets an agency only while it is of the version named', async () => {
    const first = anAgency();
    await agencies().save(first);
    await agencies().save({ ...first, version: 2 });
    expect(await agencies().remove(ORGANIZATION, first.id, 1)).to.equal(false);
    expect(await agencies().get(ORGANIZATION, first.id)).not.to.equal(null);
    expect(await agencies().remove(ORGANIZATION, first.id, 2)).to.equal(true);
    expect(await agencies().get(ORGANIZATION, first.id)).to.equal(null);
    expect(await agencies().remove(ORGANIZATION, first.id, 2), 'again').to.equal(true);
  });

  it('reads several at once', async () => {
    const [one, two] = [anAgency(), anAgency()];
    for (const agency of [one, two, anAgency()]) await agencies().save(agency);
    const found = await agencies().getMany(ORGANIZATION, [two.id, 'nobody', one.id]);
    expect(found).to.have.deep.members([one, two]);
    expect(await agencies().getMany(ORGANIZATION, [])).to.deep.equal([]);
  });

  it('lists page by page in the order of creation, by state, and counts', async () => {
    const open = Array.from({ length: 5 }, () => anAgency());
    const archived = [anAgency({ archivedAt: AT }), anAgency()];
    for (const agency of [...archived, ...open].toReversed()) await agencies().save(agency);
    await agencies().save({ ...(archived[1] as (typeof archived)[number]), archivedAt: AT, version: 2 });
    const ids = async (state: 'active' | 'archived' | null) => {
      const seen: string[] = [];
      for (let cursor: string | null = null; ; ) {
        const page = await agencies().list(ORGANIZATION, state, cursor, 2);
        expect(page.items.length).to.be.at.most(2);
        seen.push(...page.items.map(({ id }) => id));
        if (page.next === null) return seen;
        cursor = page.next;
      }
    };
    const idsOf = (some: readonly { readonly id: string }[]) => some.map(({ id }) => id);
    expect(await ids('active')).to.deep.equal(idsOf(open));
    expect(await ids('archived')).to.deep.equal(idsOf(archived));
    expect(await ids(null)).to.deep.equal(idsOf([...open, ...archived]));
    const counts = (['active', 'archived', null] as const).map((state) => agencies().count(ORGANIZATION, state));
    expect(await Promise.all(counts)).to.deep.equal([5, 2, 7]);
  });
}
