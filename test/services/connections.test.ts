import { expect } from 'chai';
import { scimView } from '../../src/core/scim-view.ts';
import { recordOf, type User } from '../../src/core/user.ts';
import { acceptConflict, dismissConflict } from '../../src/services/decide-conflict.ts';
import { createUser } from '../../src/services/manage-user.ts';
import { releaseUser } from '../../src/services/release-user.ts';
import { changeConnection, previewSwitch } from '../../src/services/scim-connections.ts';
import { sweepPage } from '../../src/services/sweep.ts';
import { aConnection } from '../fixtures/organizations.ts';
import { BY_ADMIN, listed, openTenant, refused, type Tenant } from './tenant.ts';

const OTHER = 'connection-2';

describe('§2.3 switching a connection off', () => {
  let tenant: Tenant;
  beforeEach(async () => {
    tenant = await openTenant();
    await tenant.set({ scim: { enabled: true } });
    for (const [id, name] of [
      ['connection-1', 'default'],
      [OTHER, 'Entra'],
    ] as const)
      await tenant.stores.tokens.insertConnection(aConnection({ id, name }));
  });
  afterEach(() => tenant.stores.close());

  const turn = (id: string, enabled: boolean, confirm?: string) =>
    changeConnection(tenant.deps, tenant.id, id, { enabled, confirm }, null);
  const owners = async (people: readonly User[]) =>
    Promise.all(people.map(async ({ id }) => (await tenant.user(id)).scim.connectionId));
  const addPeople = async (count: number, connectionId: string): Promise<readonly User[]> => {
    const people: User[] = [];
    for (let n = 0; n < count; n++) {
      const attributes = { userName: `${connectionId}-${n}@example.com`, title: 'said' };
      people.push(await tenant.post(attributes, { externalId: `${n}` }, connectionId));
    }
    return people;
  };

  it('ends its ownership page by page, and touches nobody else', async () => {
    const mine = await addPeople(7, 'connection-1');
    const theirs = await addPeople(2, OTHER);
    await turn('connection-1', false);
    expect((await tenant.organization()).sweep.state).to.equal('running');
    expect(await sweepPage(tenant.deps, tenant.id)).to.equal(true);
    expect((await owners(mine)).filter((owner) => owner === null)).to.have.length(3);
    await tenant.sweep();
    expect((await tenant.organization()).sweep).to.include({ state: 'idle', changed: 7, visited: 9 });
    expect(new Set(await owners(mine))).to.deep.equal(new Set([null]));
    for (const person of theirs) expect(await tenant.user(person.id)).to.deep.equal(person);
    for (const person of mine) {
      const now = await tenant.user(person.id);
      expect([now.status, now.scim.id, now.attributes.title]).to.deep.equal(['active', person.scim.id, 'said']);
      expect(recordOf(now, 'scim', 'connection-1')).to.deep.equal(recordOf(person, 'scim', 'connection-1'));
    }
  });

  it('refuses its writes from that moment on, and lets others take people the sweep has not reached', async () => {
    const [first] = await addPeople(1, 'connection-1');
    if (!first) throw new Error('nobody was added');
    await turn('connection-1', false);
    await refused(tenant.post({ userName: 'new@example.com' }), 'scim_disabled');
    await refused(tenant.patch(first, { title: 'late' }), 'scim_disabled');
    await refused(tenant.remove(first), 'scim_disabled');
    const taken = await tenant.post({ userName: 'connection-1-0@example.com', title: 'taken' }, {}, OTHER);
    expect([taken.id, taken.scim.connectionId, taken.attributes.title]).to.deep.equal([first.id, OTHER, 'taken']);
    await tenant.sweep();
    expect((await tenant.user(first.id)).scim.connectionId).to.equal(OTHER);
    expect(await tenant.openConflicts()).to.deep.equal([]);
  });

  it('§2.2 (2) makes what it said dormant: a live directory decides, and switching it on restores its authority', async () => {
    const [ada] = await addPeople(1, 'connection-1');
    if (!ada) throw new Error('nobody was added');
    await tenant.set({ google: { syncUsers: true } });
    await tenant.page([listed('g', 'connection-1-0@example.com', { title: 'Google' })]);
    expect((await tenant.user(ada.id)).attributes.title).to.equal('said');
    await turn('connection-1', false);
    await tenant.sweep();
    expect((await tenant.user(ada.id)).attributes.title).to.equal('Google');
    await turn('connection-1', true);
    await tenant.sweep();
    const back = await tenant.user(ada.id);
    expect([back.attributes.title, back.scim.connectionId]).to.deep.equal(['said', null]);
  });

  it('needs the digest of its preview when too many would leave', async () => {
    await tenant.set({ google: { syncUsers: true } });
    const people = await addPeople(8, 'connection-1');
    const page = people.map(({ email }, n) => listed(`g${n}`, email, { activity: 'inactive' }));
    await tenant.page(page);
    const preview = await previewSwitch(tenant.deps, tenant.id, 'connection-1', false);
    expect(preview.changes.byStatus).to.deep.equal({ 'active → deactivated': 8 });
    await refused(turn('connection-1', false), 'confirmation_required');
    const connection = await tenant.stores.tokens.connection(tenant.id, 'connection-1');
    expect([connection?.enabled, (await tenant.organization()).settings.scim.switchedOff]).to.deep.equal([
      true,
      undefined,
    ]);
    await turn('connection-1', false, preview.digest);
    await tenant.sweep();
    expect((await tenant.user(people[0]?.id ?? '')).status).to.equal('deactivated');
  });

  it('is finished by saying it again when the call died between its two writes', async () => {
    const { tokens } = tenant.stores;
    const dying = { ...tokens, saveConnection: () => Promise.reject(new Error('died')) };
    const deps = { ...tenant.deps, stores: { ...tenant.stores, tokens: dying } };
    const outcome = await changeConnection(deps, tenant.id, 'connection-1', { enabled: false }, null).catch(String);
    expect(outcome).to.equal('Error: died');
    await refused(tenant.post({ userName: 'new@example.com' }), 'scim_disabled');
    const version = (await tenant.organization()).settings.version;
    expect((await turn('connection-1', false)).enabled).to.equal(false);
    expect((await tenant.organization()).settings.version).to.equal(version);
  });

  it('frees even somebody whose address is the userName of another: their SCIM id ends', async () => {
    const attributes = { userName: 'a', emails: [{ value: 'b@example.com', primary: true }] };
    const ada = await tenant.post(attributes);
    const namesake = await tenant.post({ userName: 'b@example.com', emails: [{ value: 'c@example.com' }] }, {}, OTHER);
    await turn('connection-1', false);
    await tenant.sweep();
    expect((await tenant.organization()).sweep.state).to.equal('idle');
    expect((await tenant.user(ada.id)).scim).to.deep.equal({ id: null, connectionId: null, formerIds: [ada.scim.id] });
    expect(await tenant.user(namesake.id)).to.deep.equal(namesake);
    await tenant.scim.deprovision(tenant.caller(OTHER), namesake.scim.id ?? '', null);
    const found = await tenant.post({ userName: 'ada', emails: [{ value: 'b@example.com' }] }, {}, OTHER);
    expect([found.id, found.scim.connectionId]).to.deep.equal([ada.id, OTHER]);
    expect(found.scim.id).to.be.a('string').that.is.not.equal(ada.scim.id);
  });

  it('of several connections the younger word counts while nobody owns the person', async () => {
    const ada = await tenant.post({ userName: 'ada@example.com', title: 'first' });
    await tenant.remove(ada);
    const again = await tenant.post({ userName: 'ada@example.com', title: 'second' }, {}, OTHER);
    await turn(OTHER, false);
    await tenant.sweep();
    const now = await tenant.user(again.id);
    expect(now.scim.connectionId).to.equal(null);
    expect(scimView(now).attributes.title, 'the one that is on outranks the one that is off').to.equal('first');
  });
});

