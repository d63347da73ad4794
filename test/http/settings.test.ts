import { expect } from 'chai';
import type { Body } from '../support/api-client.ts';
import { expectStatus, type TestOrganization } from '../support/rollcall.ts';
import { startDescribed } from './description.ts';

type Described = Awaited<ReturnType<typeof startDescribed>>;

describe('settings of the operator API', () => {
  let rollcall: Described;
  let organization: TestOrganization;
  let path = '';
  beforeEach(async () => {
    rollcall = await startDescribed();
    organization = await rollcall.addOrganization('Acme', ['acme.example']);
    path = `${organization.path}/settings`;
  });
  afterEach(() => rollcall.stop());

  it('starts with everything off', async () => {
    const { body } = await rollcall.api.get(path);
    expect(body).to.deep.equal({
      version: 1,
      scim: { enabled: false, haltMassDeactivations: false },
      google: { syncUsers: false, autoEnableUsers: false },
      microsoft: { syncUsers: false, autoEnableUsers: false },
      linkExistingUsers: 'auto',
      onScimDelete: 'deactivate',
      domains: ['acme.example'],
      customFields: [],
      sweep: { state: 'idle', version: 1, visited: 0, changed: 0 },
    });
  });

  it('changes what is named, leaves the rest, and counts versions', async () => {
    const { body } = await rollcall.api.patch(path, { google: { autoEnableUsers: true }, onScimDelete: 'terminate' });
    expect(body).to.include({ version: 2, onScimDelete: 'terminate', linkExistingUsers: 'auto' });
    expect(body.google).to.deep.equal({ syncUsers: false, autoEnableUsers: true });
    expect(body).not.to.have.property('notice');
    const again = (await rollcall.api.patch(path, { onScimDelete: 'terminate' })).body;
    expect(again.version, 'nothing changed').to.equal(2);
    expect((await rollcall.api.patch(path, {})).body.version).to.equal(2);
  });

  it('says that the provider must push everybody again, when and only when SCIM is switched on', async () => {
    const on = (await rollcall.api.patch(path, { scim: { enabled: true } })).body;
    expect(on.scim.enabled).to.equal(true);
    expect(on.notice).to.match(/push everybody again/);
    expect((await rollcall.api.patch(path, { scim: { enabled: true } })).body).not.to.have.property('notice');
    expect((await rollcall.api.patch(path, { scim: { enabled: false } })).body).not.to.have.property('notice');
  });

  it('sweeps the stored people', async () => {
    await organization.addUser('Ada', 'ada@acme.example');
    const { sweep, version } = await organization.change({ google: { syncUsers: true } });
    expect(sweep).to.deep.equal({ state: 'idle', version, visited: 1, changed: 0 });
  });

  for (const [what, patch, at] of [
    ['a misspelt switch', { google: { syncUser: true } }, 'google.syncUser'],
    ['a directory that cannot be connected', { okta: { syncUsers: true } }, 'okta'],
    ['a text for a switch', { scim: { enabled: 'true' } }, 'scim.enabled'],
    ['a word that is none of the choices', { linkExistingUsers: 'never' }, 'linkExistingUsers'],
    ['null', { onScimDelete: null }, 'onScimDelete'],
    ['the version', { version: 7 }, 'version'],
  ] as const)
    it(`refuses ${what}`, async () => {
      const { status, body } = await rollcall.api.patch(path, patch);
      expect(status).to.equal(400);
      expect(body.errors[0].path).to.equal(at);
      expect((await rollcall.api.get(path)).body.version).to.equal(1);
    });

  it('refuses a preview that is neither true nor false', async () => {
    expect((await rollcall.api.patch(`${path}?preview=1`, {})).status).to.equal(400);
  });

  describe('when a change would take many people away', () => {
    const scimOn = { scim: { enabled: true } };
    /** Six people whom SCIM last called inactive and an admin has activated since. */
    beforeEach(async () => {
      const scim = await organization.connectScim();
      for (let n = 0; n < 6; n++) {
        const { status } = await scim.post('/Users', {
          schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
          userName: `p${n}@acme.example`,
          displayName: `Person ${n}`,
          active: false,
        });
        expect(status).to.equal(201);
      }
      await organization.change({ scim: { enabled: false } });
      const { items } = expectStatus(await rollcall.api.get(`${organization.path}/users?status=deactivated`), 200);
      for (const { id } of items)
        expectStatus(await rollcall.api.post(`${organization.path}/users/${id}/activate`, {}), 200);
    });

    it('shows it beforehand and writes nothing', async () => {
      const before = (await rollcall.api.get(path)).body;
      const { status, body } = await rollcall.api.patch(`${path}?preview=true`, scimOn);
      expect(status).to.equal(200);
      expect(body.changes).to.deep.equal({ total: 6, byStatus: { 'active → deactivated': 6 } });
      expect(body.needsConfirmation).to.equal(true);
      expect(body.items).to.have.length(6);
      const [{ user, from, to, why, effects }] = body.items;
      expect(user).to.include({ name: 'Person 0', email: 'p0@acme.example' });
      expect(from.status).to.equal('active');
      expect(to.status).to.equal('deactivated');
      expect(why).to.equal('SCIM says the user is disabled.');
      expect(effects).to.include('sessions_end');
      expect((await rollcall.api.get(path)).body).to.deep.equal(before);
      const stillActive = (await rollcall.api.get(`${organization.path}/users`)).body;
      expect(stillActive.total).to.equal(6);
    });

    it('asks for the digest of the preview, and takes it', async () => {
      const refused = await rollcall.api.patch(path, scimOn);
      expect(refused.status).to.equal(409);
      expect(refused.body.code).to.equal('confirmation_required');
      const { preview } = refused.body;
      expect(preview.changes.total).to.equal(6);
      const shown = (await rollcall.api.patch(`${path}?preview=true`, scimOn)).body;
      expect(preview).to.deep.equal(shown);

      expect((await rollcall.api.patch(path, { ...scimOn, confirm: 'something else' })).status).to.equal(409);
      expect((await rollcall.api.get(path)).body.scim.enabled).to.equal(false);
      await organization.change({ ...scimOn, confirm: preview.digest });
      const { items } = (await rollcall.api.get(`${organization.path}/users?status=all`)).body;
      expect(items.map(({ status }: Body) => status)).to.deep.equal(Array(6).fill('deactivated'));
    });
  });
});
