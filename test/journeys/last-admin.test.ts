import { expect } from 'chai';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

describeBothWays('the last admin of an organization', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  beforeEach(async () => {
    rollcall = await startRollcall({ env: way.env(), google: { people: 2 } });
    organization = await rollcall.addOrganization('Example', ['sim.example']);
  });
  afterEach(() => rollcall.stop());

  const users = () => `${organization.path}/users`;
  const makeAdmin = async (id: string) =>
    expectStatus(await rollcall.api.put(`${users()}/${id}/access`, { level: 'admin' }), 200);

  it('stays and may enter whatever a directory says, and goes as soon as there is another', async () => {
    const { id: subject, primaryEmail: email } = rollcall.google().control.person(0) ?? {};
    await organization.connectGoogle();
    await organization.change({ google: { syncUsers: true, autoEnableUsers: true } });
    await organization.sync();
    rollcall.google().control.mutate({ do: 'suspend', who: 0 });
    await organization.sync();
    const { id, status } = await organization.userByEmail(String(email));
    expect(status).to.equal('deactivated');
    await organization.change({ google: { syncUsers: false } });
    expectStatus(await rollcall.api.post(`${users()}/${id}/activate`), 200);
    await makeAdmin(id);
    await organization.change({ google: { syncUsers: true } });
    const { items } = expectStatus(await rollcall.api.get(`${users()}?level=admin`), 200);
    expect(items.map((user: { id: string }) => user.id)).to.deep.equal([id]);
    expect(await organization.user(id)).to.include({ status: 'active' });
    const alerts = (await organization.events()).filter(({ type }) => type === 'alert.last_admin');
    expect(alerts.map(({ userId }) => userId)).to.deep.equal([id]);
    const attempt = { issuer: 'https://accounts.google.com', subject, email };
    expect(expectStatus(await rollcall.api.post(`${organization.path}/sign-ins`, attempt), 200).code).to.equal(
      'allowed',
    );
    const other = await organization.addActiveUser('Grace', 'grace@example.com');
    await makeAdmin(other.id);
    expect(await organization.user(id)).to.include({ status: 'deactivated' });
    expect((await organization.user(id)).access.level).to.equal('limited');
    expect((await organization.user(other.id)).access.level).to.equal('admin');
  });

  it('is one of ten who step down at once', async () => {
    const people = await Promise.all(
      Array.from({ length: 10 }, (_, n) => organization.addActiveUser(`P${n}`, `p${n}@example.com`)),
    );
    for (const { id } of people) await makeAdmin(id);
    const answers = await Promise.all(
      people.map(({ id }, n) =>
        n % 2
          ? rollcall.api.put(`${users()}/${id}/access`, { level: 'elevated' })
          : rollcall.api.post(`${users()}/${id}/deactivate`),
      ),
    );
    const refused = answers.filter(({ status }) => status !== 200);
    for (const { status, body } of refused) expect([status, body.code]).to.deep.equal([409, 'last_admin']);
    const { items } = expectStatus(await rollcall.api.get(`${users()}?level=admin`), 200);
    expect(items.length).to.equal(refused.length).and.to.be.at.least(1);
  });
});
