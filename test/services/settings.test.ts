import { expect } from 'chai';
import { defaultSettings } from '../../src/core/organization.ts';
import { recordOf } from '../../src/core/user.ts';
import { changeSettings, previewPatch } from '../../src/services/change-settings.ts';
import { activateUser, deactivateUser } from '../../src/services/change-status.ts';
import { currentUser } from '../../src/services/current-user.ts';
import { createUser } from '../../src/services/manage-user.ts';
import { setAccess } from '../../src/services/set-access.ts';
import { signIn } from '../../src/services/sign-in.ts';
import { sweepPage } from '../../src/services/sweep.ts';
import { listed, openTenant, refused, type Tenant } from './tenant.ts';

const ADMIN = { kind: 'operator', id: 'admin' } as const;
const PEOPLE = Array.from({ length: 10 }, (_, index) => listed(`g${index}`, `g${index}@example.com`));

describe('§2.2 defaults', () => {
  it('§2.2 everything is off, linking is automatic, SCIM DELETE deactivates, and domains are those given', () => {
    const settings = defaultSettings(['example.com']);
    expect(settings.scim.enabled).to.equal(false);
    for (const name of ['google', 'microsoft'] as const)
      expect([settings[name].syncUsers, settings[name].autoEnableUsers]).to.deep.equal([false, false]);
    expect([settings.linkExistingUsers, settings.onScimDelete]).to.deep.equal(['auto', 'deactivate']);
    expect(settings.domains).to.deep.equal(['example.com']);
  });
});

