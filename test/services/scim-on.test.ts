import { expect } from 'chai';
import { recordOf } from '../../src/core/user.ts';
import { activateUser, deactivateUser, terminateUser } from '../../src/services/change-status.ts';
import { createUser, editUser } from '../../src/services/manage-user.ts';
import { signIn } from '../../src/services/sign-in.ts';
import { listed, openTenant, refused, type Tenant } from './tenant.ts';

const ADMIN = { kind: 'operator', id: 'admin' } as const;
const ADA = { userName: 'ada@example.com', title: 'SCIM' };

describe('§2.2 (5) SCIM and `active`', () => {
  let tenant: Tenant;
  beforeEach(async () => {
    tenant = await openTenant({ scim: { enabled: true } });
  });
  afterEach(() => tenant.stores.close());

  it('§2.2 (5) `active` true and false count as sent', async () => {
    expect((await tenant.post(ADA, { active: true })).status).to.equal('active');
    expect((await tenant.post({ userName: 'bob@example.com' }, { active: false })).status).to.equal('deactivated');
  });

  it('§2.2 (5) absent `active` on POST means true', async () =>
    expect((await tenant.post(ADA)).status).to.equal('active'));

  for (const active of [true, false])
    it(`§2.2 (5) a PATCH that does not set \`active\` leaves it ${active}`, async () => {
      const user = await tenant.post(ADA, { active });
      expect((await tenant.patch(user, { title: 'new' })).status).to.equal(user.status);
    });

  it('§2.3 PUT replaces the record, but `externalId` and `active` are kept', async () => {
    const user = await tenant.post({ ...ADA, nickName: 'A' }, { active: false, externalId: 'x' });
    const assertion = { attributes: { userName: 'ada@example.com' }, externalId: undefined, active: undefined };
    const replaced = await tenant.scim.replace(
      tenant.caller(),
      user.scim.id ?? '',
      () => ({ ...assertion, opaque: undefined }),
      null,
    );
    expect(replaced.status).to.equal('deactivated');
    const record = recordOf(replaced, 'scim', 'connection-1');
    expect([record?.externalId, record?.attributes]).to.deep.equal(['x', { userName: 'ada@example.com' }]);
  });
});

describe('§2.2 (6) while SCIM is on', () => {
  let tenant: Tenant;
  beforeEach(async () => {
    const google = { syncUsers: true, autoEnableUsers: true, syncVersion: 0 };
    tenant = await openTenant({ scim: { enabled: true }, google });
  });
  afterEach(() => tenant.stores.close());

  it('§2.2 (6) directories keep observing: records are updated', async () => {
    await tenant.page([listed('g', 'ada@example.com', { title: 'one' })]);
    await tenant.page([listed('g', 'ada@example.com', { title: 'two' })]);
    const user = await tenant.byEmail('ada@example.com');
    expect(user && recordOf(user, 'google')?.attributes).to.deep.equal({ title: 'two' });
  });

  it('§2.2 (6) … but a new person is stored as held: unprovisioned, because SCIM has not provisioned them', async () => {
    await tenant.page([listed('g', 'ada@example.com')]);
    const user = await tenant.byEmail('ada@example.com');
    expect(user?.status).to.equal('unprovisioned');
    const attempt = await signIn(tenant.deps, tenant.id, {
      email: 'ada@example.com',
      issuer: 'https://accounts.google.com',
      subject: 'g',
    });
    expect([attempt.allowed, attempt.code]).to.deep.equal([false, 'scim_held']);
  });

  it('§2.2 (6) … and a directory enables nobody by itself', async () => {
    await tenant.post({ userName: 'bob@example.com' }, { active: false });
    await tenant.page([listed('h', 'bob@example.com')]);
    expect((await tenant.byEmail('bob@example.com'))?.status).to.equal('deactivated');
  });

  it('§2.2 (6) creating employees by hand is refused with `overridden`', async () => {
    const work = createUser(tenant.deps, tenant.id, ADMIN, { attributes: {}, email: 'new@example.com' });
    expect((await refused(work, 'overridden')).details).to.include({ source: 'scim' });
    expect(await tenant.byEmail('new@example.com')).to.equal(null);
  });

  it('§2.2 (6) activating is refused with `overridden`', async () => {
    await tenant.page([listed('g', 'ada@example.com')]);
    const user = await tenant.byEmail('ada@example.com');
    await refused(activateUser(tenant.deps, tenant.target(user?.id ?? '')), 'overridden');
    expect((await tenant.byEmail('ada@example.com'))?.status).to.equal('unprovisioned');
  });

  it('§2.2 (6) agency users are exempt: SCIM never sees them', async () => {
    const edit = { attributes: {}, email: 'agent@example.com', agencyId: await tenant.agency() };
    const agent = await createUser(tenant.deps, tenant.id, ADMIN, edit);
    expect((await activateUser(tenant.deps, tenant.target(agent.id))).status).to.equal('active');
    const { total } = await tenant.scim.list(tenant.caller(), { from: { offset: 0 }, limit: 10 });
    expect(total).to.equal(0);
  });

  it('§2.2 (6) work queued before SCIM was switched on is re-checked at execution and has no effect', async () => {
    await tenant.set({ scim: { enabled: false } });
    const user = await createUser(tenant.deps, tenant.id, ADMIN, { attributes: {}, email: 'ada@example.com' });
    const read = tenant.stores.organizations.get;
    let passed: () => void = () => {};
    const opened = new Promise<void>((resolve) => {
      passed = resolve;
    });
    const waiting = {
      ...tenant.deps,
      stores: {
        ...tenant.stores,
        organizations: { ...tenant.stores.organizations, get: (id: string) => opened.then(() => read(id)) },
      },
    };
    const activation = activateUser(waiting, tenant.target(user.id));
    await tenant.set({ scim: { enabled: true } });
    passed();
    await refused(activation, 'overridden');
    expect((await tenant.user(user.id)).status).to.equal('unprovisioned');
  });
});

