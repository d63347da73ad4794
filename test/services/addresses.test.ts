import { expect } from 'chai';
import type { User } from '../../src/core/user.ts';
import { recordOf } from '../../src/core/user.ts';
import { acceptConflict } from '../../src/services/decide-conflict.ts';
import { createUser, editUser } from '../../src/services/manage-user.ts';
import { BY_ADMIN, listed, openTenant, refused, type Tenant } from './tenant.ts';

const ADMIN = { kind: 'operator', id: 'admin' } as const;
const work = (value: string) => ({ emails: [{ value, type: 'work', primary: true }] });

describe('§2.3 an address is unique', () => {
  let tenant: Tenant;
  beforeEach(async () => {
    tenant = await openTenant({ scim: { enabled: true } });
  });
  afterEach(() => tenant.stores.close());

  it('§2.3 userName is unique per organization and folded', async () => {
    await tenant.post({ userName: 'Ada', ...work('ada@example.com') });
    await refused(tenant.post({ userName: 'ADA', ...work('other@example.com') }), 'already_provisioned');
    const bob = await tenant.post({ userName: 'bob', ...work('bob@example.com') });
    await refused(tenant.patch(bob, { userName: 'aDa' }), 'user_name_taken');
    expect((await tenant.user(bob.id)).version).to.equal(bob.version);
  });

  it("§2.3 an unowned person's userName is their address", async () => {
    await tenant.set({ scim: { enabled: false } });
    await createUser(tenant.deps, tenant.id, ADMIN, { attributes: {}, email: 'ada@example.com' });
    await tenant.set({ scim: { enabled: true } });
    const bob = await tenant.post({ userName: 'bob', ...work('bob@example.com') });
    await refused(tenant.patch(bob, { userName: 'ADA@example.com' }), 'user_name_taken');
  });

  it('§2.3 a PATCH to an address somebody has is refused, and stores nothing', async () => {
    await tenant.post({ userName: 'ada', ...work('ada@example.com') });
    const bob = await tenant.post({ userName: 'bob', ...work('bob@example.com') });
    await refused(tenant.patch(bob, { ...work('ADA@example.com'), title: 'new' }), 'email_taken');
    expect(await tenant.user(bob.id)).to.deep.equal(bob);
  });

  it('§2.4 addresses are unique in every status, and the admin is told whose it is', async () => {
    await tenant.set({ scim: { enabled: false } });
    const ada = await createUser(tenant.deps, tenant.id, ADMIN, { attributes: {}, email: 'ada@example.com' });
    const again = createUser(tenant.deps, tenant.id, ADMIN, { attributes: {}, email: 'Ada@Example.com' });
    const { message, details } = await refused(again, 'email_taken');
    expect(message).to.equal('this email is already used by another user');
    expect((details.user as { id: string }).id).to.equal(ada.id);
  });

  it('§2.4 an email amended to one somebody has is refused, and names them', async () => {
    await tenant.set({ scim: { enabled: false } });
    const ada = await createUser(tenant.deps, tenant.id, ADMIN, { attributes: {}, email: 'ada@example.com' });
    const bob = await createUser(tenant.deps, tenant.id, ADMIN, { attributes: {}, email: 'bob@example.com' });
    const work = editUser(tenant.deps, tenant.target(bob.id), {
      attributes: { title: 'new' },
      email: 'ADA@example.com',
    });
    const { details } = await refused(work, 'email_taken');
    expect((details.user as { id: string }).id).to.equal(ada.id);
    expect(await tenant.user(bob.id)).to.deep.equal(bob);
  });

  it('§2.4 an email can be amended', async () => {
    await tenant.set({ scim: { enabled: false } });
    const ada = await createUser(tenant.deps, tenant.id, ADMIN, { attributes: {}, email: 'ada@example.com' });
    const edited = await editUser(tenant.deps, tenant.target(ada.id), { attributes: {}, email: 'new@example.com' });
    expect(edited.email).to.equal('new@example.com');
  });
});

