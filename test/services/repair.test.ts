import { expect } from 'chai';
import { mongo as driver } from 'mongoose';
import { repairGroups, repairPeople, retryFreeAddresses } from '../../src/services/reconcile.ts';
import { aGroup, membersOf, writing } from '../fixtures/resources.ts';
import { describeOnMongo } from '../servers/describe-on.ts';
import { startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { SHARED_KEYS } from '../support/shared-keys.ts';

const LONG_AGO = '2020-01-01T00:00:00.000Z';

describeOnMongo('A swap of addresses whose writer died half-way', (mongo) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let client: driver.MongoClient;
  let ada: string;

  beforeEach(async () => {
    const url = mongo.freshUrl();
    rollcall = await startRollcall({ env: { ...SHARED_KEYS, MONGODB_URL: url } });
    organization = await rollcall.addOrganization();
    ada = (await organization.addUser('Ada', 'ada@example.com')).id;
    client = new driver.MongoClient(url);
    const parked = { at: LONG_AGO, emailKey: 'ada@example.com', userNameKey: 'ada@example.com' };
    const change = { $set: { parked }, $unset: { emailKey: '', userNameKey: '' } } as const;
    await client.db().collection('users').updateOne({ id: ada }, change);
  });
  afterEach(async () => {
    await client.close();
    await rollcall.stop();
  });

  const repair = () => repairPeople(rollcall.rollcall.deps);
  const addressOf = async (id: string) => (await organization.user(id)).email ?? null;

  it('is undone, and nothing of it remains', async () => {
    await repair();
    expect(await addressOf(ada)).to.equal('ada@example.com');
    const parked = await client
      .db()
      .collection('users')
      .countDocuments({ parked: { $exists: true } });
    expect(parked).to.equal(0);
    const { status } = await rollcall.api.post(`${organization.path}/users`, { name: 'Eve', email: 'ada@example.com' });
    expect(status).to.equal(409);
  });

  it('leaves the address to whoever took it, until it is free again', async () => {
    const eve = await organization.addUser('Eve', 'ada@example.com');
    await repair();
    expect(await addressOf(ada)).to.equal(null);
    const [conflict] = (await rollcall.api.get(`${organization.path}/conflicts`)).body.items;
    expect(conflict).to.include({ kind: 'email_taken', userId: ada, otherUserId: eve.id });
    await rollcall.api.patch(`${organization.path}/users/${eve.id}`, { email: 'eve@example.com' });
    await retryFreeAddresses(rollcall.rollcall.deps);
    expect(await addressOf(ada)).to.equal('ada@example.com');
    expect(await addressOf(eve.id)).to.equal('eve@example.com');
  });
});

describeOnMongo('A change of a group whose writer died half-way', (mongo) => {
  it('is finished by the repeating work of a process', async () => {
    const url = mongo.freshUrl();
    const rollcall = await startRollcall({ env: { ...SHARED_KEYS, MONGODB_URL: url } });
    const client = new driver.MongoClient(url);
    try {
      const { deps } = rollcall.rollcall;
      const group = aGroup();
      await deps.stores.resources.save(writing(group, { add: membersOf(['ada']) }));
      const pending = { at: LONG_AGO, version: 2, replace: false, add: membersOf(['bob']), remove: ['ada'] };
      await client
        .db()
        .collection('resources')
        .updateOne({ id: group.id }, { $set: { version: 2, pending } });
      await repairGroups(deps);
      const rows = client.db().collection('memberships');
      expect(
        await rows
          .find({ present: true })
          .map(({ member }) => member)
          .toArray(),
      ).to.deep.equal(['bob']);
      expect(
        await client
          .db()
          .collection('resources')
          .countDocuments({ pending: { $exists: true } }),
      ).to.equal(0);
    } finally {
      await client.close();
      await rollcall.stop();
    }
  });
});
