import { expect } from 'chai';
import { EMPLOYEE_NUMBER } from '../../src/core/person-attributes.ts';
import type { User } from '../../src/core/user.ts';
import type { UserStore } from '../../src/ports/user-store.ts';
import { aRun } from '../fixtures/runs.ts';
import {
  aDirectoryRecord,
  anOwnedUser,
  aScimRecord,
  aUser,
  CONNECTION,
  changed,
  ORGANIZATION,
} from '../fixtures/users.ts';
import { eachWithStores, type OpenStores, refused } from './open-stores.ts';

/** What every UserStore promises about one person at a time. */
export function userStoreContract(open: OpenStores): void {
  const test = eachWithStores(open);
  const users = () => test.stores.users;
  const put = putWith(users);

  describe('saving', () => savingContract(users, put));
  describe('uniqueness', () => uniquenessContract(users, put));
  describe('finding', () => findingContract(users, put));

  describe('under a fence', () => {
    it('writes for the run that holds the lease, and for no former one', async () => {
      const { runs } = test.stores;
      const run = aRun();
      await runs.insert(run);
      const first = await runs.acquire(ORGANIZATION, run.id, 'worker-1', 1_000);
      const ours = { runId: run.id, epoch: first?.epoch ?? -1 };
      const user = await users().save({ user: aUser(), events: [] }, ours);
      await test.pass(1_100);
      await runs.acquire(ORGANIZATION, run.id, 'worker-2', 1_000);
      await refused(users().save({ user: changed(user, { status: 'deactivated' }), events: [] }, ours), 'superseded');
      expect(await users().get(ORGANIZATION, user.id)).to.deep.equal(user);
    });

    it('writes nothing for a run nobody knows', async () => {
      const user = aUser();
      await refused(users().save({ user, events: [] }, { runId: 'nobody', epoch: 1 }), 'superseded');
      expect(await users().get(ORGANIZATION, user.id)).to.equal(null);
    });
  });
}

type Put = (facts?: User) => Promise<User>;

function putWith(users: () => UserStore): Put {
  return (user = aUser()) => users().save({ user, events: [] });
}

