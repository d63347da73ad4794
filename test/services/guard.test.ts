import { expect } from 'chai';
import type { DirectoryPerson } from '../../src/core/directory-person.ts';
import { changeSettings } from '../../src/services/change-settings.ts';
import { listed, openTenant, type Tenant } from './tenant.ts';

const crowd = (count: number): DirectoryPerson[] =>
  Array.from({ length: count }, (_, index) => {
    const name = `p${String(index).padStart(4, '0')}`;
    return listed(name, `${name}@example.com`, { givenName: name });
  });
const again = (person: DirectoryPerson, facts: Partial<DirectoryPerson>): DirectoryPerson =>
  listed(person.externalId, person.email, { ...person, ...facts });

describe('§2.6 the guard at the end of a run', () => {
  let tenant: Tenant;
  let isOpen = false;
  const activeOnes = () => tenant.stores.users.count(tenant.id, { field: 'status', op: 'eq', value: 'active' });
  const change = (count: number, facts: (person: DirectoryPerson) => Partial<DirectoryPerson>) => {
    tenant.listing.people = tenant.listing.people.map((person, index) =>
      index < count ? again(person, facts(person)) : person,
    );
  };
  const leave = (count: number) => {
    tenant.listing.people = tenant.listing.people.slice(count);
  };
  /** Opens an organization anew, in the place of the one before. */
  const open = async (count: number) => {
    if (isOpen) await tenant.stores.close();
    isOpen = true;
    tenant = await openTenant({ google: { syncUsers: true, autoEnableUsers: true, syncVersion: 0 } });
    tenant.listing.people = crowd(count);
    expect(await tenant.sync()).to.include({ state: 'finished' });
    expect(await activeOnes()).to.equal(count);
  };
  afterEach(async () => {
    await tenant.stores.close();
    isOpen = false;
  });

  for (const [how, leaving] of [
    ['inactive', (count: number) => change(count, () => ({ activity: 'inactive' }))],
    ['gone', leave],
  ] as const)
    it(`case-R20: 5 people ${how} pass, 6 of 59 are held, 6 of 60 pass`, async () => {
      await open(60);
      leaving(5);
      expect(await tenant.sync()).to.include({ state: 'finished' });
      expect(await activeOnes()).to.equal(55);
      await open(59);
      leaving(6);
      const held = await tenant.sync();
      expect([held.state, held.plan?.total, await activeOnes()]).to.deep.equal(['held', 6, 59]);
      await open(60);
      leaving(6);
      expect(await tenant.sync()).to.include({ state: 'finished' });
      expect(await activeOnes()).to.equal(54);
    });

  it('case-R20: a listing of nobody is held, and nobody is asked about', async () => {
    await open(3);
    leave(3);
    const held = await tenant.sync();
    expect([held.state, held.reasons[0]?.code]).to.deep.equal(['held', 'empty_listing']);
    expect([await activeOnes(), tenant.listing.asked]).to.deep.equal([3, []]);
  });

  it('§2.6 it counts the people the source last asserted active, hidden by a higher source or not', async () => {
    await open(60);
    await tenant.set({ scim: { enabled: true } });
    for (const person of tenant.listing.people.slice(0, 7))
      await tenant.post({ userName: person.email ?? '' }, { active: true });
    change(7, () => ({ activity: 'inactive' }));
    const held = await tenant.sync();
    expect([held.state, held.plan?.total]).to.deep.equal(['held', 7]);
  });

  it('§2.6 whoever was inactive already is not there to be missed', async () => {
    await open(40);
    for (const rest of [1, 2]) {
      tenant.listing.people = tenant.listing.people.map((person, index) =>
        index % 8 === rest ? again(person, { activity: 'inactive' }) : person,
      );
      expect(await tenant.sync()).to.include({ state: 'finished' });
    }
    expect(await activeOnes()).to.equal(30);
    tenant.listing.people = tenant.listing.people.filter(({ activity }) => activity === 'active');
    expect(await tenant.sync()).to.include({ state: 'finished' });
    expect(await activeOnes()).to.equal(30);
  });

  it('§2.6 case-R21: more than 10 % blank names or addresses, or changed addresses, are held, without a floor', async () => {
    for (const facts of [
      () => ({ givenName: null }),
      () => ({ email: null }),
      ({ email }: DirectoryPerson) => ({ email: `new-${email}` }),
    ]) {
      await open(30);
      change(4, facts);
      const held = await tenant.sync();
      expect([held.state, held.plan?.total]).to.deep.equal(['held', 4]);
      expect((await tenant.byEmail('p0000@example.com'))?.attributes.displayName).to.equal('p0000');
      await open(30);
      change(3, facts);
      expect(await tenant.sync()).to.include({ state: 'finished' });
    }
  });

  it('§2.6 harmless changes apply page by page, whatever is held', async () => {
    await open(30);
    tenant.listing.pageSize = 10;
    change(6, () => ({ activity: 'inactive' }));
    tenant.listing.people = tenant.listing.people.map((person, index) =>
      index < 6 ? person : again(person, { title: 'new' }),
    );
    expect(await tenant.sync()).to.include({ state: 'held' });
    const { items } = await tenant.stores.users.list(tenant.id, null, null, 100);
    expect(items.map(({ status, attributes }) => `${status} ${attributes.title ?? '-'}`)).to.deep.equal([
      ...Array.from({ length: 6 }, () => 'active -'),
      ...Array.from({ length: 24 }, () => 'active new'),
    ]);
  });

  it('§2.6 up to 200 candidates are point-checked first; above that the guard decides without', async () => {
    await open(3);
    tenant.listing.hidden = tenant.listing.people.slice(0, 1);
    leave(2);
    expect(await tenant.sync()).to.include({ state: 'finished' });
    expect([tenant.listing.asked.length, await activeOnes()]).to.deep.equal([2, 2]);
    await open(202);
    leave(200);
    await tenant.sync();
    expect(tenant.listing.asked.length).to.equal(200);
    tenant.listing.asked.length = 0;
    leave(1);
    expect(await tenant.sync()).to.include({ state: 'held' });
    expect(tenant.listing.asked.length).to.equal(0);
  });

  it('§2.6 a plan has a number and a digest, and expires 24 h after it was made', async () => {
    await open(30);
    change(6, () => ({ activity: 'inactive' }));
    const { plan } = await tenant.sync();
    expect(plan?.number).to.equal(1);
    expect(Date.parse(plan?.expiresAt ?? '') - tenant.clock.now()).to.equal(24 * 3_600_000);
  });

  it('§2.6 while one waits, runs continue: the same digest keeps its number, another replaces it', async () => {
    await open(30);
    change(6, () => ({ activity: 'inactive' }));
    const first = await tenant.sync();
    const second = await tenant.sync();
    expect([second.plan?.number, second.plan?.digest]).to.deep.equal([1, first.plan?.digest]);
    change(7, () => ({ activity: 'inactive' }));
    const third = await tenant.sync();
    expect(third.plan?.number).to.equal(2);
    expect(third.plan?.digest).to.not.equal(first.plan?.digest);
  });

  it("§2.6 the digest covers the source's proposed changes only: SCIM changes do not void it", async () => {
    await open(30);
    change(6, () => ({ activity: 'inactive' }));
    const first = await tenant.sync();
    await tenant.set({ scim: { enabled: true } });
    await tenant.post({ userName: 'p0000@example.com', title: 'SCIM' }, { active: false });
    const second = await tenant.sync();
    expect([second.plan?.number, second.plan?.digest]).to.deep.equal([1, first.plan?.digest]);
  });

  it('§2.6 a run pins the version of the sync flag; if it moves, it ends `superseded` without removals', async () => {
    await open(30);
    tenant.listing.pageSize = 10;
    leave(2);
    const read = tenant.deps.directories.openGoogle;
    let moved = false;
    const directory = read('', { clientEmail: '', privateKey: '', privateKeyId: null, subject: '' });
    Object.assign(tenant.deps.directories, {
      openGoogle: () => ({
        ...directory,
        async readPage(cursor: string | null) {
          const page = await directory.readPage(cursor);
          if (!moved) {
            moved = true;
            await changeSettings(tenant.deps, tenant.id, { google: { syncUsers: false } });
          }
          return page;
        },
      }),
    });
    expect(await tenant.sync()).to.include({ state: 'superseded' });
    expect(await activeOnes()).to.equal(30);
  });

  for (const patch of [{ scim: { enabled: true } }, { google: { autoEnableUsers: false } }])
    it(`§2.6 switching SCIM or auto-enable does not end a run: ${JSON.stringify(patch)}`, async () => {
      await open(30);
      const directory = tenant.deps.directories.openGoogle('', {
        clientEmail: '',
        privateKey: '',
        privateKeyId: null,
        subject: '',
      });
      let moved = false;
      Object.assign(tenant.deps.directories, {
        openGoogle: () => ({
          ...directory,
          async readPage(cursor: string | null) {
            if (!moved) {
              moved = true;
              await changeSettings(tenant.deps, tenant.id, patch);
            }
            return directory.readPage(cursor);
          },
        }),
      });
      expect(await tenant.sync()).to.include({ state: 'finished' });
    });
});
