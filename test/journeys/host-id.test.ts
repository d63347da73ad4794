import { expect } from 'chai';
import type { Body } from '../support/api-client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

describeBothWays('the host application’s own id of a person', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  beforeEach(async () => {
    rollcall = await startRollcall({ env: way.env() });
    organization = await rollcall.addOrganization();
  });
  afterEach(() => rollcall.stop());

  const put = (id: string, hostId: unknown, path = organization.path, headers = {}) =>
    rollcall.api.put(`${path}/users/${id}/host-id`, { hostId }, headers);
  const found = async (hostId: string): Promise<readonly string[]> => {
    const query = new URLSearchParams({ hostId });
    const { items } = expectStatus(await rollcall.api.get(`${organization.path}/users?${query}`), 200);
    return items.map(({ id }: Body) => id);
  };

  it('finds the person, whatever their status and kind', async () => {
    const agent = await organization.addUser('Agent', 'agent@agency.example', { kind: 'agency' });
    const { id } = await organization.addActiveUser('Ada', 'ada@example.com');
    expect(expectStatus(await put(id, 'host,7 ä'), 200).hostId).to.equal('host,7 ä');
    expectStatus(await put(agent.id, 'host'), 200);
    expectStatus(await rollcall.api.post(`${organization.path}/users/${id}/terminate`), 200);
    expect(await found('host,7 ä')).to.deep.equal([id]);
    expect(await found('host')).to.deep.equal([agent.id]);
    expect(await found('Host')).to.deep.equal([]);
  });

  it('is one person’s in the organization: 409 host_id_taken names who has it', async () => {
    const ada = await organization.addUser('Ada', 'ada@example.com');
    const bob = await organization.addUser('Bob', 'bob@example.com');
    expectStatus(await put(ada.id, 'h1'), 200);
    const { status, body } = await put(bob.id, 'h1');
    expect(status).to.equal(409);
    expect(body).to.deep.include({
      code: 'host_id_taken',
      user: { id: ada.id, name: 'Ada', status: 'unprovisioned', kind: 'employee' },
    });
    expect(await organization.user(bob.id)).to.deep.equal(bob);
    const other = await rollcall.addOrganization('Other');
    const twin = await other.addUser('Ada', 'ada@example.com');
    expectStatus(await put(twin.id, 'h1', other.path), 200);
    expectStatus(await put(ada.id, null), 200);
    expectStatus(await put(bob.id, 'h1'), 200);
    expect(await found('h1')).to.deep.equal([bob.id]);
  });

  it('belongs to one of 20 people who are given it at once', async () => {
    const people: Body[] = [];
    for (let n = 0; n < 20; n++) people.push(await organization.addUser(`P${n}`, `p${n}@example.com`));
    const answers = await Promise.all(people.map(({ id }) => put(id, 'h')));
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, ...Array(19).fill(409)]);
    expect(await found('h')).to.have.length(1);
  });

  it('the same again writes nothing, If-Match is heeded, and the history tells of it', async () => {
    const { id } = await organization.addUser('Ada', 'ada@example.com');
    const first = expectStatus(await put(id, 'h1'), 200);
    expect(expectStatus(await put(id, 'h1'), 200)).to.deep.equal(first);
    expect((await put(id, 'h2', organization.path, { 'if-match': '"1"' })).status).to.equal(412);
    expectStatus(await put(id, null), 200);
    expect(await organization.user(id)).not.to.have.property('hostId');
    const { items } = expectStatus(await rollcall.api.get(`${organization.path}/users/${id}/history`), 200);
    expect(items.map(({ what, from, to }: Body) => [what, from, to])).to.deep.equal([
      ['hostId', 'h1', null],
      ['hostId', null, 'h1'],
      ['created', null, 'unprovisioned'],
    ]);
  });

  it('stays when a source writes the person', async () => {
    const { id, email } = await organization.addUser('Ada', 'ada@example.com');
    expectStatus(await put(id, 'h1'), 200);
    const scim = await organization.connectScim();
    const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User'];
    expect((await scim.post('/Users', { schemas, userName: email, active: true })).status).to.equal(201);
    expect(await organization.user(id)).to.include({ status: 'active', hostId: 'h1' });
  });
});