describe('§2.2 (8) settings changes', () => {
  let tenant: Tenant;
  const activeOnes = () => tenant.stores.users.count(tenant.id, { field: 'status', op: 'eq', value: 'active' });

  beforeEach(async () => {
    tenant = await openTenant({ google: { syncUsers: true, autoEnableUsers: false, syncVersion: 0 } });
    await tenant.page(PEOPLE);
  });
  afterEach(() => tenant.stores.close());

  it('§2.2 (8) re-resolve stored people in pages, without any directory call', async () => {
    await changeSettings(tenant.deps, tenant.id, { google: { autoEnableUsers: true } });
    const pages: boolean[] = [];
    do pages.push(await sweepPage(tenant.deps, tenant.id));
    while (pages.at(-1));
    expect(pages).to.deep.equal([true, true, true, false]);
    expect(await activeOnes()).to.equal(10);
    expect(tenant.listing.asked).to.deep.equal([]);
  });

  it('§2.2 (8) only who changes is written', async () => {
    await tenant.set({ google: { autoEnableUsers: true } });
    const before = await tenant.stores.users.list(tenant.id, null, null, 100);
    const { sweep } = await tenant.set({ google: { autoEnableUsers: false } });
    expect([sweep.visited, sweep.changed]).to.deep.equal([10, 0]);
    expect(await tenant.stores.users.list(tenant.id, null, null, 100)).to.deep.equal(before);
  });

  it('§2.2 (8) the settings show how far the sweep is', async () => {
    const { sweep } = await changeSettings(tenant.deps, tenant.id, { google: { autoEnableUsers: true } });
    expect(sweep).to.include({ state: 'running', visited: 0 });
    await sweepPage(tenant.deps, tenant.id);
    expect((await tenant.organization()).sweep).to.include({ state: 'running', visited: 3, changed: 3 });
    await tenant.sweep();
    expect((await tenant.organization()).sweep).to.include({ state: 'idle', visited: 10, changed: 10 });
  });

  it('§2.2 (8) a page that is swept twice changes nothing', async () => {
    await changeSettings(tenant.deps, tenant.id, { google: { autoEnableUsers: true } });
    await Promise.all([tenant.sweep(), tenant.sweep()]);
    const { items } = await tenant.stores.users.list(tenant.id, null, null, 100);
    expect(items.map(({ version, status }) => [version, status])).to.deep.equal(items.map(() => [2, 'active']));
  });

  it('§2.2 (8) settings that move during a sweep start it anew', async () => {
    await changeSettings(tenant.deps, tenant.id, { google: { autoEnableUsers: true } });
    await sweepPage(tenant.deps, tenant.id);
    const { sweep } = await changeSettings(tenant.deps, tenant.id, { scim: { enabled: true } });
    expect(sweep).to.include({ state: 'running', cursor: null, visited: 0 });
    await tenant.sweep();
    expect(await activeOnes(), 'granted before SCIM came on').to.equal(3);
  });

  it('§2.2 (8) during a sweep reads by id resolve on read', async () => {
    const { id } = (await tenant.byEmail('g9@example.com')) ?? { id: '' };
    const organization = await changeSettings(tenant.deps, tenant.id, { google: { autoEnableUsers: true } });
    const stored = await tenant.user(id);
    expect([stored.status, currentUser(stored, organization).status]).to.deep.equal(['unprovisioned', 'active']);
  });

  it('§2.2 (8) nothing changed → nothing written', async () => {
    const before = await tenant.organization();
    expect(await changeSettings(tenant.deps, tenant.id, { google: { syncUsers: true } })).to.deep.equal(before);
    expect(await tenant.organization()).to.deep.equal(before);
  });

  it('§2.2 (2) every switch is previewed: a preview counts and lists what would change, and writes nothing', async () => {
    const before = await tenant.organization();
    const preview = await previewPatch(tenant.deps, tenant.id, { google: { autoEnableUsers: true } });
    expect(preview.changes).to.deep.equal({ total: 10, byStatus: { 'unprovisioned → active': 10 } });
    expect(preview.items[0]).to.deep.include({ from: { status: 'unprovisioned' }, to: { status: 'active' } });
    expect(preview.needsConfirmation).to.equal(false);
    expect(await tenant.organization()).to.deep.equal(before);
    expect(await activeOnes()).to.equal(0);
  });

  it('§2.2 (8) … with effects on access', async () => {
    await tenant.set({ google: { autoEnableUsers: true } });
    const user = await tenant.byEmail('g0@example.com');
    await setAccess(tenant.deps, tenant.target(user?.id ?? ''), { level: 'elevated', pools: ['pool'] });
    await tenant.set({ scim: { enabled: true } });
    await tenant.post({ userName: 'g0@example.com' }, { active: true });
    await tenant.page([{ ...listed('g0', 'g0@example.com'), activity: 'inactive', hash: '2' }]);
    expect((await tenant.byEmail('g0@example.com'))?.status).to.equal('active');
    const preview = await previewPatch(tenant.deps, tenant.id, { scim: { enabled: false } });
    const [item] = preview.items;
    expect(item?.to).to.include({ status: 'deactivated' });
    expect(item?.effects).to.include.members(['pools_left', 'level_limited', 'sessions_end']);
  });

  it('§2.2 (8) a preview says what the switch then does', async () => {
    for (const patch of [
      { google: { autoEnableUsers: true } },
      { scim: { enabled: true } },
      { google: { syncUsers: false } },
      { scim: { enabled: false } },
    ]) {
      const preview = await previewPatch(tenant.deps, tenant.id, patch);
      const { sweep } = await tenant.set(patch);
      expect(sweep.changed, JSON.stringify(patch)).to.be.at.least(preview.changes.total);
      expect((await previewPatch(tenant.deps, tenant.id, patch)).changes.total).to.equal(0);
    }
  });
});

