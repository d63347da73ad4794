import { expect } from 'chai';
import { startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

describeBothWays('Journey D: why is somebody not here, or not active?', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;

  beforeEach(async () => {
    rollcall = await startRollcall({ env: way.env(), google: { people: 40 } });
    organization = await rollcall.addOrganization('Example', ['sim.example']);
    await organization.connectGoogle();
  });
  afterEach(() => rollcall.stop());

  const why = async (email: string) =>
    (await rollcall.api.get(`${organization.path}/explain?email=${encodeURIComponent(email)}`)).body;
  const person = (index: number) => String(rollcall.google().control.person(index)?.primaryEmail);

  it('says that nobody has mentioned an address, and that the sync is off', async () => {
    const { user, status, runs } = await why('stranger@sim.example');
    expect(user).to.equal(undefined);
    expect(status.sentence)
      .to.match(/no source has mentioned it/)
      .and.to.match(/Google Workspace is switched off/);
    expect(runs).to.deep.equal([]);
  });

  it('says that Google lists them as suspended', async () => {
    rollcall.google().control.mutate({ do: 'suspend', who: 5 });
    await organization.change({ google: { syncUsers: true } });
    await organization.sync();
    const { user, status } = await why(person(5));
    expect(user).to.equal(undefined);
    expect(status.sentence).to.match(/suspended/);
  });

  it('says that synced users are not enabled automatically', async () => {
    await organization.change({ google: { syncUsers: true } });
    await organization.sync();
    const { user, status, runs } = await why(person(3));
    expect(user.status).to.equal('unprovisioned');
    expect(status.sentence).to.match(/not enabled automatically/);
    expect(runs[0]).to.include({ source: 'google', state: 'finished', saw: true });
  });

  it('says that SCIM is on and has not provisioned them', async () => {
    await organization.connectScim();
    await organization.change({ google: { syncUsers: true, autoEnableUsers: true } });
    await organization.sync();
    const { user, status } = await why(person(3));
    expect(user.status).to.equal('unprovisioned');
    expect(status.sentence).to.equal('SCIM is on and has not provisioned this person.');
  });

  it('says which source decided each attribute, what that hides, and how old each record is', async () => {
    await organization.change({ google: { syncUsers: true, autoEnableUsers: true } });
    await organization.sync();
    const email = person(3);
    const scim = await organization.connectScim();
    const { body } = await scim.filter(`userName eq "${email}"`);
    await scim.put(`/Users/${body.Resources[0].id}`, { ...body.Resources[0], displayName: 'By Okta', active: false });
    const { status, attributes, records } = await why(email);
    expect(status).to.deep.include({ value: 'deactivated' });
    expect(status.sentence).to.match(/SCIM says the user is disabled/);
    expect(attributes.displayName ?? attributes.name).to.deep.include({ value: 'By Okta', source: 'scim' });
    expect(records.map(({ source }: { source: string }) => source)).to.have.members(['google', 'scim']);
    for (const { at } of records) expect(Date.parse(at)).to.be.a('number');
  });

  it('says that an address is taken, and by whom it is held', async () => {
    await organization.change({ google: { syncUsers: true }, linkExistingUsers: 'ask' });
    await organization.addUser('Namesake', person(4));
    const run = await organization.sync();
    expect(run.reasons.some(({ code }: { code: string }) => code === 'link')).to.equal(true);
    const { items } = (await rollcall.api.get(`${organization.path}/conflicts`)).body;
    expect(items).to.have.length(1);
    expect(items[0]).to.include({ kind: 'link', source: 'google', state: 'open' });
    await rollcall.api.post(`${organization.path}/conflicts/${items[0].id}/accept`);
    await organization.sync();
    const user = await organization.userByEmail(person(4));
    expect(user.owners.name).to.equal('google');
  });
});
