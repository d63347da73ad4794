import { expect } from 'chai';
import { NO_SWEEP, type Organization } from '../../src/core/organization.ts';
import { anIntegration, anOrganization } from '../fixtures/organizations.ts';
import { anId, ORGANIZATION } from '../fixtures/users.ts';
import { eachWithStores, type OpenStores, refused } from './open-stores.ts';

/** What every OrganizationStore promises. */
export function organizationStoreContract(open: OpenStores): void {
  const test = eachWithStores(open);
  const organizations = () => test.stores.organizations;

  it('gives an organization back as it was saved', async () => {
    const organization = anOrganization();
    await organizations().insert(organization);
    expect(await organizations().get(organization.id)).to.deep.equal(organization);
    const next = { ...organization, version: 2, admins: ['user-1'] };
    await organizations().save(next);
    expect(await organizations().get(organization.id)).to.deep.equal(next);
    expect(await organizations().get('nobody')).to.equal(null);
  });

  it('refuses versions that are not one on', async () => {
    const organization = anOrganization();
    await refused(organizations().save({ ...organization, version: 2 }), 'stale');
    await organizations().insert(organization);
    await refused(organizations().insert(organization), 'stale');
    for (const version of [1, 3]) await refused(organizations().save({ ...organization, version }), 'stale');
  });

  it('lets exactly one of twenty racing saves win', async () => {
    const organization = anOrganization();
    await organizations().insert(organization);
    const saves = Array.from({ length: 20 }, (_, n) =>
      organizations().save({ ...organization, version: 2, name: `writer ${n}` }),
    );
    const outcomes = await Promise.allSettled(saves);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
  });

  it('lists and counts all, page by page', async () => {
    const all = Array.from({ length: 5 }, () => anOrganization({ id: anId('organization') }));
    for (const organization of all) await organizations().insert(organization);
    const first = await organizations().list(null, 3);
    expect(first.items).to.deep.equal(all.slice(0, 3));
    expect(await organizations().list(first.next, 3)).to.deep.equal({ items: all.slice(3), next: null });
    expect(await organizations().count()).to.equal(5);
  });

  it('knows whose sweep is running', async () => {
    const idle = anOrganization({ id: 'idle' });
    const sweeping = anOrganization({ id: 'sweeping', sweep: { ...NO_SWEEP, state: 'running' } });
    for (const organization of [idle, sweeping]) await organizations().insert(organization);
    expect(await organizations().sweeping()).to.deep.equal([sweeping]);
    await organizations().save({ ...sweeping, version: 2, sweep: NO_SWEEP });
    expect(await organizations().sweeping()).to.deep.equal([] satisfies Organization[]);
  });
}

/** What every IntegrationStore promises. */
export function integrationStoreContract(open: OpenStores): void {
  const test = eachWithStores(open);
  const integrations = () => test.stores.integrations;
  const T1 = '2026-01-01T01:00:00.000Z';
  const T2 = '2026-01-01T02:00:00.000Z';

  it('keeps one integration per source', async () => {
    const google = anIntegration();
    const microsoft = anIntegration({ source: 'microsoft' });
    for (const integration of [google, microsoft]) await integrations().put(integration);
    const next = { ...google, version: 2, subject: 'other@example.com' };
    await integrations().put(next);
    expect(await integrations().get(ORGANIZATION, 'google')).to.deep.equal(next);
    expect(await integrations().list(ORGANIZATION)).to.have.deep.members([next, microsoft]);
    expect(await integrations().get('organization-2', 'google')).to.equal(null);
  });

  it('knows what is due, the longest due first', async () => {
    const due = (id: string, nextDueAt: string | null) => anIntegration({ organizationId: id, nextDueAt });
    const [a, b, c, d] = [due('a', T2), due('b', T1), due('c', null), due('d', '2026-01-02T00:00:00.000Z')];
    for (const integration of [a, b, c, d]) await integrations().put(integration);
    expect(await integrations().due(T2, 10)).to.deep.equal([b, a]);
    expect(await integrations().due(T2, 1)).to.deep.equal([b]);
  });

  it('saves by compare-and-swap on the revision, and leaves the due time alone', async () => {
    const integration = anIntegration({ nextDueAt: T1 });
    await refused(integrations().save({ ...integration, revision: 2 }), 'stale');
    await integrations().put(integration);
    const chosen = { ...integration, revision: 2, options: { mapping: [] }, nextDueAt: null };
    await refused(integrations().save({ ...chosen, revision: 3 }), 'stale');
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => integrations().save(chosen)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
    expect(await integrations().get(ORGANIZATION, 'google')).to.deep.equal({ ...chosen, nextDueAt: T1 });
    await integrations().save({ ...chosen, revision: 3, options: {} });
    expect((await integrations().get(ORGANIZATION, 'google'))?.revision).to.equal(3);
  });

  it('moves a due time for exactly one of twenty', async () => {
    await integrations().put(anIntegration({ nextDueAt: T1 }));
    const claims = Array.from({ length: 20 }, () => integrations().claimDue(ORGANIZATION, 'google', T1, T2));
    expect((await Promise.all(claims)).filter(Boolean)).to.have.length(1);
    expect((await integrations().get(ORGANIZATION, 'google'))?.nextDueAt).to.equal(T2);
  });

  it('moves a due time from and to none', async () => {
    await integrations().put(anIntegration());
    expect(await integrations().claimDue(ORGANIZATION, 'google', T1, T2)).to.equal(false);
    expect(await integrations().claimDue(ORGANIZATION, 'google', null, T1)).to.equal(true);
    expect(await integrations().claimDue(ORGANIZATION, 'google', T1, null)).to.equal(true);
    expect(await integrations().due(T2, 10)).to.deep.equal([]);
  });

  it('pins the first tenant for good', async () => {
    await integrations().put(anIntegration());
    const pins = ['C1', 'C2', 'C3'].map((tenant) => integrations().pinTenant(ORGANIZATION, 'google', tenant));
    const [first, ...others] = await Promise.all(pins);
    expect(['C1', 'C2', 'C3']).to.include(first);
    expect(others).to.deep.equal([first, first]);
    expect(await integrations().pinTenant(ORGANIZATION, 'google', 'C4')).to.equal(first);
    expect((await integrations().get(ORGANIZATION, 'google'))?.tenant).to.equal(first);
    await refused(integrations().pinTenant('organization-2', 'google', 'C1'), 'not_found');
  });

  it('tells whether anything sealed is stored', async () => {
    expect(await test.stores.hasSealed()).to.equal(false);
    await integrations().put(anIntegration());
    expect(await test.stores.hasSealed()).to.equal(true);
  });
}