function savingContract(users: () => UserStore, put: Put): void {
  it('gives a person back as they were saved', async () => {
    const user = anOwnedUser(
      { userName: 'Ada', displayName: 'Ada Ⅲ "Lovelace" \u0000\ud83d\ude00', name: { familyName: 'Lovelace' } },
      { heldEmail: { wanted: null, source: 'google', reason: 'linking' } },
      { email: null, opaque: '{"a":[1]}', stamps: { title: 3 } },
    );
    await put(user);
    expect(await users().get(ORGANIZATION, user.id)).to.deep.equal(user);
  });

  it('replaces a person whose version is one on', async () => {
    const user = await put();
    const next = changed(user, { status: 'terminated', attributes: { title: 'Countess' } });
    expect(await put(next)).to.deep.equal(next);
    expect(await users().get(ORGANIZATION, user.id)).to.deep.equal(next);
  });

  it('refuses versions that are not one on', async () => {
    const user = await put();
    for (const version of [1, 3]) await refused(put({ ...user, version }), 'stale');
    await refused(put(aUser({ version: 2 })), 'stale');
    expect(await users().get(ORGANIZATION, user.id)).to.deep.equal(user);
  });

  it('lets exactly one of twenty racing saves win', async () => {
    const user = await put();
    const saves = Array.from({ length: 20 }, (_, n) => put(changed(user, { attributes: { title: `writer ${n}` } })));
    const outcomes = await Promise.allSettled(saves);
    const won = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    expect(won).to.have.length(1);
    expect(await users().get(ORGANIZATION, user.id)).to.deep.equal(won[0]);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).to.have.property('code', 'stale');
  });

  it('lets exactly one of twenty racing inserts of one address win', async () => {
    const saves = Array.from({ length: 20 }, () => put(aUser({ email: 'ada@example.com' })));
    const outcomes = await Promise.allSettled(saves);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
    expect(await users().count(ORGANIZATION, null)).to.equal(1);
  });

  it('refuses each of the saves that are asked for at once for itself', async () => {
    const [ada, bob] = [await put(aUser({ email: 'ada@example.com' })), await put(aUser({ email: 'bob@example.com' }))];
    const next = changed(ada, { attributes: { title: 'Countess' } });
    const newcomer = aUser({ email: 'cid@example.com' });
    const saves = [put({ ...bob, version: 7 }), put(next), put(aUser({ email: 'ADA@example.com' })), put(newcomer)];
    const [stale, well, taken, created] = await Promise.allSettled(saves);
    expect(stale).to.have.nested.property('reason.code', 'stale');
    expect(taken).to.have.nested.property('reason.code', 'email_taken');
    expect(taken).to.have.deep.nested.property('reason.details', { userId: ada.id });
    expect([well, created].map((outcome) => outcome?.status)).to.deep.equal(['fulfilled', 'fulfilled']);
    const stored = await users().getMany(ORGANIZATION, [ada.id, bob.id, newcomer.id]);
    expect(stored).to.have.deep.members([next, bob, newcomer]);
    expect(await users().count(ORGANIZATION, null)).to.equal(3);
  });

  it('counts a refused save nowhere and frees nothing for it', async () => {
    const ada = await put(aUser({ email: 'ada@example.com' }));
    const bob = await put(aUser({ email: 'bob@example.com' }));
    await refused(put(changed(bob, { email: 'ada@example.com', status: 'deactivated' })), 'email_taken');
    expect(await users().count(ORGANIZATION, { field: 'status', op: 'eq', value: 'active' })).to.equal(2);
    expect(await users().findByEmail(ORGANIZATION, 'bob@example.com')).to.deep.equal(bob);
    expect(await users().findByEmail(ORGANIZATION, 'ada@example.com')).to.deep.equal(ada);
  });
}

