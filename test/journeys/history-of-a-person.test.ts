import { expect } from 'chai';
import type { Body } from '../support/api-client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall, until } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const OPERATOR = { kind: 'operator', id: null };
const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';

describeBothWays('the history of a person', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  beforeEach(async () => {
    rollcall = await startRollcall({ env: way.env(), google: { people: 3 } });
    organization = await rollcall.addOrganization();
  });
  afterEach(() => rollcall.stop());

  const historyOf = async (id: string, query = ''): Promise<Body> =>
    expectStatus(await rollcall.api.get(`${organization.path}/users/${id}/history?${query}`), 200);
  /** What the newest rows say, without their time. */
  const newest = async (id: string, count: number) =>
    (await historyOf(id)).items.slice(0, count).map(({ at: _, ...row }: Body) => row);
  const act = async (id: string, action: string, body?: object) =>
    expectStatus(await rollcall.api.post(`${organization.path}/users/${id}/${action}`, body), 200);
  const patch = async (id: string, body: object) =>
    expectStatus(await rollcall.api.patch(`${organization.path}/users/${id}`, body), 200);

  it('shows who did what and when, with the reason, as soon as it is done', async () => {
    const { id, createdAt } = await organization.addUser('Ada', 'ada@example.com');
    expect((await historyOf(id)).items).to.deep.equal([
      { at: createdAt, actor: OPERATOR, what: 'created', from: null, to: 'unprovisioned', effective: true },
    ]);
    const active = await act(id, 'activate', { reason: 'first day' });
    const [row] = (await historyOf(id)).items;
    expect(row).to.deep.equal({
      at: active.updatedAt,
      actor: OPERATOR,
      what: 'status',
      from: 'unprovisioned',
      to: 'active',
      effective: true,
      reason: 'first day',
    });
    await patch(id, { title: 'Analyst', department: 'Engines' });
    expect(await newest(id, 2)).to.have.deep.members([
      { actor: OPERATOR, what: 'title', from: null, to: 'Analyst', effective: true },
      { actor: OPERATOR, what: 'department', from: null, to: 'Engines', effective: true },
    ]);
  });

  it('keeps the old address when one is amended', async () => {
    const { id } = await organization.addUser('Ada', 'ada@example.com');
    await patch(id, { email: 'countess@example.com' });
    expect(await newest(id, 1)).to.deep.equal([
      { actor: OPERATOR, what: 'email', from: 'ada@example.com', to: 'countess@example.com', effective: true },
    ]);
  });

  it('has a row for each thing a change of status takes away', async () => {
    const { id } = await organization.addActiveUser('Ada', 'ada@example.com');
    await organization.name('jobs', '7');
    await organization.name('pools', 'p1');
    const roles = [{ role: 'recruiter', scope: { kind: 'job', id: '7' } }];
    const access = { level: 'elevated', roles, pools: ['p1'] };
    expectStatus(await rollcall.api.put(`${organization.path}/users/${id}/access`, access), 200);
    await act(id, 'deactivate', { reason: 'leave' });
    const rows = await newest(id, 5);
    expect(rows.map(({ what, from, to, reason }: Body) => [what, from, to, reason])).to.have.deep.members([
      ['status', 'active', 'deactivated', 'leave'],
      ['level', 'elevated', 'limited', 'leave'],
      ['roles', roles, [], 'leave'],
      ['dormantRoles', [], roles, 'leave'],
      ['pools', ['p1'], [], 'leave'],
    ]);
  });

  it('writes nothing when nothing changes', async () => {
    const { id } = await organization.addActiveUser('Ada', 'ada@example.com');
    const before = await historyOf(id);
    await act(id, 'activate', { reason: 'again' });
    await patch(id, { name: 'Ada' });
    expect(await historyOf(id)).to.deep.equal(before);
  });

  it('shows what a source said without effect: a higher one decides', async () => {
    await organization.connectGoogle();
    await organization.change({ google: { syncUsers: true, autoEnableUsers: true } });
    await organization.sync();
    const { control } = rollcall.google();
    const person = control.person(0);
    const user = await organization.userByEmail(String(person?.primaryEmail));
    const first = (await historyOf(user.id)).items.at(-1);
    expect(first).to.include({ what: 'created', to: 'active' });
    expect(first.actor).to.include({ kind: 'run', runId: first.actor.id });
    const scim = await organization.connectScim();
    const found = await scim.get(`/Users?filter=${encodeURIComponent(`userName eq "${user.email}"`)}`);
    const [{ id: scimId }] = found.body.Resources;
    const put = { schemas: [USER], userName: user.email, displayName: 'By SCIM', active: true };
    expect((await scim.put(`/Users/${scimId}`, put)).status).to.equal(200);
    control.mutate({ do: 'suspend', who: 0 });
    const second = await organization.sync();
    const shown = await organization.user(user.id);
    expect(shown).to.include({ status: 'active', name: 'By SCIM' });
    const hidden = (await historyOf(user.id)).items.filter(({ effective }: Body) => !effective);
    expect(hidden.map(({ at: _, ...row }: Body) => row)).to.deep.include({
      actor: { kind: 'run', id: second.id, runId: second.id },
      what: 'status',
      from: 'active',
      to: 'deactivated',
      effective: false,
      source: 'google',
    });
    expect((await organization.events()).filter(({ userId }) => userId === user.id).at(-1)?.type).to.equal(
      'user.updated',
    );
  });

  it('goes through everything page by page, each row once, while more is written', async () => {
    const { id } = await organization.addUser('Ada', 'ada@example.com');
    for (let n = 0; n < 4; n++) await patch(id, { title: `t${n}`, nickName: `n${n}`, department: `d${n}` });
    const whole = (await historyOf(id, 'limit=200')).items;
    expect(whole).to.have.length(13);
    for (const limit of [1, 2, 3, 5, 12, 13]) {
      const seen: Body[] = [];
      for (let next: string | null = ''; next !== null; ) {
        const page: Body = await historyOf(id, `limit=${limit}${next && `&cursor=${next}`}`);
        expect(page.items).to.have.length.within(1, limit);
        seen.push(...page.items);
        next = page.next;
      }
      expect(seen, `pages of ${limit}`).to.deep.equal(whole);
    }
    const page = await historyOf(id, 'limit=4');
    await patch(id, { title: 'late' });
    const rest = await historyOf(id, `limit=200&cursor=${page.next}`);
    expect([...page.items, ...rest.items]).to.deep.equal(whole);
  });

  it('is the same before and after it was moved out of the way of the next change', async () => {
    const { id } = await organization.addUser('Ada', 'ada@example.com');
    await act(id, 'activate');
    const before = await historyOf(id);
    const { stores } = rollcall.rollcall.deps;
    await until('everything is relayed', async () => (await stores.events.relay(100)) === 0);
    expect(await historyOf(id)).to.deep.equal(before);
  });

  it('refuses cursors that were not given out, and people of nobody', async () => {
    const { id } = await organization.addUser('Ada', 'ada@example.com');
    for (const query of ['cursor=x', 'cursor=1', 'cursor=1.x', 'limit=0', 'what=email']) {
      const { status, body } = await rollcall.api.get(`${organization.path}/users/${id}/history?${query}`);
      expect({ status, code: body.code }, query).to.deep.equal({ status: 400, code: 'invalid' });
    }
    const other = await rollcall.addOrganization('Other');
    expect((await rollcall.api.get(`${other.path}/users/${id}/history`)).status).to.equal(404);
  });
});
