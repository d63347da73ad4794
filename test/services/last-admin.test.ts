import { expect } from 'chai';
import { AppError } from '../../src/core/errors.ts';
import type { User } from '../../src/core/user.ts';
import { changeSettings } from '../../src/services/change-settings.ts';
import { activateUser, deactivateUser, terminateUser } from '../../src/services/change-status.ts';
import { createUser, editUser } from '../../src/services/manage-user.ts';
import { setAccess } from '../../src/services/set-access.ts';
import { listed, openTenant, refused, type Tenant } from './tenant.ts';

const ADMIN = { kind: 'operator', id: 'admin' } as const;

describe('§2.4 the last organization admin', () => {
  let tenant: Tenant;
  const add = async (name: string, level: 'admin' | 'limited' = 'admin'): Promise<User> => {
    const edit = { attributes: {}, email: `${name}@example.com` };
    const { id } = await createUser(tenant.deps, tenant.id, ADMIN, edit);
    await activateUser(tenant.deps, tenant.target(id));
    return setAccess(tenant.deps, tenant.target(id), { level });
  };
  const alerts = async () => (await tenant.events()).filter(({ type }) => type === 'alert.last_admin');
  const admins = async () => (await tenant.organization()).admins;

  beforeEach(async () => {
    tenant = await openTenant();
  });
  afterEach(() => tenant.stores.close());

  it('§2.4 an organization admin is an active user with level `admin`, and the organization document lists them', async () => {
    const ada = await add('ada');
    await add('bob', 'limited');
    expect(await admins()).to.deep.equal([ada.id]);
    const carol = await add('carol');
    expect(await admins()).to.deep.equal([ada.id, carol.id]);
    await deactivateUser(tenant.deps, tenant.target(carol.id));
    expect(await admins()).to.deep.equal([ada.id]);
  });

  it('§2.4 one of two may leave', async () => {
    const [ada, bob] = [await add('ada'), await add('bob')];
    expect((await deactivateUser(tenant.deps, tenant.target(ada.id))).status).to.equal('deactivated');
    expect(await admins()).to.deep.equal([bob.id]);
  });

  for (const [what, act] of [
    ['deactivated', deactivateUser],
    ['terminated', terminateUser],
    ['made limited', (deps, target) => setAccess(deps, target, { level: 'limited' })],
    ['made elevated', (deps, target) => setAccess(deps, target, { level: 'elevated' })],
  ] as readonly (readonly [string, typeof deactivateUser])[])
    it(`§2.4 the last one is refused whole by an admin: \`last_admin\` when ${what}`, async () => {
      const ada = await add('ada');
      await add('bob', 'limited');
      await refused(act(tenant.deps, tenant.target(ada.id)), 'last_admin');
      expect(await tenant.user(ada.id)).to.deep.equal(ada);
      expect(await admins()).to.deep.equal([ada.id]);
    });

  it('§2.4 … by SCIM, with every attribute of the request', async () => {
    const ada = await add('ada');
    await tenant.set({ scim: { enabled: true } });
    await tenant.post({ userName: 'ada@example.com', title: 'one' });
    const before = await tenant.user(ada.id);
    await refused(tenant.patch(before, { title: 'two' }, { active: false }), 'last_admin');
    await refused(tenant.remove(before), 'last_admin');
    expect(await tenant.user(ada.id)).to.deep.equal(before);
  });

  it('§2.4 … by a run, which counts the person as failed', async () => {
    const ada = await add('ada');
    await tenant.set({ google: { syncUsers: true } });
    await tenant.page([listed('a', 'ada@example.com')]);
    const before = await tenant.user(ada.id);
    const outcome = await tenant.page([
      { ...listed('a', 'ada@example.com'), activity: 'inactive', hash: '2' },
      listed('b', 'bob@example.com'),
    ]);
    expect(outcome.reasons.map(({ code, userId }) => [code, userId])).to.deep.equal([['last_admin', ada.id]]);
    expect([outcome.failed, outcome.created]).to.deep.equal([1, 1]);
    expect(await tenant.user(ada.id)).to.deep.equal(before);
    await refused(tenant.gone('google', ada.id), 'last_admin');
  });

  it('§2.4 … by a change of settings: the person stays, and an alert says so', async () => {
    const ada = await add('ada');
    await tenant.set({ scim: { enabled: true }, google: { syncUsers: true } });
    await tenant.post({ userName: 'ada@example.com' }, { active: true });
    await tenant.page([listed('a', 'ada@example.com', { activity: 'inactive' })]);
    const organization = await tenant.set({ scim: { enabled: false } });
    expect((await tenant.user(ada.id)).status).to.equal('active');
    expect(organization.sweep.state).to.equal('idle');
    expect((await alerts()).map(({ by }) => by.kind)).to.deep.equal(['settings']);
  });

  it('§2.4 an alert event is written, once for each change of the person and kind of asker', async () => {
    const ada = await add('ada');
    await refused(deactivateUser(tenant.deps, tenant.target(ada.id)), 'last_admin');
    await refused(deactivateUser(tenant.deps, tenant.target(ada.id)), 'last_admin');
    expect((await alerts()).map(({ userId, by }) => [userId, by.kind])).to.deep.equal([[ada.id, 'operator']]);
    await editUser(tenant.deps, tenant.target(ada.id), { attributes: { title: 'new' } });
    await refused(deactivateUser(tenant.deps, tenant.target(ada.id)), 'last_admin');
    expect(await alerts()).to.have.length(2);
  });

  it('§2.4 whoever is listed but is no admin any more does not count', async () => {
    const [ada, bob] = [await add('ada'), await add('bob', 'limited')];
    const organization = await tenant.organization();
    await tenant.stores.organizations.save({
      ...organization,
      admins: [...organization.admins, bob.id, 'nobody'],
      version: organization.version + 1,
    });
    await refused(deactivateUser(tenant.deps, tenant.target(ada.id)), 'last_admin');
  });

  it('§2.4 leaving the list comes before the write, and is taken back when the write fails', async () => {
    const [ada, bob] = [await add('ada'), await add('bob')];
    const seen: (readonly string[])[] = [];
    const broken = {
      ...tenant.deps,
      stores: {
        ...tenant.stores,
        users: {
          ...tenant.stores.users,
          async save(change: Parameters<typeof tenant.stores.users.save>[0]) {
            if (change.user.id !== ada.id) return tenant.stores.users.save(change);
            seen.push(await admins());
            throw new AppError('unavailable', 'the store is away');
          },
        },
      },
    };
    await refused(deactivateUser(broken, tenant.target(ada.id)), 'unavailable');
    expect(seen).to.deep.equal([[bob.id]]);
    expect([...(await admins())].sort()).to.deep.equal([ada.id, bob.id].sort());
  });

  it('§2.4 admins who leave all at once: one stays', async () => {
    const people = [await add('ada'), await add('bob'), await add('carol'), await add('dora')];
    const outcomes = await Promise.allSettled(people.map(({ id }) => deactivateUser(tenant.deps, tenant.target(id))));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(3);
    const [last, ...more] = await admins();
    expect([more.length, (await tenant.user(last ?? '')).status]).to.deep.equal([0, 'active']);
  });

  it('§2.4 settings that move behind a write of the last admin do not fail the write', async () => {
    const ada = await add('ada');
    await tenant.set({ scim: { enabled: true } });
    await tenant.post({ userName: 'ada@example.com' }, { active: true });
    await tenant.set({ scim: { enabled: false }, google: { syncUsers: true } });
    const other = await add('bob');
    await tenant.page([listed('a', 'ada@example.com', { activity: 'inactive' })]);
    await tenant.set({ scim: { enabled: true } });
    await setAccess(tenant.deps, tenant.target(ada.id), { level: 'admin' });
    await setAccess(tenant.deps, tenant.target(other.id), { level: 'limited' });
    const save = tenant.stores.users.save;
    let moved = false;
    const racing = {
      ...tenant.deps,
      stores: {
        ...tenant.stores,
        users: {
          ...tenant.stores.users,
          async save(change: Parameters<typeof save>[0]) {
            const saved = await save(change);
            if (!moved) {
              moved = true;
              await changeSettings(tenant.deps, tenant.id, { scim: { enabled: false } });
            }
            return saved;
          },
        },
      },
    };
    const edited = await editUser(racing, tenant.target(ada.id), { attributes: { nickName: 'Typed' } });
    expect([moved, edited.status, edited.attributes.nickName]).to.deep.equal([true, 'active', 'Typed']);
    expect((await alerts()).map(({ by }) => by.kind)).to.deep.equal(['settings']);
  });
});