describe('§2.3 addresses are claimed, not resolved', () => {
  let tenant: Tenant;
  const ADA = listed('a', 'ada@example.com');
  const BOB = listed('b', 'bob@example.com');
  const idOf = async (key: string): Promise<string> => {
    const [user] = await tenant.stores.users.findBySourceKeys(tenant.id, 'google', null, [key]);
    return user?.id ?? '';
  };
  const byKey = async (key: string): Promise<User> => tenant.user(await idOf(key));
  const addressesOf = async (): Promise<readonly (string | null)[]> => [
    (await byKey('a')).email,
    (await byKey('b')).email,
  ];

  beforeEach(async () => {
    tenant = await openTenant({ google: { syncUsers: true, autoEnableUsers: true, syncVersion: 0 } });
    await tenant.page([ADA, BOB]);
  });
  afterEach(() => tenant.stores.close());

  it('§2.3 the holder keeps it, and a conflict opens', async () => {
    await tenant.page([{ ...BOB, email: 'ada@example.com', hash: '2' }]);
    expect(await addressesOf()).to.deep.equal(['ada@example.com', 'bob@example.com']);
    const bob = await byKey('b');
    expect(bob.heldEmail).to.deep.equal({ wanted: 'ada@example.com', source: 'google', reason: 'taken' });
    expect(recordOf(bob, 'google')?.email, 'the record stores what the source said').to.equal('ada@example.com');
    const [conflict] = await tenant.openConflicts();
    expect([conflict?.kind, conflict?.userId, conflict?.otherUserId]).to.deep.equal([
      'email_taken',
      bob.id,
      await idOf('a'),
    ]);
  });

  it('§2.3 … and retries when it is released', async () => {
    await tenant.page([{ ...BOB, email: 'ada@example.com', hash: '2' }]);
    await tenant.page([{ ...ADA, email: 'lovelace@example.com', hash: '3' }]);
    expect(await addressesOf()).to.deep.equal(['lovelace@example.com', 'ada@example.com']);
    expect(await tenant.openConflicts()).to.deep.equal([]);
    expect((await byKey('b')).heldEmail).to.equal(null);
  });

  it('§2.3 … to whoever waited first', async () => {
    await tenant.page([listed('c', 'carol@example.com')]);
    await tenant.page([{ ...BOB, email: 'ada@example.com', hash: '2' }]);
    await tenant.page([listed('c', 'ada@example.com')]);
    await tenant.page([{ ...ADA, email: 'lovelace@example.com', hash: '3' }]);
    expect(await addressesOf()).to.deep.equal(['lovelace@example.com', 'ada@example.com']);
    expect((await byKey('c')).heldEmail?.reason).to.equal('taken');
  });

  it('§2.3 … in a chain, each giving theirs to the next', async () => {
    await tenant.page([listed('c', 'carol@example.com')]);
    await tenant.page([{ ...BOB, email: 'ada@example.com', hash: '2' }]);
    await tenant.page([listed('c', 'bob@example.com')]);
    await tenant.page([{ ...ADA, email: 'lovelace@example.com', hash: '3' }]);
    expect(await addressesOf()).to.deep.equal(['lovelace@example.com', 'ada@example.com']);
    expect((await byKey('c')).email).to.equal('bob@example.com');
    expect(await tenant.openConflicts()).to.deep.equal([]);
  });

  it('§2.3 a conflict closes when the source no longer wants the address', async () => {
    await tenant.page([{ ...BOB, email: 'ada@example.com', hash: '2' }]);
    await tenant.page([BOB]);
    expect(await tenant.openConflicts()).to.deep.equal([]);
  });

  it('§2.3 swaps within one page work', async () => {
    await tenant.page([
      { ...ADA, email: 'bob@example.com', hash: '2' },
      { ...BOB, email: 'ada@example.com', hash: '2' },
    ]);
    expect(await addressesOf()).to.deep.equal(['bob@example.com', 'ada@example.com']);
    expect(await tenant.openConflicts()).to.deep.equal([]);
  });

  it('§2.3 an edit of something else is not refused because an address is waited for', async () => {
    await tenant.page([{ ...BOB, email: 'ada@example.com', hash: '2' }]);
    const id = await idOf('b');
    const edited = await editUser(tenant.deps, tenant.target(id), { attributes: { nickName: 'Typed' } });
    expect([edited.attributes.nickName, edited.email, edited.heldEmail?.reason]).to.deep.equal([
      'Typed',
      'bob@example.com',
      'taken',
    ]);
  });

  it('§2.3 nor is a PATCH of something else, and a PATCH to a taken address still is', async () => {
    await tenant.set({ scim: { enabled: true } });
    const bob = await tenant.patch(await byKey('b'), { title: 'SCIM' });
    await tenant.patch(bob, work('bobby@example.com'));
    await tenant.set({ scim: { enabled: false } });
    await tenant.page([{ ...ADA, email: 'bobby@example.com', hash: '2' }]);
    await tenant.set({ scim: { enabled: true } });
    const waiting = await byKey('b');
    expect(waiting.heldEmail).to.deep.equal({ wanted: 'bobby@example.com', source: 'scim', reason: 'taken' });
    const patched = await tenant.patch(waiting, { title: 'new' });
    expect([patched.attributes.title, patched.heldEmail?.reason]).to.deep.equal(['new', 'taken']);
    await tenant.page([listed('d', 'dora@example.com')]);
    await refused(tenant.patch(patched, work('dora@example.com')), 'email_taken');
  });

  it('§2.3 a userName stands in the way of an unowned person, and retries when it is released', async () => {
    await tenant.set({ scim: { enabled: true } });
    const dora = await tenant.post({ userName: 'ada.new@example.com', ...work('dora@example.com') });
    await tenant.page([{ ...ADA, email: 'ada.new@example.com', hash: '2' }]);
    expect((await byKey('a')).heldEmail?.reason).to.equal('taken');
    await tenant.patch(dora, { userName: 'dora@example.com' });
    expect((await byKey('a')).email).to.equal('ada.new@example.com');
  });

  it('§2.3 … also when its owner is deleted', async () => {
    await tenant.set({ scim: { enabled: true } });
    const dora = await tenant.post({ userName: 'ada.new@example.com', ...work('dora@example.com') });
    await tenant.page([{ ...ADA, email: 'ada.new@example.com', hash: '2' }]);
    await tenant.remove(dora);
    expect((await byKey('a')).email).to.equal('ada.new@example.com');
  });

  it('§2.3 a newcomer whose address is the userName of somebody else is a conflict, not a race', async () => {
    await tenant.set({ scim: { enabled: true } });
    const dora = await tenant.post({ userName: 'new@example.com', ...work('dora@example.com') });
    const outcome = await tenant.page([listed('n', 'new@example.com')]);
    expect(outcome.reasons.map(({ code, userId }) => [code, userId])).to.deep.equal([['email_taken', dora.id]]);
    expect((await tenant.openConflicts()).map(({ kind }) => kind)).to.deep.equal(['email_taken']);
  });

  it('§2.3 own key and address pointing at two different people: shown in the list and in the run, nothing written', async () => {
    const typed = await createUser(tenant.deps, tenant.id, ADMIN, { attributes: {}, email: 'typed@example.com' });
    const before = [await byKey('a'), await tenant.user(typed.id)];
    const outcome = await tenant.page([{ ...ADA, email: 'typed@example.com', title: 'new', hash: '2' }]);
    expect(outcome.reasons.map(({ code }) => code)).to.deep.equal(['identity']);
    const [conflict] = await tenant.openConflicts();
    expect([conflict?.kind, conflict?.userId, conflict?.otherUserId]).to.deep.equal([
      'identity',
      before[0]?.id,
      typed.id,
    ]);
    expect([await byKey('a'), await tenant.user(typed.id)]).to.deep.equal(before);
  });
});

