import { expect } from 'chai';
import { formatToken, type TokenKind } from '../../src/core/scim-token-format.ts';
import { createScimClient } from '../scim/client.ts';
import { type Body, createApiClient } from '../support/api-client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const CHECKSUM_LENGTH = 6;
const KEY_ID_LENGTH = 8;

/** What stands in a credential between its key id and its checksum. */
const secretOf = (text: string): string => text.slice(text.lastIndexOf('_') + 1, -CHECKSUM_LENGTH);
const keyIdOf = (text: string): string => text.slice(0, text.lastIndexOf('_')).slice(-KEY_ID_LENGTH);

/** The known id of one with secrets that are not its own, each as well formed as a real one. */
function forgeries(kind: TokenKind, own: string, other: string): readonly string[] {
  const forge = (secret: string) => formatToken(keyIdOf(own), secret, kind);
  expect(forge(secretOf(own)), 'forged as they are made').to.equal(own);
  return [secretOf(other), [...secretOf(own)].reverse().join(''), 'x'.repeat(43)].map(forge);
}

describeBothWays('S07 whoever knows the id of a credential and not its secret', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  before(async () => {
    rollcall = await startRollcall({ env: way.env() });
    organization = await rollcall.addOrganization();
    await organization.change({ scim: { enabled: true } });
  });
  after(() => rollcall.stop());

  const two = async (path: string, body: object): Promise<readonly [Body, Body]> => {
    const make = async (name: string) =>
      expectStatus(await rollcall.api.post(`${organization.path}/${path}`, { name, ...body }), 201);
    return [await make(`${path} one`), await make(`${path} two`)];
  };
  const askApi = async (key: string) =>
    (await createApiClient(rollcall.url, key).get(`${organization.path}/users`)).status;
  const askScim = async (token: string) =>
    (await createScimClient(`${rollcall.url}/scim/v2/${organization.id}`, token).get('/Users')).status;

  it('opens the API with no key', async () => {
    const [own, other] = await two('api-keys', { scopes: ['people:read'] });
    for (const forged of forgeries('rcl_api', own.key, other.key)) expect(await askApi(forged)).to.equal(401);
    expect(await askApi(own.key)).to.equal(200);
  });

  it('opens SCIM with no token', async () => {
    const [own, other] = await two('scim-tokens', {});
    for (const forged of forgeries('rcl_scim', own.token, other.token)) expect(await askScim(forged)).to.equal(401);
    expect(await askScim(own.token)).to.equal(200);
  });

  it('is given no access token for a client, and signs none', async () => {
    const { id: connection } = expectStatus(
      await rollcall.api.post(`${organization.path}/scim-connections`, { name: 'Entra' }),
      201,
    );
    const [own, other] = await two(`scim-connections/${connection}/clients`, {});
    const grant = (secret: string) =>
      rollcall.api.send({
        method: 'POST',
        path: '/oauth/token',
        raw: `${new URLSearchParams({ grant_type: 'client_credentials', client_id: own.id, client_secret: secret })}`,
        headers: { authorization: null, 'content-type': 'application/x-www-form-urlencoded' },
      });
    for (const forged of [...forgeries('rcl_secret', own.secret, other.secret), other.secret]) {
      const { status, body } = await grant(forged);
      expect([status, body.error]).to.deep.equal([401, 'invalid_client']);
    }
    const { access_token: token } = expectStatus(await grant(own.secret), 200);
    expect(await askScim(token)).to.equal(200);
    for (const forged of [
      token.replace(/[0-9a-f]{64}$/, 'a'.repeat(64)),
      token.replace(/\.\d\./, '.7.').replace(/.$/, ''),
    ])
      expect(await askScim(forged)).to.equal(401);
  });
});