describe("§2.2 (8) a settings change beyond the guard's limits", () => {
  let tenant: Tenant;
  /** So many active people whom switching SCIM off would deactivate. */
  async function openWith(leaving: number, staying: number): Promise<void> {
    tenant = await openTenant({
      scim: { enabled: true },
      google: { syncUsers: true, autoEnableUsers: false, syncVersion: 0 },
    });
    const people = Array.from({ length: leaving + staying }, (_, index) => `p${index}@example.com`);
    for (const userName of people) await tenant.post({ userName });
    await tenant.page(people.slice(0, leaving).map((email) => listed(email, email, { activity: 'inactive' })));
  }
  afterEach(() => tenant.stores.close());
  const off = { scim: { enabled: false } };

  it('§2.2 (8) needs `confirm: <preview digest>`', async () => {
    await openWith(6, 0);
    const { details } = await refused(changeSettings(tenant.deps, tenant.id, off), 'confirmation_required');
    expect((await tenant.organization()).settings.scim.enabled).to.equal(true);
    const { digest, needsConfirmation } = await previewPatch(tenant.deps, tenant.id, off);
    expect([needsConfirmation, (details.preview as { digest: string }).digest]).to.deep.equal([true, digest]);
    await tenant.set({ ...off, confirm: digest });
    expect((await tenant.byEmail('p0@example.com'))?.status).to.equal('deactivated');
  });

  it('§2.2 (8) … within them it needs none', async () => {
    await openWith(5, 0);
    await tenant.set(off);
    expect((await tenant.byEmail('p0@example.com'))?.status).to.equal('deactivated');
  });

  it('§2.2 (8) a digest confirms only what was shown', async () => {
    await openWith(6, 1);
    const { digest } = await previewPatch(tenant.deps, tenant.id, off);
    await tenant.page([listed('p6@example.com', 'p6@example.com', { activity: 'inactive' })]);
    await refused(changeSettings(tenant.deps, tenant.id, { ...off, confirm: digest }), 'confirmation_required');
  });
});

describe('§2.2 (5) grants, page by page and at sign-in', () => {
  let tenant: Tenant;
  const google = (autoEnableUsers: boolean, syncUsers = true) => ({ syncUsers, autoEnableUsers, syncVersion: 0 });
  const ADA = { email: 'ada@example.com', issuer: 'https://accounts.google.com', subject: 'g' };
  const ada = async () => (await tenant.byEmail('ada@example.com')) ?? expect.fail('nobody has the address');
  afterEach(() => tenant.stores.close());

  it('§2.2 (5) the check runs on every page, before the unchanged test', async () => {
    tenant = await openTenant({ google: google(false) });
    await tenant.page([listed('g', 'ada@example.com')]);
    const organization = await tenant.organization();
    const settings = { ...organization.settings, google: google(true) };
    await tenant.stores.organizations.save({ ...organization, settings, version: organization.version + 1 });
    const outcome = await tenant.page([listed('g', 'ada@example.com')]);
    expect([outcome.updated, outcome.unchanged]).to.deep.equal([1, 0]);
    expect((await ada()).status).to.equal('active');
  });

  it('§2.2 (5) an unprovisioned person who signs in is granted', async () => {
    tenant = await openTenant({ google: google(false) });
    await tenant.page([listed('g', 'ada@example.com')]);
    const answer = await signIn(tenant.deps, tenant.id, ADA);
    expect([answer.allowed, answer.code]).to.deep.equal([true, 'allowed']);
    expect(recordOf(await ada(), 'google')?.directory?.granted).to.equal(true);
  });

  for (const [title, settings] of [
    ['while SCIM is on', { scim: { enabled: true }, google: google(false) }],
    ['while sync is off', { google: google(false, false) }],
  ] as const)
    it(`§2.2 (5) … but not ${title}`, async () => {
      tenant = await openTenant(settings);
      await tenant.page([listed('g', 'ada@example.com')]);
      expect((await signIn(tenant.deps, tenant.id, ADA)).allowed).to.equal(false);
      expect((await ada()).status).to.equal('unprovisioned');
    });

  it('§2.2 (5) … nor somebody an admin has deactivated', async () => {
    tenant = await openTenant({ google: google(false) });
    await tenant.page([listed('g', 'ada@example.com')]);
    await deactivateUser(tenant.deps, tenant.target((await ada()).id));
    const answer = await signIn(tenant.deps, tenant.id, ADA);
    expect([answer.allowed, answer.code]).to.deep.equal([false, 'deactivated']);
  });

  it('§2.2 (5) … nor somebody no directory lists', async () => {
    tenant = await openTenant({ google: google(false) });
    await createUser(tenant.deps, tenant.id, ADMIN, { attributes: {}, email: 'ada@example.com' });
    expect((await signIn(tenant.deps, tenant.id, ADA)).code).to.equal('not_activated');
  });

  it('§2.2 (5) confirmed absence elsewhere: the person stays active, and leaves when that directory goes dormant', async () => {
    tenant = await openTenant({ google: google(true), microsoft: google(true) });
    await tenant.page([listed('g', 'ada@example.com')]);
    await tenant.page([listed('m', 'ada@example.com', { source: 'microsoft' })]);
    await tenant.gone('google', (await ada()).id);
    expect((await ada()).status).to.equal('active');
    await tenant.set({ microsoft: { syncUsers: false } });
    expect((await ada()).status).to.equal('deactivated');
  });

  it('§2.2 (6) on switching SCIM off, whom directories list is granted in the sweep', async () => {
    tenant = await openTenant({ scim: { enabled: true }, google: google(true) });
    await tenant.page([listed('g', 'ada@example.com')]);
    await tenant.set({ scim: { enabled: false } });
    expect((await ada()).status).to.equal('active');
  });
});

