import { expect } from 'chai';
import { expectStatus, type TestOrganization } from '../support/rollcall.ts';
import { startDescribed } from './description.ts';

type Described = Awaited<ReturnType<typeof startDescribed>>;

const ROLE = { role: 'hiring-manager', scope: { kind: 'department', id: 'sales' } };

describe('status and access in the operator API', () => {
  let rollcall: Described;
  let organization: TestOrganization;
  let path = '';
  let id = '';
  beforeEach(async () => {
    rollcall = await startDescribed();
    organization = await rollcall.addOrganization();
    ({ id } = await organization.addActiveUser('Ada', 'ada@example.com'));
    path = `${organization.path}/users/${id}`;
    await organization.name('departments', 'sales');
    await organization.name('pools', 'p1', 'p2');
  });
  afterEach(() => rollcall.stop());

  const act = (action: string, body?: unknown) => rollcall.api.post(`${path}/${action}`, body);
  const setAccess = (body: unknown) => rollcall.api.put(`${path}/access`, body);

  it('activates, deactivates and terminates, with or without a reason', async () => {
    for (const [action, body, status] of [
      ['deactivate', { reason: 'on leave' }, 'deactivated'],
      ['activate', undefined, 'active'],
      ['terminate', {}, 'terminated'],
      ['deactivate', {}, 'terminated'],
      ['activate', { reason: 'rehired' }, 'active'],
    ] as const) {
      const answer = await act(action, body);
      expect(answer.body.status, action).to.equal(status);
      expect(answer.headers.etag).to.equal(`"${answer.body.version}"`);
    }
  });

  it('writes nothing when there is nothing to do', async () => {
    const before = await organization.user(id);
    expect((await act('activate')).body).to.deep.equal(before);
  });

  for (const body of [{ reasons: 'x' }, { reason: 7 }, { reason: ' ' }, { reason: 'x'.repeat(501) }])
    it(`refuses ${JSON.stringify(body).slice(0, 20)}`, async () => {
      expect((await act('deactivate', body)).status).to.equal(400);
      expect((await organization.user(id)).status).to.equal('active');
    });

  it('gives level, roles and pools, each once', async () => {
    const { status, body } = await setAccess({ level: 'elevated', roles: [ROLE, ROLE], pools: ['p1', 'p1', 'p2'] });
    expect(status).to.equal(200);
    expect(body.access).to.deep.include({ level: 'elevated', roles: [ROLE], dormantRoles: [], pools: ['p1', 'p2'] });
    const again = expectStatus(await setAccess({ level: 'elevated' }), 200);
    expect(again, 'what is left out stays').to.deep.equal(body);
  });

  it('keeps roles dormant while somebody is away, and restores them with the level', async () => {
    expectStatus(await setAccess({ level: 'elevated', roles: [ROLE], pools: ['p1'] }), 200);
    expect((await act('deactivate')).body.access).to.deep.include({
      level: 'limited',
      roles: [],
      dormantRoles: [ROLE],
      pools: [],
    });
    expect((await act('activate')).body.access.level).to.equal('limited');
    expect(expectStatus(await setAccess({ level: 'elevated' }), 200).access.roles).to.deep.equal([ROLE]);
    expect((await act('terminate')).body.access.dormantRoles, 'erased').to.deep.equal([]);
  });

  it('refuses access to whoever is not active', async () => {
    await act('deactivate');
    const { status, body } = await setAccess({ level: 'elevated' });
    expect({ status, code: body.code }).to.deep.equal({ status: 409, code: 'not_active' });
  });

  it('refuses roles at the level limited', async () => {
    const { status, body } = await setAccess({ level: 'limited', roles: [ROLE] });
    expect({ status, code: body.code }).to.deep.equal({ status: 422, code: 'roles_need_elevated' });
  });

  it('never makes an agency user admin', async () => {
    const agency = await organization.addUser('Recruiter', 'r@agency.example', { kind: 'agency' });
    const one = `${organization.path}/users/${agency.id}`;
    expectStatus(await rollcall.api.post(`${one}/activate`), 200);
    const { status, body } = await rollcall.api.put(`${one}/access`, { level: 'admin' });
    expect({ status, code: body.code }).to.deep.equal({ status: 409, code: 'agency_user' });
  });

  it('keeps the last admin, and says so in the feed', async () => {
    expectStatus(await setAccess({ level: 'admin' }), 200);
    for (const refused of [await act('deactivate'), await act('terminate'), await setAccess({ level: 'limited' })]) {
      expect(refused.status).to.equal(409);
      expect(refused.body.code).to.equal('last_admin');
    }
    const alerts = (await organization.events()).filter(({ type }) => type === 'alert.last_admin');
    expect(alerts.map(({ userId }) => userId)).to.deep.equal([id]);
    const other = await organization.addActiveUser('Grace', 'grace@example.com');
    expectStatus(await rollcall.api.put(`${organization.path}/users/${other.id}/access`, { level: 'admin' }), 200);
    expectStatus(await act('deactivate'), 200);
  });

  for (const [what, body, at] of [
    ['no level', { roles: [] }, 'level'],
    ['a level nobody knows', { level: 'owner' }, 'level'],
    ['a role without a scope', { level: 'elevated', roles: [{ role: 'x' }] }, 'roles.0.scope'],
    [
      'a scope nobody knows',
      { level: 'elevated', roles: [{ role: 'x', scope: { kind: 'planet', id: '1' } }] },
      'roles.0.scope.kind',
    ],
    ['an empty pool', { level: 'elevated', pools: [''] }, 'pools.0'],
    ['dormant roles', { level: 'elevated', dormantRoles: [] }, 'dormantRoles'],
  ] as const)
    it(`refuses access with ${what}`, async () => {
      const answer = await setAccess(body);
      expect(answer.status).to.equal(400);
      expect(answer.body.errors[0].path).to.equal(at);
    });
});
