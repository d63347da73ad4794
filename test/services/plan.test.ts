import { expect } from 'chai';
import { createUser } from '../../src/services/manage-user.ts';
import { listed, openTenant, type Tenant } from './tenant.ts';

const DAY_MS = 24 * 3_600_000;

describe('§2.6 what a held plan is, and what it is not held for', () => {
  let tenant: Tenant;
  beforeEach(async () => {
    tenant = await openTenant({ google: { syncUsers: true, autoEnableUsers: true, syncVersion: 0 } });
    tenant.listing.people = Array.from({ length: 30 }, (_, index) => listed(`p${index}`, `p${index}@example.com`));
    await tenant.sync();
  });
  afterEach(() => tenant.stores.close());

  const leave = (count: number) => {
    tenant.listing.people = tenant.listing.people.map((person, index) =>
      index < count ? listed(person.externalId, person.email, { activity: 'inactive' }) : person,
    );
  };

  it('is as old as its first run: a repeated proposal does not put off its end, and after it a new plan is made', async () => {
    leave(6);
    const { plan: first } = await tenant.sync();
    tenant.clock.advance(DAY_MS - 1);
    const { plan: second } = await tenant.sync();
    expect(second).to.deep.equal(first);
    tenant.clock.advance(1);
    const { plan: third } = await tenant.sync();
    expect(third).to.deep.include({ number: 2, digest: first?.digest });
    expect(Date.parse(third?.expiresAt ?? '') - tenant.clock.now()).to.equal(DAY_MS);
  });

  it('lets a leaver go while links wait for an admin: who waits is not a record that failed', async () => {
    await tenant.set({ linkExistingUsers: 'ask' });
    for (let index = 0; index < 10; index++) {
      const email = `local${index}@example.com`;
      await createUser(tenant.deps, tenant.id, { kind: 'operator', id: null }, { attributes: {}, email });
      tenant.listing.people = [...tenant.listing.people, listed(`new${index}`, email)];
    }
    leave(1);
    const run = await tenant.sync();
    expect(run.state).to.equal('finished');
    expect(run.counts).to.include({ held: 10, failed: 0, removed: 1 });
  });
});