describe('§2.3 a held change of address', () => {
  let tenant: Tenant;
  beforeEach(async () => {
    tenant = await openTenant();
    await createUser(tenant.deps, tenant.id, ADMIN, { attributes: {}, email: 'ada@example.com' });
    await tenant.set({ scim: { enabled: true } });
  });
  afterEach(() => tenant.stores.close());

  it('case-S10: linking and changing the address in one request changes no address', async () => {
    const linked = await tenant.post({ userName: 'ada@example.com', ...work('ada@example.com') });
    const patched = await tenant.patch(linked, { ...work('evil@elsewhere.test'), title: 'new' });
    expect([patched.email, patched.heldEmail?.reason, patched.attributes.title]).to.deep.equal([
      'ada@example.com',
      'foreign_domain',
      'new',
    ]);
    const first = await openTenant();
    const bob = await createUser(first.deps, first.id, ADMIN, { attributes: {}, email: 'bob@example.com' });
    await first.set({ scim: { enabled: true } });
    const taken = await first.patch(await first.user(bob.id), work('evil@example.com'));
    expect([taken.email, taken.heldEmail?.reason]).to.deep.equal(['bob@example.com', 'linking']);
    await first.stores.close();
  });

  it('§2.3 it does not fail the request: a conflict opens, and accepting it moves the address', async () => {
    const linked = await tenant.post({ userName: 'ada@example.com' });
    await tenant.patch(linked, work('ada@elsewhere.test'));
    const [conflict] = await tenant.openConflicts();
    expect([conflict?.kind, conflict?.email]).to.deep.equal(['email_held', 'ada@elsewhere.test']);
    await acceptConflict(tenant.deps, tenant.id, conflict?.id ?? '', BY_ADMIN);
    expect((await tenant.user(linked.id)).email).to.equal('ada@elsewhere.test');
    expect(await tenant.openConflicts()).to.deep.equal([]);
  });

  it('§2.3 naming the domain as an own one moves it in the sweep', async () => {
    const linked = await tenant.post({ userName: 'ada@example.com' });
    await tenant.patch(linked, work('ada@elsewhere.test'));
    await tenant.set({ domains: ['example.com', 'Elsewhere.test'] });
    expect((await tenant.user(linked.id)).email).to.equal('ada@elsewhere.test');
    expect(await tenant.openConflicts()).to.deep.equal([]);
  });
});
