import { expect } from 'chai';
import { anApiKey } from '../fixtures/organizations.ts';
import { ORGANIZATION } from '../fixtures/users.ts';
import { eachWithStores, type OpenStores, refused } from './open-stores.ts';

/** What every ApiKeyStore promises. */
export function apiKeyStoreContract(open: OpenStores): void {
  const test = eachWithStores(open);
  const apiKeys = () => test.stores.apiKeys;
  const ring = (version: number, ...keys: readonly ReturnType<typeof anApiKey>[]) => ({
    organizationId: ORGANIZATION,
    version,
    keys,
  });

  it('has a ring without keys for an organization that has none', async () => {
    expect(await apiKeys().get(ORGANIZATION)).to.deep.equal(ring(0));
    expect(await apiKeys().find('nothing')).to.equal(null);
  });

  it('finds each key by the part that is no secret, whosever it is, as last written', async () => {
    const [first, second] = [anApiKey({ name: '$name' }), anApiKey()];
    const other = anApiKey({ organizationId: 'organization-2' });
    await apiKeys().save(ring(1, first, second));
    await apiKeys().save({ organizationId: 'organization-2', version: 1, keys: [other] });
    for (const key of [first, second, other]) expect(await apiKeys().find(key.keyId)).to.deep.equal(key);
    const revoked = { ...first, revokedAt: first.createdAt };
    await apiKeys().save(ring(2, revoked));
    expect(await apiKeys().find(first.keyId)).to.deep.equal(revoked);
    expect(await apiKeys().find(second.keyId)).to.equal(null);
    expect(await apiKeys().get(ORGANIZATION)).to.deep.equal(ring(2, revoked));
  });

  it('saves by compare-and-swap: of many at once one wins', async () => {
    const rivals = Array.from({ length: 8 }, () => anApiKey());
    for (const version of [1, 2]) {
      const outcomes = await Promise.allSettled(rivals.map((key) => apiKeys().save(ring(version, key))));
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
    }
    await refused(apiKeys().save(ring(2)), 'stale');
    await refused(apiKeys().save(ring(4)), 'stale');
    const { keys } = await apiKeys().get(ORGANIZATION);
    const found = await Promise.all(rivals.map(({ keyId }) => apiKeys().find(keyId)));
    expect(found.filter(Boolean)).to.deep.equal(keys);
  });
}