describe('§2.3 releasing one person', () => {
  let tenant: Tenant;
  let ada: User;
  beforeEach(async () => {
    tenant = await openTenant();
    await tenant.set({ scim: { enabled: true } });
    for (const [id, name] of [
      ['connection-1', 'default'],
      [OTHER, 'Entra'],
    ] as const)
      await tenant.stores.tokens.insertConnection(aConnection({ id, name }));
    ada = await tenant.post({ userName: 'ada@example.com', title: 'said' }, { externalId: 'x' });
  });
  afterEach(() => tenant.stores.close());

  const claim = () => tenant.post({ userName: 'ada@example.com', title: 'claimed' }, { externalId: 'y' }, OTHER);
  const claimId = async (): Promise<string> => {
    await refused(claim(), 'already_provisioned');
    const [conflict, ...more] = await tenant.openConflicts();
    expect([conflict?.kind, conflict?.connectionId, conflict?.userId]).to.deep.equal(['claimed', OTHER, ada.id]);
    expect(more).to.deep.equal([]);
    return conflict?.id ?? '';
  };
  const stateOf = async (id: string) => (await tenant.stores.conflicts.get(tenant.id, id))?.state;

  it('lets every connection see them, with what was said, and take them over', async () => {
    const released = await releaseUser(tenant.deps, tenant.target(ada.id));
    expect([released.scim, released.status, released.attributes.title]).to.deep.equal([
      { id: ada.scim.id, connectionId: null },
      'active',
      'said',
    ]);
    for (const connection of ['connection-1', OTHER])
      expect((await tenant.scim.read(tenant.caller(connection), ada.scim.id ?? '')).id).to.equal(ada.id);
    const again = await releaseUser(tenant.deps, tenant.target(ada.id));
    expect(again.version).to.equal(released.version);
    expect((await claim()).scim.connectionId).to.equal(OTHER);
    await refused(tenant.scim.read(tenant.caller(), ada.scim.id ?? ''), 'not_found');
  });

  it('refuses a stale version and somebody unknown', async () => {
    await refused(releaseUser(tenant.deps, { ...tenant.target(ada.id), ifMatch: 99 }), 'precondition_failed');
    await refused(releaseUser(tenant.deps, tenant.target('nobody')), 'not_found');
    expect((await tenant.user(ada.id)).scim.connectionId).to.equal('connection-1');
  });

  it("happens to a claimed person when the conflict is accepted: they are the claimant's at once", async () => {
    const id = await claimId();
    const accepted = await acceptConflict(tenant.deps, tenant.id, id, BY_ADMIN);
    expect(accepted.state).to.equal('resolved');
    const given = await tenant.user(ada.id);
    expect([given.scim, given.status, given.email]).to.deep.equal([
      { id: ada.scim.id, connectionId: OTHER },
      'active',
      'ada@example.com',
    ]);
    await refused(tenant.patch(ada, { title: 'late' }), 'not_found');
    expect(scimView(given)).to.deep.include({ externalId: null, active: true });
    const taken = await claim();
    expect([taken.id, taken.attributes.title, recordOf(taken, 'scim', OTHER)?.externalId]).to.deep.equal([
      ada.id,
      'claimed',
      'y',
    ]);
    await refused(claim(), 'already_provisioned');
    await refused(acceptConflict(tenant.deps, tenant.id, id, BY_ADMIN), 'not_acceptable');
    expect(await tenant.openConflicts()).to.deep.equal([]);
  });

  it('is finished by accepting again when the call died in between', async () => {
    const id = await claimId();
    const conflicts = { ...tenant.stores.conflicts, move: () => Promise.reject(new Error('died')) };
    const deps = { ...tenant.deps, stores: { ...tenant.stores, conflicts } };
    expect(await acceptConflict(deps, tenant.id, id, BY_ADMIN).catch(String)).to.equal('Error: died');
    expect((await tenant.user(ada.id)).scim.connectionId).to.equal(OTHER);
    expect((await acceptConflict(tenant.deps, tenant.id, id, BY_ADMIN)).state).to.equal('resolved');
  });

  it('does not happen when the conflict is dismissed, and may still be accepted then', async () => {
    const id = await claimId();
    await dismissConflict(tenant.deps, tenant.id, id);
    await refused(claim(), 'already_provisioned');
    expect(await tenant.openConflicts()).to.deep.equal([]);
    expect((await tenant.user(ada.id)).scim.connectionId).to.equal('connection-1');
    expect((await acceptConflict(tenant.deps, tenant.id, id, BY_ADMIN)).state).to.equal('resolved');
  });

  it("settles the conflict when the person becomes the claimant's by another way", async () => {
    const id = await claimId();
    await tenant.remove(ada);
    expect((await claim()).id).to.equal(ada.id);
    expect(await stateOf(id)).to.equal('resolved');
  });

  it('never gives anybody to a connection that is off, nor an agency user to any', async () => {
    const id = await claimId();
    await changeConnection(tenant.deps, tenant.id, OTHER, { enabled: false }, null);
    await refused(acceptConflict(tenant.deps, tenant.id, id, BY_ADMIN), 'not_acceptable');
    expect([await stateOf(id), (await tenant.user(ada.id)).scim.connectionId]).to.deep.equal(['open', 'connection-1']);
    const edit = { attributes: {}, email: 'agent@example.com', agencyId: await tenant.agency() };
    await createUser(tenant.deps, tenant.id, { kind: 'operator', id: null }, edit);
    await refused(tenant.post({ userName: 'agent@example.com' }), 'email_taken');
    const [agency] = await tenant.openConflicts();
    await refused(acceptConflict(tenant.deps, tenant.id, agency?.id ?? '', BY_ADMIN), 'not_acceptable');
  });
});
