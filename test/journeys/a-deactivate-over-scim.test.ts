import { expect } from 'chai';
import type { ScimClient } from '../scim/client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const ROLE = { role: 'recruiter', scope: { kind: 'organization', id: '*' } };

describeBothWays('Journey A: an identity provider sets active to false', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let scim: ScimClient;

  beforeEach(async () => {
    rollcall = await startRollcall({ env: way.env() });
    organization = await rollcall.addOrganization();
    scim = await organization.connectScim();
    await organization.name('pools', 'engineering');
  });
  afterEach(() => rollcall.stop());

  async function provisioned() {
    const { status, body } = await scim.post('/Users', { schemas: [USER], userName: 'ada@example.com', active: true });
    expect(status).to.equal(201);
    const user = await organization.userByEmail('ada@example.com');
    const access = { level: 'elevated', roles: [ROLE], pools: ['engineering'] };
    expectStatus(await rollcall.api.put(`${organization.path}/users/${user.id}/access`, access), 200);
    return { scimId: body.id as string, id: user.id as string };
  }

  it('answers from the stored result, and the lifecycle has taken effect with it', async () => {
    const { scimId, id } = await provisioned();
    const { status, body } = await scim.patch(`/Users/${scimId}`, [{ op: 'replace', value: { active: false } }]);
    expect([status, body.active]).to.deep.equal([200, false]);
    const user = await organization.user(id);
    expect(user.status).to.equal('deactivated');
    expect(user.access).to.deep.include({ level: 'limited', roles: [], dormantRoles: [ROLE], pools: [] });
    const last = (await organization.events()).at(-1);
    expect(last.type).to.equal('user.deactivated');
    expect(last.effects).to.include.members(['pools_left', 'roles_dormant', 'sessions_end']);
  });

  it('needs no queue: with the queue closed the answer is the same', async () => {
    const { scimId, id } = await provisioned();
    await rollcall.rollcall.deps.queue.close(0);
    const { status } = await scim.patch(`/Users/${scimId}`, [{ op: 'Replace', path: 'active', value: 'False' }]);
    expect(status).to.equal(200);
    expect((await organization.user(id)).status).to.equal('deactivated');
  });

  it('brings the person back with limited access, and their roles when they are elevated again', async () => {
    const { scimId, id } = await provisioned();
    await scim.patch(`/Users/${scimId}`, [{ op: 'replace', value: { active: false } }]);
    const back = await scim.patch(`/Users/${scimId}`, [{ op: 'replace', value: { active: true } }]);
    expect(back.body.active).to.equal(true);
    expect((await organization.user(id)).access).to.deep.include({ level: 'limited', roles: [], dormantRoles: [ROLE] });
    expectStatus(await rollcall.api.put(`${organization.path}/users/${id}/access`, { level: 'elevated' }), 200);
    expect((await organization.user(id)).access).to.deep.include({ roles: [ROLE], dormantRoles: [], pools: [] });
  });
});
