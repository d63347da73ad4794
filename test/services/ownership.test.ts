import { expect } from 'chai';
import { scimView } from '../../src/core/scim-view.ts';
import { recordOf, type User } from '../../src/core/user.ts';
import { activateUser } from '../../src/services/change-status.ts';
import { acceptConflict, dismissConflict } from '../../src/services/decide-conflict.ts';
import { createUser, editUser } from '../../src/services/manage-user.ts';
import { BY_ADMIN, listed, openTenant, refused, type Tenant } from './tenant.ts';

const ADMIN = { kind: 'operator', id: 'admin' } as const;
const ADA = { userName: 'ada@example.com' };
const OTHER = 'connection-2';

/** Opens an organization in which an admin has added Ada before SCIM was switched on. */
async function withAda(facts: Parameters<typeof openTenant>[0] = {}): Promise<{ tenant: Tenant; ada: User }> {
  const tenant = await openTenant(facts);
  const edit = { attributes: { title: 'Typed', nickName: 'Ada' }, email: 'ada@example.com' };
  const ada = await createUser(tenant.deps, tenant.id, ADMIN, edit);
  await tenant.set({ scim: { enabled: true } });
  return { tenant, ada: await tenant.user(ada.id) };
}

describe('§2.3 whom a connection sees', () => {
  let tenant: Tenant;
  let ada: User;
  beforeEach(async () => {
    ({ tenant, ada } = await withAda());
  });
  afterEach(() => tenant.stores.close());

  it('§2.3 everybody it owns and those no connection owns, whoever created them', async () => {
    await tenant.post({ userName: 'bob@example.com' });
    const { users } = await tenant.scim.list(tenant.caller(), { from: { offset: 0 }, limit: 10 });
    expect(users.map(({ email }) => email)).to.have.members(['ada@example.com', 'bob@example.com']);
  });

  it('§2.3 never agency users', async () => {
    const edit = { attributes: {}, email: 'agent@example.com', agencyId: await tenant.agency() };
    const agent = await createUser(tenant.deps, tenant.id, ADMIN, edit);
    expect(agent.scim.id).to.equal(null);
    expect((await tenant.scim.list(tenant.caller(), { from: { offset: 0 }, limit: 10 })).total).to.equal(1);
  });

  describe("another connection's people", () => {
    let bob: User;
    beforeEach(async () => {
      bob = await tenant.post({ userName: 'bob@example.com' }, {}, OTHER);
    });

    it('§2.3 get 404 by id', async () => {
      await refused(tenant.scim.read(tenant.caller(), bob.scim.id ?? ''), 'not_found');
      await refused(tenant.patch(bob, { title: 'new' }), 'not_found');
      await refused(tenant.remove(bob), 'not_found');
    });

    it('§2.3 are absent from lists', async () => {
      const { users } = await tenant.scim.list(tenant.caller(), { from: { offset: 0 }, limit: 10 });
      expect(users.map(({ id }) => id)).to.deep.equal([ada.id]);
    });

    it('§2.3 are a 409 on POST', async () => {
      await refused(tenant.post({ userName: 'bob@example.com' }), 'already_provisioned');
      expect((await tenant.openConflicts()).map(({ kind }) => kind)).to.deep.equal(['claimed']);
    });

    it('§2.3 ownership ends when that connection deletes the person', async () => {
      await tenant.scim.deprovision(tenant.caller(OTHER), bob.scim.id ?? '', null);
      const taken = await tenant.post({ userName: 'bob@example.com' });
      expect([taken.id, taken.scim.connectionId, taken.status]).to.deep.equal([bob.id, 'connection-1', 'active']);
    });

    it('§2.2 (8) the owner decides, whatever a former owner said', async () => {
      await tenant.scim.deprovision(tenant.caller(OTHER), bob.scim.id ?? '', null);
      const taken = await tenant.post({ userName: 'bob@example.com', title: 'one' });
      await tenant.remove(taken);
      const back = await tenant.post({ userName: 'bob@example.com', title: 'two' }, {}, OTHER);
      expect([back.status, back.attributes.title]).to.deep.equal(['active', 'two']);
    });
  });

  it('§2.3 externalIds are per connection', async () => {
    const one = await tenant.post({ userName: 'one@example.com' }, { externalId: 'x' });
    const two = await tenant.post({ userName: 'two@example.com' }, { externalId: 'x' }, OTHER);
    expect(one.id).to.not.equal(two.id);
  });
});