describe('§2.2 (6) while SCIM is off', () => {
  let tenant: Tenant;
  beforeEach(async () => {
    tenant = await openTenant({ scim: { enabled: true } });
  });
  afterEach(() => tenant.stores.close());

  it('§2.2 (6) a valid token may read', async () => {
    const user = await tenant.post(ADA);
    await tenant.set({ scim: { enabled: false } });
    expect((await tenant.scim.read(tenant.caller(), user.scim.id ?? '')).id).to.equal(user.id);
    expect((await tenant.scim.list(tenant.caller(), { from: { offset: 0 }, limit: 10 })).total).to.equal(1);
  });

  it('§2.2 (6) every write is refused, and stores nothing', async () => {
    const user = await tenant.post(ADA);
    await tenant.set({ scim: { enabled: false } });
    const before = await tenant.user(user.id);
    const put = { attributes: ADA, externalId: undefined, active: false, opaque: undefined };
    for (const work of [
      tenant.post({ userName: 'bob@example.com' }),
      tenant.patch(user, { title: 'new' }),
      tenant.scim.replace(tenant.caller(), user.scim.id ?? '', () => put, null),
      tenant.remove(user),
    ]) {
      const { message } = await refused(work, 'scim_disabled');
      expect(message).to.equal('SCIM is switched off for this organization');
    }
    expect(await tenant.user(user.id)).to.deep.equal(before);
    expect(await tenant.byEmail('bob@example.com')).to.equal(null);
  });
});

describe('§2.2 (7) what a higher live source asserts', () => {
  let tenant: Tenant;
  beforeEach(async () => {
    const google = { syncUsers: true, autoEnableUsers: true, syncVersion: 0 };
    tenant = await openTenant({ scim: { enabled: true }, google });
  });
  afterEach(() => tenant.stores.close());

  it('§2.2 (7) an admin edit of such an attribute is refused, naming the source and the attributes', async () => {
    const user = await tenant.post({ ...ADA, nickName: 'A' });
    const edit = { attributes: { title: 'Typed', nickName: 'Typed', department: 'Typed' } };
    const { details } = await refused(editUser(tenant.deps, tenant.target(user.id), edit), 'overridden');
    expect(details).to.deep.equal({ source: 'scim', attributes: ['title', 'nickName'] });
    expect((await tenant.user(user.id)).attributes.department).to.equal(undefined);
  });

  it('§2.2 (7) a removal is asserted, too', async () => {
    const user = await tenant.post({ ...ADA, nickName: null });
    await refused(editUser(tenant.deps, tenant.target(user.id), { attributes: { nickName: 'Typed' } }), 'overridden');
  });

  it('§2.2 (7) attributes no higher source asserts stay editable', async () => {
    const user = await tenant.post(ADA);
    const edited = await editUser(tenant.deps, tenant.target(user.id), { attributes: { nickName: 'Typed' } });
    expect(edited.attributes).to.include({ nickName: 'Typed', title: 'SCIM' });
  });

  it('§2.2 (7) an address a higher source asserts is refused', async () => {
    const user = await tenant.post(ADA);
    const work = editUser(tenant.deps, tenant.target(user.id), { attributes: {}, email: 'new@example.com' });
    expect((await refused(work, 'overridden')).details).to.deep.equal({ source: 'scim', attributes: ['email'] });
  });

  it('§2.2 (7) a status a higher source asserts is refused', async () => {
    const user = await tenant.post(ADA, { active: true });
    for (const act of [deactivateUser, terminateUser])
      expect((await refused(act(tenant.deps, tenant.target(user.id)), 'overridden')).details).to.include({
        source: 'scim',
      });
  });

  it('§2.2 (7) a directory counts as one, while its sync is on', async () => {
    await tenant.set({ scim: { enabled: false } });
    await tenant.page([listed('g', 'ada@example.com', { title: 'Google' })]);
    const { id } = (await tenant.byEmail('ada@example.com')) ?? { id: '' };
    await refused(editUser(tenant.deps, tenant.target(id), { attributes: { title: 'Typed' } }), 'overridden');
    expect((await refused(deactivateUser(tenant.deps, tenant.target(id)), 'overridden')).details).to.include({
      source: 'google',
    });
    await tenant.set({ google: { syncUsers: false } });
    const edited = await editUser(tenant.deps, tenant.target(id), { attributes: { title: 'Typed' } });
    expect(edited.attributes.title).to.equal('Typed');
    expect((await deactivateUser(tenant.deps, tenant.target(id))).status).to.equal('deactivated');
  });

  it('§2.2 (7) whoever SCIM asserts nothing about may be deactivated by hand, though not activated', async () => {
    await tenant.page([listed('g', 'ada@example.com')]);
    const { id } = (await tenant.byEmail('ada@example.com')) ?? { id: '' };
    expect((await deactivateUser(tenant.deps, tenant.target(id))).status).to.equal('deactivated');
    await refused(activateUser(tenant.deps, tenant.target(id)), 'overridden');
  });

  it('§2.2 (4) an admin may add the terminated mark to anyone who is not active, whoever asserted false', async () => {
    const user = await tenant.post(ADA, { active: false });
    expect((await terminateUser(tenant.deps, tenant.target(user.id))).status).to.equal('terminated');
    const rehired = await tenant.patch(user, {}, { active: true });
    expect(rehired.status).to.equal('active');
    expect((await tenant.patch(rehired, {}, { active: false })).status).to.equal('deactivated');
  });

  it('§2.2 (4) … to somebody unprovisioned, too', async () => {
    await tenant.page([listed('g', 'ada@example.com')]);
    const { id } = (await tenant.byEmail('ada@example.com')) ?? { id: '' };
    expect((await terminateUser(tenant.deps, tenant.target(id))).status).to.equal('terminated');
  });

  it('§2.2 (2) an admin may activate again after SCIM is off, though they said true before', async () => {
    await tenant.set({ scim: { enabled: false } });
    const created = await createUser(tenant.deps, tenant.id, ADMIN, { attributes: {}, email: 'ada@example.com' });
    await activateUser(tenant.deps, tenant.target(created.id));
    await tenant.set({ scim: { enabled: true } });
    const taken = await tenant.post(ADA, { active: true });
    await tenant.patch(taken, {}, { active: false });
    await tenant.set({ scim: { enabled: false } });
    expect((await tenant.user(created.id)).status).to.equal('deactivated');
    expect((await activateUser(tenant.deps, tenant.target(created.id))).status).to.equal('active');
  });
});

