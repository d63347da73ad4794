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

  it('changes a connection by compare-and-swap', async () => {
    const changed = aConnection({ version: 2, name: 'Okta', dialect: 'strict', quietPatch: true, enabled: false });
    await tokens().saveConnection(changed);
    expect(await tokens().connection(ORGANIZATION, changed.id)).to.deep.equal(changed);
    expect(await tokens().connection('organization-2', changed.id)).to.equal(null);
    await refused(tokens().saveConnection(changed), 'stale');
    await refused(tokens().saveConnection(aConnection({ id: 'nothing', version: 2 })), 'stale');
    const token = aToken();
    await tokens().insert(token);
    expect((await tokens().findByKeyId(token.keyId))?.connection).to.deep.equal(changed);
    const racing = Array.from({ length: 8 }, (_, n) =>
      tokens().saveConnection({ ...changed, version: 3, name: `n${n}` }),
    );
    const outcomes = await Promise.allSettled(racing);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
    expect((await tokens().connection(ORGANIZATION, changed.id))?.version).to.equal(3);
  });

  it('gives a name to one connection of an organization, whatever its case', async () => {
    await tokens().insertConnection(aConnection({ id: 'connection-2', name: 'Ökta' }));
    await refused(tokens().insertConnection(aConnection({ id: 'connection-3', name: 'öKTA' })), 'resource_name_taken');
    await refused(tokens().saveConnection(aConnection({ version: 2, name: 'ÖKTA' })), 'resource_name_taken');
    expect(await tokens().connections(ORGANIZATION)).to.deep.equal([
      aConnection(),
      aConnection({ id: 'connection-2', name: 'Ökta' }),
    ]);
    await tokens().insertConnection(
      aConnection({ id: 'connection-4', organizationId: 'organization-2', name: 'Ökta' }),
    );
    await tokens().saveConnection(aConnection({ version: 2, name: 'Entra' }));
    await tokens().insertConnection(aConnection({ id: 'connection-5', name: 'default' }));
  });

  it('replaces a token in one write, the old one ending when told', async () => {
    const [old, other] = [aToken(), aToken()];
    await tokens().insert(old);
    const successor = aToken({ createdAt: MAY, name: '$name' });
    await tokens().insert(successor, { id: old.id, expiresAt: JUNE });
    expect(await tokens().list(ORGANIZATION)).to.deep.equal([{ ...old, expiresAt: JUNE }, successor]);
    await refused(tokens().insert(aToken({ createdAt: MAY }), { id: successor.id, expiresAt: JUNE }), 'token_limit');
    expect(await tokens().list(ORGANIZATION), 'a refusal ends nothing').to.have.deep.members([
      { ...old, expiresAt: JUNE },
      successor,
    ]);
    await tokens().insert({ ...other, createdAt: MAY }, { id: old.id, expiresAt: MAY });
    expect((await tokens().findByKeyId(old.keyId))?.token.expiresAt).to.equal(MAY);
    await refused(tokens().insert(aToken({ createdAt: JUNE }), { id: old.id, expiresAt: JUNE }), 'not_found');
    await refused(tokens().insert(aToken({ createdAt: JUNE }), { id: 'nothing', expiresAt: JUNE }), 'not_found');
  });

  it('never lets a replaced token live longer than it would have', async () => {
    const old = aToken({ expiresAt: JUNE });
    await tokens().insert(old);
    await tokens().insert(aToken({ createdAt: MAY }), { id: old.id, expiresAt: '2026-07-01T00:00:00.000Z' });
    expect((await tokens().list(ORGANIZATION))[0]?.expiresAt).to.equal(JUNE);
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
    await tokens().insertConnection(aConnection({ id: 'connection-2', name: 'Okta' }));
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