describe('§2.3 how a person is shown', () => {
  let tenant: Tenant;
  let ada: User;
  beforeEach(async () => {
    ({ tenant, ada } = await withAda());
  });
  afterEach(() => tenant.stores.close());

  it('§2.3 an unowned person is shown with effective values and `active` = (status is active)', async () => {
    const shown = scimView(ada);
    expect([shown.active, shown.attributes.title, shown.externalId]).to.deep.equal([false, 'Typed', null]);
    expect(shown.attributes.userName).to.equal('ada@example.com');
    await tenant.set({ scim: { enabled: false } });
    await activateUser(tenant.deps, tenant.target(ada.id));
    expect(scimView(await tenant.user(ada.id)).active).to.equal(true);
  });

  it('§2.3 the first PATCH starts from that representation, copied whole into the record', async () => {
    const patched = await tenant.patch(ada, { title: 'SCIM' });
    const record = recordOf(patched, 'scim', 'connection-1');
    expect(record?.attributes).to.include({ title: 'SCIM', nickName: 'Ada', userName: 'ada@example.com' });
    expect(patched.attributes.title).to.equal('SCIM');
  });

  it('§2.3 … except `active`, which is asserted only when an operation sets it', async () => {
    const patched = await tenant.patch(ada, { title: 'SCIM' });
    expect([recordOf(patched, 'scim', 'connection-1')?.enabled, patched.status]).to.deep.equal([null, 'unprovisioned']);
    expect((await tenant.patch(patched, {}, { active: true })).status).to.equal('active');
  });

  it('§2.3 an owned person is shown as SCIM last said', async () => {
    const patched = await tenant.patch(ada, { title: 'SCIM' });
    await tenant.set({ scim: { enabled: false } });
    await editUser(tenant.deps, tenant.target(ada.id), { attributes: { title: 'Typed again' } });
    const stored = await tenant.user(patched.id);
    expect(stored.attributes.title).to.equal('Typed again');
    expect(scimView(stored).attributes.title).to.equal('SCIM');
  });

  it('§2.3 PUT replaces the record: omitted = no longer asserted, `null` and `[]` = asserted "no value"', async () => {
    const put = { externalId: undefined, active: undefined, opaque: undefined };
    const attributes = { ...ADA, nickName: null, phoneNumbers: [] };
    const replaced = await tenant.scim.replace(
      tenant.caller(),
      ada.scim.id ?? '',
      () => ({ ...put, attributes }),
      null,
    );
    expect(replaced.attributes.title, 'omitted: the admin decides again').to.equal('Typed');
    expect(replaced.attributes).to.not.have.any.keys('nickName', 'phoneNumbers');
    expect(scimView(replaced).attributes).to.not.have.any.keys('nickName', 'phoneNumbers', 'title');
  });

  it('§2.3 what is asserted as "no value" stays so in a PATCH of something else', async () => {
    const patched = await tenant.patch(ada, { nickName: null });
    const again = await tenant.patch(patched, { title: 'SCIM' });
    expect(again.attributes).to.not.have.property('nickName');
  });

  it('§2.3 the SCIM id is not the id of the person, and survives deactivation', async () => {
    const user = await tenant.patch(ada, {}, { active: false });
    expect(user.scim.id).to.equal(ada.scim.id);
    expect(user.scim.id).to.not.equal(user.id);
  });
});

describe('§2.3 client ids never select anything by internal id', () => {
  let tenant: Tenant;
  let ada: User;
  beforeEach(async () => {
    ({ tenant, ada } = await withAda());
  });
  afterEach(() => tenant.stores.close());

  it("case-S09: an externalId that is somebody's id, or their SCIM id, finds nobody", async () => {
    for (const [index, externalId] of [ada.id, ada.scim.id ?? '', '1'].entries()) {
      const created = await tenant.post({ userName: `new-${index}@example.com` }, { externalId });
      expect(created.id).to.not.equal(ada.id);
    }
    expect((await tenant.user(ada.id)).records).to.deep.equal(ada.records);
  });

  it("case-S09: a directory key that is somebody's id finds nobody", async () => {
    await tenant.set({ google: { syncUsers: true } });
    await tenant.page([listed(ada.id, 'new@example.com'), listed(ada.scim.id ?? '', 'newer@example.com')]);
    expect((await tenant.user(ada.id)).records).to.deep.equal(ada.records);
  });

  it('§2.3 an externalId of one source is nothing to another', async () => {
    await tenant.post({ userName: 'bob@example.com' }, { externalId: 'x' });
    await tenant.set({ google: { syncUsers: true } });
    await tenant.page([listed('x', 'new@example.com')]);
    const created = await tenant.byEmail('new@example.com');
    expect(created?.records.map(({ source }) => source)).to.deep.equal(['google']);
  });
});

