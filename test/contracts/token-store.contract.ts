import { expect } from 'chai';
import { aConnection, aToken } from '../fixtures/organizations.ts';
import { ORGANIZATION } from '../fixtures/users.ts';
import { eachWithStores, type OpenStores, refused } from './open-stores.ts';

const MAY = '2026-05-01T00:00:00.000Z';
const JUNE = '2026-06-01T00:00:00.000Z';

/** What every TokenStore promises. */
export function tokenStoreContract(open: OpenStores): void {
  const test = eachWithStores(open);
  const tokens = () => test.stores.tokens;
  beforeEach(() => tokens().insertConnection(aConnection()));

  it('finds a token and its connection by the key id', async () => {
    const token = aToken();
    await tokens().insert(token);
    expect(await tokens().findByKeyId(token.keyId)).to.deep.equal({ token, connection: aConnection() });
    expect(await tokens().findByKeyId('nothing')).to.equal(null);
    expect(await tokens().list(ORGANIZATION)).to.deep.equal([token]);
    expect(await tokens().connections(ORGANIZATION)).to.deep.equal([aConnection()]);
  });

  it('lets a connection have two living tokens', async () => {
    const [first, second] = [aToken(), aToken()];
    for (const token of [first, second]) await tokens().insert(token);
    await refused(tokens().insert(aToken()), 'token_limit');
    await tokens().revoke(ORGANIZATION, first.id, MAY);
    await tokens().insert(aToken({ createdAt: MAY, expiresAt: JUNE }));
    await refused(tokens().insert(aToken({ createdAt: MAY })), 'token_limit');
    await tokens().insert(aToken({ createdAt: JUNE }));
    expect(await tokens().list(ORGANIZATION)).to.have.length(4);
  });

  it('counts the tokens of each connection by itself, and twenty that race by turns', async () => {
    await tokens().insertConnection(aConnection({ id: 'connection-2' }));
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => tokens().insert(aToken())));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(2);
    await tokens().insert(aToken({ connectionId: 'connection-2' }));
  });

  it('refuses a token of a connection the organization does not have', async () => {
    await refused(tokens().insert(aToken({ connectionId: 'nothing' })), 'not_found');
    await refused(tokens().insert(aToken({ organizationId: 'organization-2' })), 'not_found');
  });

  it('revokes a living token once, and only in its organization', async () => {
    const token = aToken({ expiresAt: JUNE });
    await tokens().insert(token);
    expect(await tokens().revoke('organization-2', token.id, MAY)).to.equal(false);
    expect(await tokens().revoke(ORGANIZATION, token.id, JUNE)).to.equal(false);
    expect(await tokens().revoke(ORGANIZATION, token.id, MAY)).to.equal(true);
    expect(await tokens().revoke(ORGANIZATION, token.id, MAY)).to.equal(false);
    expect((await tokens().findByKeyId(token.keyId))?.token).to.deep.equal({ ...token, revokedAt: MAY });
  });

  it('remembers the last use', async () => {
    const token = aToken();
    await tokens().insert(token);
    await tokens().touch(token.id, MAY, 'Okta SCIM Client 1.0.0');
    await tokens().touch(token.id, JUNE, null);
    const [stored] = await tokens().list(ORGANIZATION);
    expect(stored).to.deep.equal({ ...token, lastUsedAt: JUNE, lastUserAgent: null });
  });
}