function uniquenessContract(users: () => UserStore, put: Put): void {
  it('keeps an address for one person, however it is spelled and whatever their status', async () => {
    const ada = await put(aUser({ email: 'Ada@Example.com', status: 'terminated' }));
    const details = await refused(put(aUser({ email: 'aDA@example.COM' })), 'email_taken');
    expect(details).to.deep.equal({ userId: ada.id });
  });

  it('keeps an address for one person beyond ASCII', async () => {
    await put(aUser({ email: 'Zoë@example.com' }));
    await refused(put(aUser({ email: 'ZOE\u0308@example.com' })), 'email_taken');
  });

  it('lets any number of people have no address', async () => {
    await put(aUser({ email: null }));
    await put(aUser({ email: null }));
    expect(await users().count(ORGANIZATION, null)).to.equal(2);
  });

  it('keeps an address also from agency people', async () => {
    const ada = await put(aUser({ email: 'ada@example.com', kind: 'agency', scim: { id: null, connectionId: null } }));
    expect(await refused(put(aUser({ email: 'ada@example.com' })), 'email_taken')).to.deep.equal({ userId: ada.id });
  });

  it('frees an address when its holder takes another', async () => {
    const ada = await put(aUser({ email: 'ada@example.com' }));
    await put(changed(ada, { email: 'countess@example.com' }));
    const bob = await put(aUser({ email: 'ada@example.com' }));
    expect(await users().findByEmail(ORGANIZATION, 'ADA@example.com')).to.deep.equal(bob);
  });

  it('keeps a userName for one person', async () => {
    const ada = await put(anOwnedUser({ userName: 'Ada' }));
    expect(await refused(put(anOwnedUser({ userName: 'aDa' })), 'user_name_taken')).to.deep.equal({ userId: ada.id });
  });

  it('takes the address of a person nobody owns for their userName', async () => {
    const ada = await put(anOwnedUser({ userName: 'ada@example.com' }, { email: 'lovelace@example.com' }));
    const details = await refused(put(aUser({ email: 'ADA@example.com' })), 'user_name_taken');
    expect(details).to.deep.equal({ userId: ada.id });
  });

  it('frees the userName of agency people and of dead SCIM ids', async () => {
    const agent = { kind: 'agency', email: 'agent@example.com', scim: { id: null, connectionId: null } } as const;
    await put(aUser(agent));
    await put(anOwnedUser({ userName: 'agent@example.com' }));
    const gone = await put(anOwnedUser({ userName: 'gone' }));
    await refused(put(anOwnedUser({ userName: 'gone' })), 'user_name_taken');
    await put(changed(gone, { scim: { id: null, connectionId: null } }));
    await put(anOwnedUser({ userName: 'gone' }));
    expect(await users().count(ORGANIZATION, null)).to.equal(4);
  });

  it('keeps a SCIM id for one person', async () => {
    const ada = await put();
    const details = await refused(put(aUser({ scim: { ...ada.scim } })), 'source_key_taken');
    expect(details).to.deep.equal({ userId: ada.id });
  });

  it('keeps an external id for one person within source and connection', async () => {
    const ada = await put(aUser({ records: [aDirectoryRecord('google', 'g1')] }));
    const rival = aUser({ records: [aDirectoryRecord('google', 'g1')] });
    expect(await refused(put(rival), 'source_key_taken')).to.deep.equal({ userId: ada.id });
    await put(aUser({ records: [aDirectoryRecord('google', 'G1')] }));
    await put(aUser({ records: [aDirectoryRecord('microsoft', 'g1')] }));
    await put(aUser({ records: [aScimRecord({}, { externalId: 'g1' })] }));
    await put(aUser({ records: [aScimRecord({}, { externalId: 'g1', connectionId: 'connection-2' })] }));
    await refused(put(aUser({ records: [aScimRecord({}, { externalId: 'g1' })] })), 'source_key_taken');
  });

  it('frees an external id when the record takes another', async () => {
    const ada = await put(aUser({ records: [aDirectoryRecord('google', 'g1')] }));
    await put(changed(ada, { records: [aDirectoryRecord('google', 'g2')] }));
    await put(aUser({ records: [aDirectoryRecord('google', 'g1')] }));
    const details = await refused(put(aUser({ records: [aDirectoryRecord('google', 'g2')] })), 'source_key_taken');
    expect(details).to.deep.equal({ userId: ada.id });
  });

  const holding = (...uniqueValues: string[]) => anOwnedUser({}, {}, { uniqueValues });

  it('keeps a unique value for one person of the organization, whatever their connection', async () => {
    const ada = await put(holding('badge:7', 'desk:7'));
    expect(await refused(put(holding('badge:8', 'badge:7')), 'value_taken')).to.deep.equal({ userId: ada.id });
    const other = anOwnedUser({}, {}, { uniqueValues: ['desk:7'], connectionId: 'connection-2' });
    expect(await refused(put(other), 'value_taken')).to.deep.equal({ userId: ada.id });
    await put({ ...holding('badge:7'), organizationId: 'organization-2' });
    const again = changed(ada, { status: 'deactivated' });
    expect(await put(again)).to.deep.equal(again);
    expect(await users().get(ORGANIZATION, ada.id)).to.deep.equal(again);
    expect(await users().findBySourceKeys(ORGANIZATION, 'scim', CONNECTION, ['badge:7'])).to.deep.equal([]);
  });

  it('frees a unique value when its holder takes another, is deleted over SCIM, or is given away', async () => {
    const [ada, bob] = [await put(holding('badge:1')), await put(holding('badge:2'))];
    const record = (value: string) => ({ records: [aScimRecord({}, { uniqueValues: [value] })] });
    await put(changed(ada, record('badge:3')));
    await put(changed(bob, { scim: { id: null, connectionId: null } }));
    const [carl, dora] = [await put(holding('badge:1')), await put(holding('badge:2'))];
    await put(changed(carl, { scim: { ...carl.scim, connectionId: null } }));
    await put(holding('badge:1'));
    await refused(put(holding('badge:2')), 'value_taken');
    await refused(put(changed(dora, record('badge:3'))), 'value_taken');
  });

  it('keeps the host’s id for one person of the organization, and frees it when they lose it', async () => {
    const ada = await put(aUser({ hostId: 'h1' }));
    expect(await refused(put(aUser({ hostId: 'h1' })), 'host_id_taken')).to.deep.equal({ userId: ada.id });
    await put({ ...aUser({ hostId: 'h1' }), organizationId: 'organization-2' });
    const bob = await put(aUser({ hostId: 'H1' }));
    expect(await refused(put(changed(bob, { hostId: 'h1' })), 'host_id_taken')).to.deep.equal({ userId: ada.id });
    const renamed = await put(changed(ada, { hostId: 'h2' }));
    expect((await users().get(ORGANIZATION, ada.id))?.hostId).to.equal('h2');
    await put(changed(bob, { hostId: 'h1' }));
    const { hostId: _, ...rest } = renamed;
    await put(changed(rest));
    await put(aUser({ hostId: 'h2' }));
  });

  it('gives the host’s id to one of those who race for it', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => put(aUser({ hostId: 'h' }))));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') await refused(Promise.reject(outcome.reason), 'host_id_taken');
  });

  it('gives a unique value to one of those who race for it', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => put(holding('badge:9'))));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') await refused(Promise.reject(outcome.reason), 'value_taken');
    expect(await users().count(ORGANIZATION, null)).to.equal(1);
  });
}