describe('§2.3 linking whoever was here before', () => {
  let tenant: Tenant;
  let ada: User;
  afterEach(() => tenant.stores.close());

  it('§2.3 an unowned match of a POST is linked', async () => {
    ({ tenant, ada } = await withAda());
    const linked = await tenant.post({ ...ADA, title: 'SCIM' });
    expect([linked.id, linked.scim.id, linked.scim.connectionId]).to.deep.equal([ada.id, ada.scim.id, 'connection-1']);
    expect(linked.status).to.equal('active');
  });

  it('§2.3 with *Link existing users* on `ask` SCIM is refused until an admin confirms', async () => {
    ({ tenant, ada } = await withAda({ linkExistingUsers: 'ask' }));
    await refused(tenant.post(ADA), 'link_pending');
    await refused(tenant.patch(ada, { title: 'SCIM' }), 'link_pending');
    const [conflict, ...more] = await tenant.openConflicts();
    expect([conflict?.kind, conflict?.userId, more.length]).to.deep.equal(['link', ada.id, 0]);
    await acceptConflict(tenant.deps, tenant.id, conflict?.id ?? '', BY_ADMIN);
    expect((await tenant.post(ADA)).id).to.equal(ada.id);
    expect((await tenant.stores.conflicts.get(tenant.id, conflict?.id ?? ''))?.state).to.equal('resolved');
  });

  it('§2.3 … and stays refused when an admin says no', async () => {
    ({ tenant, ada } = await withAda({ linkExistingUsers: 'ask' }));
    await refused(tenant.post(ADA), 'link_pending');
    const [conflict] = await tenant.openConflicts();
    await dismissConflict(tenant.deps, tenant.id, conflict?.id ?? '');
    await refused(tenant.post(ADA), 'link_pending');
    expect(await tenant.openConflicts()).to.deep.equal([]);
  });

  it('§2.3 with `ask` a directory person is held until an admin confirms', async () => {
    ({ tenant, ada } = await withAda({ linkExistingUsers: 'ask' }));
    await tenant.set({ google: { syncUsers: true } });
    const page = [listed('g', 'ada@example.com', { title: 'Google' })];
    expect((await tenant.page(page)).reasons.map(({ code }) => code)).to.deep.equal(['link']);
    expect(recordOf(await tenant.user(ada.id), 'google')).to.equal(undefined);
    const [conflict] = await tenant.openConflicts();
    await tenant.stores.conflicts.move(tenant.id, conflict?.id ?? '', 'open', 'accepted', '');
    await tenant.page(page);
    expect(recordOf(await tenant.user(ada.id), 'google')?.linked).to.equal(true);
    expect((await tenant.stores.conflicts.get(tenant.id, conflict?.id ?? ''))?.state).to.equal('resolved');
  });

  it('§2.3 a new external id on the address of somebody whose former id is gone always waits', async () => {
    ({ tenant, ada } = await withAda());
    await tenant.set({ google: { syncUsers: true } });
    await tenant.page([listed('old', 'ada@example.com')]);
    await tenant.gone('google', ada.id);
    await tenant.page([listed('new', 'ada@example.com')]);
    expect(recordOf(await tenant.user(ada.id), 'google')?.externalId).to.equal('old');
    const [conflict] = await tenant.openConflicts();
    expect([conflict?.kind, conflict?.externalId]).to.deep.equal(['link', 'new']);
  });

  it('§2.3 a POST of an address an agency user has is a 409 and a conflict', async () => {
    ({ tenant, ada } = await withAda());
    const edit = { attributes: {}, email: 'agent@example.com', agencyId: await tenant.agency() };
    await createUser(tenant.deps, tenant.id, ADMIN, edit);
    await refused(tenant.post({ userName: 'agent@example.com' }), 'email_taken');
    expect((await tenant.openConflicts()).map(({ kind }) => kind)).to.deep.equal(['agency_user']);
  });
});
