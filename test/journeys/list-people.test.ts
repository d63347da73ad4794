import { expect } from 'chai';
import type { Body } from '../support/api-client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const forJob = (role: string, id: string) => ({ role, scope: { kind: 'job', id } });
const everywhere = (role: string) => ({ role, scope: { kind: 'organization', id: '*' } });

describeBothWays('finding people by what they are and may', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let since = '';

  before(async () => {
    rollcall = await startRollcall({ env: way.env() });
    organization = await rollcall.addOrganization();
    const { api } = rollcall;
    await organization.name('jobs', 'j1');
    await organization.name('pools', 'p1', 'p2');
    const one = async (name: string, edit: object, access: object | null) => {
      const { id } = await organization.addActiveUser(name, `${name.toLowerCase()}@example.com`);
      if (Object.keys(edit).length > 0) expectStatus(await api.patch(`${organization.path}/users/${id}`, edit), 200);
      if (access) expectStatus(await api.put(`${organization.path}/users/${id}/access`, access), 200);
      return id;
    };
    await one('Ada', { department: 'Sales' }, { level: 'elevated', roles: [forJob('recruiter', 'j1')], pools: ['p1'] });
    await one('Bob', { department: 'Engines' }, { level: 'elevated', roles: [forJob('interviewer', 'j1')], pools: [] });
    await one(
      'Cyd',
      { department: 'SALES' },
      { level: 'admin', roles: [everywhere('recruiter')], pools: ['p1', 'p2'] },
    );
    const dee = await one('Dee', {}, { level: 'elevated', roles: [everywhere('recruiter')], pools: ['p2'] });
    expectStatus(await api.post(`${organization.path}/users/${dee}/deactivate`), 200);
    await organization.addUser('Eve', 'eve@example.com');
    const fay = await organization.addUser('Fay', 'fay@agency.example', { kind: 'agency' });
    const gus = await organization.addUser('Gus', 'gus@example.com');
    since = gus.updatedAt;
    for (let n = 0; since <= fay.updatedAt; n++)
      since = expectStatus(await api.patch(`${organization.path}/users/${gus.id}`, { title: `${n}` }), 200).updatedAt;
  });
  after(() => rollcall.stop());

  const list = async (query: string): Promise<Body> =>
    expectStatus(await rollcall.api.get(`${organization.path}/users?${query}`), 200);
  const namesOf = ({ items }: Body): string => items.map(({ name }: Body) => name).join(' ');

  for (const [query, names] of [
    ['', 'Ada Bob Cyd'],
    ['role=recruiter', 'Ada Cyd'],
    ['role=recruiter,interviewer', 'Ada Bob Cyd'],
    ['role=recruiter&job=j1', 'Ada'],
    ['job=j1', 'Ada Bob'],
    ['job=j2', ''],
    ['job=all', ''],
    ['pool=p1', 'Ada Cyd'],
    ['pool=p2&status=all', 'Cyd'],
    ['pool=p1&role=recruiter&level=admin', 'Cyd'],
    ['level=elevated', 'Ada Bob'],
    ['level=limited&status=all', 'Dee Eve Fay Gus'],
    ['level=elevated,admin', 'Ada Bob Cyd'],
    ['department=sales', 'Ada Cyd'],
    ['department=sales,engines&pool=p1', 'Ada Cyd'],
    ['status=deactivated', 'Dee'],
    ['status=deactivated,unprovisioned', 'Dee Eve Gus'],
    ['status=unprovisioned&kind=all', 'Eve Fay Gus'],
    ['status=unprovisioned&kind=agency', 'Fay'],
    ['status=all&kind=agency', 'Fay'],
    ['status=all', 'Ada Bob Cyd Dee Eve Fay Gus'],
    ['status=all&sort=-name', 'Gus Fay Eve Dee Cyd Bob Ada'],
    ['sort=-name&role=recruiter', 'Cyd Ada'],
    ['status=all&sort=-created', 'Gus Fay Eve Dee Cyd Bob Ada'],
    ['role=nobody', ''],
  ] as const)
    it(`comma means or, parameters mean and: ?${query} shows ${names || 'nobody'}`, async () => {
      const body = await list(query);
      expect(namesOf(body)).to.equal(names);
      expect(body.total).to.equal(body.items.length);
    });

  it('takes no cursor but one of this list in this order, and says that it is the cursor', async () => {
    const { next } = await list('limit=1&sort=name');
    for (const query of ['cursor=x', 'sort=name&cursor=x', `cursor=${next}`, `sort=-name&cursor=${next}`]) {
      const { status, body } = await rollcall.api.get(`${organization.path}/users?limit=1&${query}`);
      expect([status, body.errors?.[0].path], query).to.deep.equal([400, 'cursor']);
    }
  });

  it('says which filters nobody asked for', async () => {
    const active = { status: 'active', kind: 'employee' };
    for (const [query, defaults] of [
      ['', active],
      ['role=recruiter', active],
      ['status=active', { kind: 'employee' }],
      ['kind=all', { status: 'active' }],
      ['agency=a1', { status: 'active' }],
      ['status=all', {}],
      ['hostId=x', {}],
    ] as const)
      expect((await list(query)).appliedDefaults, query).to.deep.equal(defaults);
  });

  it('counts everybody by status in the same call, under all the other filters', async () => {
    const none = { unprovisioned: 0, active: 0, deactivated: 0, terminated: 0 };
    for (const [query, counts] of [
      ['', { ...none, unprovisioned: 2, active: 3, deactivated: 1 }],
      ['status=terminated', { ...none, unprovisioned: 2, active: 3, deactivated: 1 }],
      ['status=all', { ...none, unprovisioned: 3, active: 3, deactivated: 1 }],
      ['kind=agency', { ...none, unprovisioned: 1 }],
      ['pool=p1', { ...none, active: 2 }],
      ['level=limited', { ...none, unprovisioned: 2, deactivated: 1 }],
    ] as const)
      expect((await list(query)).counts, query).to.deep.equal(counts);
  });

  it('finds those changed since a time, whatever the offset it is written in', async () => {
    const later = new Date(Date.parse(since) + 1).toISOString();
    expect(namesOf(await list(`status=all&updatedSince=${since}`))).to.equal('Gus');
    expect(namesOf(await list(`status=all&updatedSince=${later}`))).to.equal('');
    const elsewhere = new Date(Date.parse(since) + 7_200_000).toISOString().replace('Z', '+02:00');
    expect(namesOf(await list(`status=all&updatedSince=${encodeURIComponent(elsewhere)}`))).to.equal('Gus');
  });

  it('takes no time beyond four-digit years, which would be before all others', async () => {
    const since = (time: string) => `status=all&updatedSince=${encodeURIComponent(time)}`;
    expect(namesOf(await list(since('9999-12-31T23:59:59Z')))).to.equal('');
    expect((await list(since('0000-01-01T00:00:00+14:00'))).total).to.equal(7);
    for (const time of ['9999-12-31T23:59:59-12:00', '2026-13-01T00:00:00Z', '2026-11-26T10:00:00', 'now']) {
      const { status, body } = await rollcall.api.get(`${organization.path}/users?${since(time)}`);
      expect([status, body.errors?.[0].path], time).to.deep.equal([400, 'updatedSince']);
    }
  });

  for (const sort of ['', '&sort=name', '&sort=-name', '&sort=updated', '&sort=-updated', '&sort=-created'])
    it(`goes through all pages, each person once${sort}`, async () => {
      const whole = namesOf(await list(`status=all${sort}`));
      const seen: string[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const body = await list(`status=all&limit=2${sort}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
        seen.push(namesOf(body));
        expect(body.total).to.equal(7);
        cursor = body.next;
      }
      expect(seen.join(' ')).to.equal(whole);
    });
});