describe('§2.2 (9) SCIM DELETE', () => {
  let tenant: Tenant;
  afterEach(() => tenant.stores.close());

  for (const [onScimDelete, status] of [
    ['deactivate', 'deactivated'],
    ['terminate', 'terminated'],
  ] as const)
    it(`§2.2 (9) the person stays, ${status} with the setting ${onScimDelete}`, async () => {
      tenant = await openTenant({ scim: { enabled: true }, onScimDelete });
      const user = await tenant.post(ADA);
      await tenant.remove(user);
      const left = await tenant.user(user.id);
      expect([left.status, left.email]).to.deep.equal([status, 'ada@example.com']);
    });

  it('§2.2 (9) the SCIM id answers 404 from then on', async () => {
    tenant = await openTenant({ scim: { enabled: true } });
    const user = await tenant.post(ADA);
    await tenant.remove(user);
    for (const work of [
      tenant.scim.read(tenant.caller(), user.scim.id ?? ''),
      tenant.patch(user, { title: 'new' }),
      tenant.remove(user),
    ])
      await refused(work, 'not_found');
    expect((await tenant.scim.list(tenant.caller(), { from: { offset: 0 }, limit: 10 })).total).to.equal(0);
  });

  it('§2.3 a later POST gives a new SCIM id to the same person', async () => {
    tenant = await openTenant({ scim: { enabled: true } });
    const user = await tenant.post(ADA, { externalId: 'x' });
    await tenant.remove(user);
    const again = await tenant.post(ADA, { externalId: 'x' });
    expect([again.id, again.status]).to.deep.equal([user.id, 'active']);
    expect(again.scim.id).to.not.equal(user.scim.id);
    await refused(tenant.scim.read(tenant.caller(), user.scim.id ?? ''), 'not_found');
  });

  it("§2.2 (1) DELETE says nothing about attributes: the connection's record keeps them", async () => {
    tenant = await openTenant({ scim: { enabled: true } });
    const user = await tenant.post(ADA);
    await tenant.remove(user);
    const record = recordOf(await tenant.user(user.id), 'scim', 'connection-1');
    expect([record?.attributes, record?.enabled]).to.deep.equal([ADA, false]);
    expect((await tenant.user(user.id)).attributes.title).to.equal('SCIM');
  });

  it("§2.2 (9) after it the connection's record stays live: no directory brings the person back", async () => {
    const google = { syncUsers: true, autoEnableUsers: true, syncVersion: 0 };
    tenant = await openTenant({ scim: { enabled: true }, google });
    const user = await tenant.post(ADA);
    await tenant.remove(user);
    await tenant.page([listed('g', 'ada@example.com')]);
    expect((await tenant.user(user.id)).status).to.equal('deactivated');
    await tenant.set({ scim: { enabled: false } });
    expect((await tenant.user(user.id)).status).to.equal('deactivated');
  });
});