describe('§2.4 by hand', () => {
  let tenant: Tenant;
  beforeEach(async () => {
    tenant = await openTenant();
  });
  afterEach(() => tenant.stores.close());
  const role = { role: 'interviewer', scope: { kind: 'organization', id: '*' } } as const;

  it('§2.4 new users by hand are unprovisioned until activated', async () => {
    const ada = await createUser(tenant.deps, tenant.id, ADMIN, { attributes: {}, email: 'ada@example.com' });
    expect(ada.status).to.equal('unprovisioned');
    expect((await activateUser(tenant.deps, tenant.target(ada.id))).status).to.equal('active');
  });

  it('§2.4 deactivated and back: limited access, dormant roles return with level elevated', async () => {
    const { id } = await createUser(tenant.deps, tenant.id, ADMIN, { attributes: {}, email: 'ada@example.com' });
    const target = tenant.target(id);
    await activateUser(tenant.deps, target);
    await setAccess(tenant.deps, target, { level: 'elevated', roles: [role], pools: ['pool'] });
    const left = await deactivateUser(tenant.deps, target);
    expect(left.access).to.deep.equal({ level: 'limited', roles: [], dormantRoles: [role], pools: [] });
    expect((await activateUser(tenant.deps, target)).access.level).to.equal('limited');
    const elevated = await setAccess(tenant.deps, target, { level: 'elevated' });
    expect([elevated.access.roles, elevated.access.dormantRoles]).to.deep.equal([[role], []]);
  });

  it('§2.4 effects leave through the outbox with the event of the same write', async () => {
    const { id } = await createUser(tenant.deps, tenant.id, ADMIN, { attributes: {}, email: 'ada@example.com' });
    await activateUser(tenant.deps, tenant.target(id));
    await setAccess(tenant.deps, tenant.target(id), { level: 'elevated', roles: [role], pools: ['pool'] });
    const left = await deactivateUser(tenant.deps, tenant.target(id));
    const event = (await tenant.events()).at(-1);
    expect(event?.id).to.equal(`${id}:${left.eventCount}`);
    expect(event?.type).to.equal('user.deactivated');
    expect(event?.effects).to.have.members([
      'pools_left',
      'level_limited',
      'roles_dormant',
      'interviews_to_reschedule',
      'sessions_end',
    ]);
  });
});
