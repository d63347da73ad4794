import { expect } from 'chai';
import type { Overrides } from '../../src/compose.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall, until } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

type Around = NonNullable<Overrides['around']>;

describeBothWays('a sign-in while a change of settings is on its way to everybody', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let sweeps = Promise.resolve();

  const around: Around = (deps) => {
    const list: typeof deps.stores.users.list = async (id, condition, ...rest) => {
      if ((await deps.stores.organizations.get(id))?.sweep.state === 'running') await sweeps;
      return deps.stores.users.list(id, condition, ...rest);
    };
    return { ...deps, stores: { ...deps.stores, users: { ...deps.stores.users, list } } };
  };

  let held: PromiseWithResolvers<void>;
  beforeEach(async () => {
    held = Promise.withResolvers<void>();
    sweeps = Promise.resolve();
    rollcall = await startRollcall({ env: way.env(), google: { people: 3 }, overrides: { around } });
    organization = await rollcall.addOrganization('Example', ['sim.example']);
  });
  afterEach(() => {
    held.resolve();
    return rollcall.stop();
  });

  const signIn = async (email: string) =>
    expectStatus(await rollcall.api.post(`${organization.path}/sign-ins`, { email }), 200);
  const settings = async () => expectStatus(await rollcall.api.get(`${organization.path}/settings`), 200);

  /** Somebody an admin has activated while the directory, which has suspended them, was not heard. */
  async function returned() {
    await organization.connectGoogle();
    await organization.change({ google: { syncUsers: true, autoEnableUsers: true } });
    await organization.sync();
    const user = await organization.userByEmail(String(rollcall.google().control.person(0)?.primaryEmail));
    rollcall.google().control.mutate({ do: 'suspend', who: 0 });
    await organization.sync();
    await organization.change({ google: { syncUsers: false } });
    expectStatus(await rollcall.api.post(`${organization.path}/users/${user.id}/activate`), 200);
    expect(await signIn(user.email)).to.include({ code: 'allowed' });
    return user;
  }

  /** What a sign-in is answered before the sweep has come to anybody, and after it has been everywhere. */
  async function answersTo(email: string) {
    sweeps = held.promise;
    expectStatus(await rollcall.api.patch(`${organization.path}/settings`, { google: { syncUsers: true } }), 200);
    const early = await signIn(email);
    expect((await settings()).sweep.state, 'nobody was visited yet').to.equal('running');
    held.resolve();
    await until('everybody was visited', async () => (await settings()).sweep.state === 'idle');
    return [early, await signIn(email)];
  }

  it('is answered under the settings of now', async () => {
    const { email } = await returned();
    for (const answer of await answersTo(email)) {
      expect(answer).to.include({ allowed: false, code: 'deactivated' });
      expect(answer.user.status).to.equal('deactivated');
    }
  });

  it('lets the last admin in, who stays', async () => {
    const { id, email } = await returned();
    expectStatus(await rollcall.api.put(`${organization.path}/users/${id}/access`, { level: 'admin' }), 200);
    for (const answer of await answersTo(email)) {
      expect(answer).to.include({ allowed: true, code: 'allowed' });
      expect(answer.user.status).to.equal('active');
    }
  });
});
