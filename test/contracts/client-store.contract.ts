import { expect } from 'chai';
import { aClient, aClientSecret, aConnection } from '../fixtures/organizations.ts';
import { CONNECTION, ORGANIZATION } from '../fixtures/users.ts';
import { eachWithStores, type OpenStores, refused } from './open-stores.ts';

/** What every ClientStore promises. */
export function clientStoreContract(open: OpenStores): void {
  const test = eachWithStores(open);
  const clients = () => test.stores.clients;
  beforeEach(() => test.stores.tokens.insertConnection(aConnection()));

  it('finds a client and its connection by the id alone', async () => {
    const client = aClient({ name: '$name' });
    await clients().insert(client);
    expect(await clients().find(client.id)).to.deep.equal({ client, connection: aConnection() });
    expect(await clients().find('nothing')).to.equal(null);
    expect(await clients().get(ORGANIZATION, client.id)).to.deep.equal(client);
    expect(await clients().get('organization-2', client.id)).to.equal(null);
  });

  it('lists those of a connection, the oldest first', async () => {
    const [first, second] = [aClient(), aClient()];
    for (const client of [second, first, aClient({ connectionId: 'connection-2' })]) await clients().insert(client);
    expect(await clients().list(ORGANIZATION, CONNECTION)).to.deep.equal([first, second]);
    expect(await clients().list('organization-2', CONNECTION)).to.deep.equal([]);
  });

  it('saves by compare-and-swap, and shows it at once', async () => {
    const client = aClient();
    await clients().insert(client);
    await clients().find(client.id);
    const saved = { ...client, version: 2, secrets: [aClientSecret({ id: 'another0' })], revokedAt: client.createdAt };
    await clients().save(saved);
    expect((await clients().find(client.id))?.client).to.deep.equal(saved);
    await refused(clients().save(saved), 'stale');
    await refused(clients().save({ ...saved, version: 3, organizationId: 'organization-2' }), 'stale');
    const racing = Array.from({ length: 8 }, (_, n) => clients().save({ ...saved, version: 3, name: `n${n}` }));
    const outcomes = await Promise.allSettled(racing);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
  });
}
