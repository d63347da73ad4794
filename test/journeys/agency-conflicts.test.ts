import { expect } from 'chai';
import type { Body } from '../support/api-client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const ADDRESS = 'rae@agency.example';

describeBothWays('what a source wants of an agency user', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let rae = '';
  /** What happens after somebody saw the cause of a conflict, and before they can tell. */
  let meanwhile: () => Promise<unknown> = async () => {};

  before(async () => {
    rollcall = await startRollcall({
      env: way.env(),
      google: { people: 5 },
      overrides: {
        around: (deps) => {
          const { conflicts: stored } = deps.stores;
          const open: typeof stored.open = async (conflict) => {
            await meanwhile();
            return stored.open(conflict);
          };
          return { ...deps, stores: { ...deps.stores, conflicts: { ...stored, open } } };
        },
      },
    });
  });
  after(() => rollcall.stop());
  beforeEach(async () => {
    meanwhile = async () => {};
    organization = await rollcall.addOrganization('Example', ['example.com', 'agency.example']);
  });

  const at = (path: string) => `${organization.path}${path}`;
  const addRecruiter = async (email: string) =>
    (await organization.addUser('Rae', email, { kind: 'agency' })).id as string;
  const move = async (agencyId: string | null) =>
    expectStatus(await rollcall.api.put(at(`/users/${rae}/agency`), { agencyId }), 200);
  const amend = async (email: string, id = rae) =>
    expectStatus(await rollcall.api.patch(at(`/users/${id}`), { email }), 200);
  const conflicts = async (): Promise<readonly Body[]> => [...(await inState('open')), ...(await inState('resolved'))];
  const inState = async (state: string): Promise<readonly Body[]> =>
    expectStatus(await rollcall.api.get(at(`/conflicts?state=${state}`)), 200).items;
  const states = async () =>
    (await conflicts()).filter(({ kind }) => kind === 'agency_user').map(({ state }) => String(state));

  const OPEN = ['open'];
  const CLOSED = ['resolved'];

  describe('over SCIM', () => {
    let scim: Awaited<ReturnType<TestOrganization['connectScim']>>;
    beforeEach(async () => {
      scim = await organization.connectScim();
      rae = await addRecruiter(ADDRESS);
      expect((await claim()).status).to.equal(409);
      expect(await states()).to.deep.equal(OPEN);
    });

    const claim = (facts: object = {}) =>
      scim.post('/Users', { schemas: [USER], userName: ADDRESS, externalId: 'x1', ...facts });

    it('stands for as long as it is wanted, and is there once', async () => {
      await claim();
      expectStatus(await rollcall.api.patch(at(`/users/${rae}`), { name: 'Rae Rood' }), 200);
      await amend(ADDRESS.toUpperCase());
      await organization.change({ signInUrl: 'https://hiring.example.com' });
      expect(await states()).to.deep.equal(OPEN);
    });

    it('is settled when their address changes, and stands anew for whoever has it then', async () => {
      await amend('rae@elsewhere.example');
      expect(await states()).to.deep.equal(CLOSED);
      const mia = await addRecruiter(ADDRESS);
      expect((await claim()).status).to.equal(409);
      const [newest, ...others] = await conflicts();
      expect(newest).to.include({ state: 'open', userId: mia });
      expect(others.map(({ state }) => state)).to.deep.equal(['resolved']);
    });

    it('is settled when the provider gives its account another address', async () => {
      expect((await claim({ userName: 'rae@example.com' })).status).to.equal(201);
      expect(await states()).to.deep.equal(CLOSED);
    });

    it('is settled about one agency user when the account turns to another', async () => {
      const mia = await addRecruiter('mia@agency.example');
      expect((await claim({ userName: 'mia@agency.example' })).status).to.equal(409);
      const [newest, former] = await conflicts();
      expect(newest).to.include({ state: 'open', userId: mia });
      expect(former).to.include({ state: 'resolved', userId: rae });
    });

    it('is settled at once when their address changes while it is found', async () => {
      await amend('rae@elsewhere.example');
      const mia = await addRecruiter(ADDRESS);
      meanwhile = () => amend('mia@elsewhere.example', mia);
      expect((await claim({ externalId: 'x2' })).status).to.equal(409);
      expect(await states()).to.deep.equal([...CLOSED, ...CLOSED]);
    });

    it('stands when another account is created', async () => {
      expect((await claim({ userName: 'bo@example.com', externalId: 'x2' })).status).to.equal(201);
      expect((await claim({ userName: 'al@example.com', externalId: undefined })).status).to.equal(201);
      expect(await states()).to.deep.equal(OPEN);
    });

    describe('who is to have the address of one', () => {
      const account = () => organization.userByEmail('bo@example.com');
      const rename = async (userName: string) => {
        const { scimId } = await account();
        const emails = [{ value: userName, primary: true }];
        return {
          patched: () => scim.patch(`/Users/${scimId}`, [{ op: 'replace', value: { userName, emails } }]),
          replaced: () => scim.put(`/Users/${scimId}`, { schemas: [USER], userName, emails }),
        };
      };
      beforeEach(async () => {
        expect((await claim({ userName: 'bo@example.com' })).status).to.equal(201);
        expect(await states()).to.deep.equal(CLOSED);
      });

      for (const verb of ['patched', 'replaced'] as const)
        it(`stands as well, ${verb} or created, and nothing is linked`, async () => {
          const former = await organization.user(rae);
          expect((await (await rename(ADDRESS))[verb]()).status).to.equal(409);
          const [newest] = await conflicts();
          expect(newest).to.include({ kind: 'agency_user', state: 'open', userId: rae, email: ADDRESS });
          expect(newest).to.include({ source: 'scim', externalId: 'x1' });
          expect(await organization.user(rae)).to.deep.equal(former);
          await (await rename(ADDRESS))[verb]();
          expect(await states()).to.deep.equal([...OPEN, ...CLOSED]);
        });

      it('is settled when the provider gives it another address, or says the former one', async () => {
        expect((await (await rename(ADDRESS)).patched()).status).to.equal(409);
        expect((await (await rename('bo@example.com')).replaced()).status).to.equal(200);
        expect(await states()).to.deep.equal([...CLOSED, ...CLOSED]);
        expect((await (await rename(ADDRESS)).replaced()).status).to.equal(409);
        expect((await (await rename('bob@example.com')).patched()).status).to.equal(200);
        expect(await states()).to.deep.equal([...CLOSED, ...CLOSED, ...CLOSED]);
      });

      it('is settled when the account is deleted', async () => {
        expect((await (await rename(ADDRESS)).patched()).status).to.equal(409);
        expect((await scim.delete(`/Users/${(await account()).scimId}`)).status).to.equal(204);
        expect(await states()).to.deep.equal([...CLOSED, ...CLOSED]);
      });

      it('is no conflict when an employee has it', async () => {
        await claim({ userName: 'al@example.com', externalId: 'x2' });
        expect((await (await rename('al@example.com')).patched()).status).to.equal(409);
        expect(await states()).to.deep.equal(CLOSED);
      });
    });

    it('is settled when SCIM is switched off, and comes back with the provider', async () => {
      await organization.change({ scim: { enabled: false } });
      expect(await states()).to.deep.equal(CLOSED);
      await organization.change({ scim: { enabled: true } });
      expect((await claim()).status).to.equal(409);
      expect(await states()).to.deep.equal([...OPEN, ...CLOSED]);
    });
  });

  describe('in a directory', () => {
    let person: { readonly primaryEmail: string };
    beforeEach(async () => {
      person = rollcall.google().control.person(1) as unknown as typeof person;
      rae = await addRecruiter(person.primaryEmail);
      await organization.connectGoogle();
      await organization.change({ google: { syncUsers: true } });
      await organization.sync();
      expect(await states()).to.deep.equal(OPEN);
    });

    it('stands for as long as a run meets it', async () => {
      await organization.sync();
      await amend(person.primaryEmail.toUpperCase());
      expect(await states()).to.deep.equal(OPEN);
    });

    it('is settled when they become an employee, whom the next run links', async () => {
      await move(null);
      expect(await states()).to.deep.equal(CLOSED);
      await organization.sync();
      expect((await organization.user(rae)).owners.name).to.equal('google');
    });

    it('is settled when their address changes', async () => {
      await amend('rae@elsewhere.example');
      expect(await states()).to.deep.equal(CLOSED);
      await organization.sync();
      expect((await organization.userByEmail(person.primaryEmail)).id).not.to.equal(rae);
    });

    it('is settled when the sync is switched off', async () => {
      await organization.change({ google: { syncUsers: false } });
      expect(await states()).to.deep.equal(CLOSED);
    });

    it('that has their key stands, whatever their address, until they become an employee', async () => {
      await move(null);
      await organization.sync();
      await organization.change({ google: { syncUsers: false } });
      await move((await organization.addAgency()).id);
      await organization.change({ google: { syncUsers: true } });
      await organization.sync();
      expect(await states()).to.deep.equal([...OPEN, ...CLOSED]);
      await amend('rae@elsewhere.example');
      expect(await states()).to.deep.equal([...OPEN, ...CLOSED]);
      await move(null);
      expect(await states()).to.deep.equal([...CLOSED, ...CLOSED]);
    });
  });

  it('a link that waits for an admin cannot be confirmed once they belong to an agency', async () => {
    await organization.change({ linkExistingUsers: 'ask' });
    const email = String(rollcall.google().control.person(0)?.primaryEmail);
    rae = (await organization.addUser('Rae', email)).id;
    await organization.connectGoogle();
    await organization.change({ google: { syncUsers: true } });
    await organization.sync();
    const [asked] = await inState('open');
    expect(asked).to.include({ kind: 'link', acceptable: true, userId: rae });
    await move((await organization.addAgency()).id);
    const [now] = await inState('open');
    expect(now).to.include({ id: asked.id, acceptable: false });
    expect(now.ifAccepted).to.match(/make them an employee/);
    const { status, body } = await rollcall.api.post(at(`/conflicts/${asked.id}/accept`));
    expect([status, body.code]).to.deep.equal([409, 'not_acceptable']);
    expect(await inState('open')).to.have.length(1);
    await move(null);
    expectStatus(await rollcall.api.post(at(`/conflicts/${asked.id}/accept`)), 200);
  });
});