function findingContract(users: () => UserStore, put: Put): void {
  it('finds nobody where nobody is', async () => {
    await put();
    expect(await users().get(ORGANIZATION, 'nobody')).to.equal(null);
    expect(await users().findByScimId(ORGANIZATION, 'nobody')).to.equal(null);
    expect(await users().findByEmail(ORGANIZATION, 'nobody@example.com')).to.equal(null);
    expect(await users().findByUserName(ORGANIZATION, 'nobody')).to.equal(null);
    expect(await users().getMany(ORGANIZATION, ['nobody'])).to.deep.equal([]);
    expect(await users().findByEmails(ORGANIZATION, [])).to.deep.equal([]);
    expect(await users().findBySourceKeys(ORGANIZATION, 'google', null, ['nobody'])).to.deep.equal([]);
  });

  it('finds many by id, each once', async () => {
    const people = [await put(), await put(), await put()];
    const ids = [...people, ...people].map(({ id }) => id);
    expect(await users().getMany(ORGANIZATION, [...ids, 'nobody'])).to.have.deep.members(people);
  });

  it('finds by SCIM id until it dies', async () => {
    const ada = await put();
    expect(await users().findByScimId(ORGANIZATION, ada.scim.id ?? '')).to.deep.equal(ada);
    await put(changed(ada, { scim: { id: null, connectionId: null } }));
    expect(await users().findByScimId(ORGANIZATION, ada.scim.id ?? '')).to.equal(null);
  });

  it('finds by address in any case, whoever it is', async () => {
    const gone = await put(aUser({ email: 'Gone@Example.com', scim: { id: null, connectionId: null } }));
    const bob = await put(aUser({ email: 'bob@example.com' }));
    expect(await users().findByEmail(ORGANIZATION, 'gone@EXAMPLE.com')).to.deep.equal(gone);
    const both = await users().findByEmails(ORGANIZATION, ['GONE@example.com', 'bob@example.com', 'BOB@example.com']);
    expect(both).to.have.deep.members([gone, bob]);
  });

  it('finds by employee number, trimmed and else as it is: two at most who share one, whoever else has it', async () => {
    const numbered = (number: string) => put(aUser({ attributes: { [EMPLOYEE_NUMBER]: number } }));
    const [ada, bob, gone] = [await numbered(' E-7 '), await numbered('e-7'), await numbered('8')];
    const find = (...numbers: readonly string[]) => users().findByEmployeeNumbers(ORGANIZATION, numbers);
    expect(await find('E-7', 'e-7', '9', 'E-7')).to.have.deep.members([ada, bob]);
    await put(changed(gone, { attributes: {} }));
    expect(await find('8')).to.deep.equal([]);
    for (let n = 0; n < 9; n++) await numbered('0');
    const found = await find('0', 'E-7');
    expect(found.map(({ attributes }) => attributes[EMPLOYEE_NUMBER])).to.have.members(['0', '0', ' E-7 ']);
    expect(await find()).to.deep.equal([]);
  });

  it('finds by userName: that of the owner’s record, or the address of a person nobody owns', async () => {
    const owned = await put(anOwnedUser({ userName: 'Ada' }, { email: 'lovelace@example.com' }));
    const unowned = await put(aUser({ email: 'bob@example.com' }));
    expect(await users().findByUserName(ORGANIZATION, 'aDA')).to.deep.equal(owned);
    expect(await users().findByUserName(ORGANIZATION, 'Bob@example.com')).to.deep.equal(unowned);
    expect(await users().findByUserName(ORGANIZATION, 'lovelace@example.com')).to.equal(null);
  });

  it('falls back on the userName a deleted person had, unless somebody living has it', async () => {
    const deleted = anOwnedUser({ userName: 'Ada' }, { scim: { id: null, connectionId: null } });
    await put(deleted);
    expect(await users().findByUserName(ORGANIZATION, 'ada')).to.deep.equal(deleted);
    const living = await put(anOwnedUser({ userName: 'ada' }));
    expect(await users().findByUserName(ORGANIZATION, 'ada')).to.deep.equal(living);
  });

  it('falls back on the one of them whom SCIM last saw change', async () => {
    const deleted = (at: string, seen: string) =>
      anOwnedUser(
        { userName: 'Ada' },
        { scim: { id: null, connectionId: null }, updatedAt: at, seenByScim: { version: 1, at: seen } },
      );
    const [first, second, third] = ['2026-01-01', '2026-01-02', '2026-01-03'].map((day) => `${day}T00:00:00.000Z`);
    await put(deleted(third ?? '', first ?? ''));
    const last = await put(deleted(second ?? '', second ?? ''));
    expect(await users().findByUserName(ORGANIZATION, 'ada')).to.deep.equal(last);
  });

  it('follows a person from one owner to none', async () => {
    const owned = await put(anOwnedUser({ userName: 'ada' }, { email: 'lovelace@example.com' }));
    const released = await put(changed(owned, { scim: { ...owned.scim, connectionId: null } }));
    expect(await users().findByUserName(ORGANIZATION, 'ada')).to.equal(null);
    expect(await users().findByUserName(ORGANIZATION, 'lovelace@example.com')).to.deep.equal(released);
  });

  it('finds by source keys, deleted people too, in one read', async () => {
    const people = await Promise.all(
      ['g1', 'g2', 'g3'].map((key) => put(aUser({ records: [aDirectoryRecord('google', key)] }))),
    );
    const deleted = await put(
      anOwnedUser({ userName: 'ada' }, { scim: { id: null, connectionId: null } }, { externalId: 'g1' }),
    );
    const keys = ['g3', 'g1', 'g1', 'nobody'];
    const found = await users().findBySourceKeys(ORGANIZATION, 'google', null, keys);
    expect(found).to.have.deep.members([people[0], people[2]]);
    expect(await users().findBySourceKeys(ORGANIZATION, 'scim', CONNECTION, keys)).to.deep.equal([deleted]);
    expect(await users().findBySourceKeys(ORGANIZATION, 'scim', 'connection-2', keys)).to.deep.equal([]);
    expect(await users().findBySourceKeys(ORGANIZATION, 'microsoft', null, keys)).to.deep.equal([]);
  });
}
