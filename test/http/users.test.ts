import { expect } from 'chai';
import type { Body } from '../support/api-client.ts';
import { expectStatus, type TestOrganization } from '../support/rollcall.ts';
import { startDescribed } from './description.ts';

type Described = Awaited<ReturnType<typeof startDescribed>>;

const emailsOf = ({ items }: Body): readonly string[] => items.map(({ email }: Body) => email);

describe('lists of users in the operator API', () => {
  let rollcall: Described;
  let organization: TestOrganization;
  let path = '';
  before(async () => {
    rollcall = await startDescribed();
    organization = await rollcall.addOrganization();
    path = `${organization.path}/users`;
    await organization.addActiveUser('Ada Lovelace', 'ada@example.com');
    await organization.addActiveUser('Grace Hopper', 'grace@example.com');
    await organization.addUser('Charles Babbage', 'charles@example.com');
    const { id } = await organization.addActiveUser('Alan Turing', 'alan@example.com');
    expectStatus(await rollcall.api.post(`${path}/${id}/deactivate`), 200);
    const scim = await organization.connectScim();
    await scim.post('/Users', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName: 'edsger@example.com',
      displayName: 'Edsger Dijkstra',
    });
  });
  after(() => rollcall.stop());

  it('shows active ones unless told otherwise, and says so', async () => {
    const { body } = await rollcall.api.get(path);
    expect(emailsOf(body)).to.deep.equal(['ada@example.com', 'grace@example.com', 'edsger@example.com']);
    expect(body).to.deep.include({
      total: 3,
      next: null,
      counts: { unprovisioned: 1, active: 3, deactivated: 1, terminated: 0 },
      appliedDefaults: { status: 'active', kind: 'employee' },
    });
  });

  for (const [query, emails] of [
    ['status=all', ['ada', 'grace', 'charles', 'alan', 'edsger']],
    ['status=active', ['ada', 'grace', 'edsger']],
    ['status=unprovisioned', ['charles']],
    ['status=unprovisioned,deactivated', ['charles', 'alan']],
    ['status=terminated', []],
    ['status=all&source=scim', ['edsger']],
    ['status=all&source=scim,google', ['edsger']],
    ['status=all&source=manual', ['ada', 'grace', 'charles', 'alan']],
    ['source=manual', ['ada', 'grace']],
    ['status=all&q=LA', ['ada', 'alan']],
    ['status=all&q=alan%40example', ['alan']],
    ['q=lovelace', ['ada']],
    ['q=%25', []],
    ['status=all&q=nobody', []],
  ] as const)
    it(`?${query} shows ${emails.join(', ') || 'nobody'}`, async () => {
      const { body } = await rollcall.api.get(`${path}?${query}`);
      expect(emailsOf(body)).to.have.members(emails.map((name) => `${name}@example.com`));
      expect(body.total).to.equal(emails.length);
      const status = query.includes('status') ? {} : { status: 'active' };
      const kind = query.includes('status=all') ? {} : { kind: 'employee' };
      expect(body.appliedDefaults).to.deep.equal({ ...status, ...kind });
    });

  it('goes through everybody, page by page', async () => {
    const seen: string[] = [];
    for (let next: string | null = ''; next !== null; ) {
      const cursor: string = next === '' ? '' : `&cursor=${next}`;
      const { body }: Body = await rollcall.api.get(`${path}?status=all&limit=2${cursor}`);
      expect(body.total).to.equal(5);
      seen.push(...emailsOf(body));
      next = body.next;
    }
    expect(seen.map((email) => email.split('@')[0])).to.deep.equal(['ada', 'grace', 'charles', 'alan', 'edsger']);
  });

  for (const [query, at] of [
    ['sort=phone', 'sort'],
    ['sort=name&cursor=7', 'cursor'],
    ['kind=robot', 'kind.0'],
    ['level=owner', 'level.0'],
    ['role=', 'role.0'],
    ['pool=a,,b', 'pool.1'],
    ['updatedSince=yesterday', 'updatedSince'],
    ['role=a&role=b', 'role'],
    ['team=a', 'team'],
    ['status=asleep', 'status.0'],
    ['status=', 'status.0'],
    ['status=active,,', 'status.1'],
    ['source=ldap', 'source.0'],
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['limit=ten', 'limit'],
    ['limit=1e1', 'limit'],
    ['q=', 'q'],
    ['status=active&status=all', 'status'],
    ['status[$ne]=active', 'status[$ne]'],
    ['__proto__=1', '__proto__'],
    ['cursor=nonsense', 'cursor'],
  ] as const)
    it(`refuses ?${query}`, async () => {
      const { status, body } = await rollcall.api.get(`${path}?${query}`);
      expect(status).to.equal(400);
      expect(body.code).to.equal('invalid');
      expect(body.errors[0].path).to.equal(at);
    });

  it('says which words a list in a query may hold', async () => {
    const { body } = await rollcall.api.get(`${path}?status=active,asleep`);
    expect(body.errors).to.deep.equal([
      {
        path: 'status.1',
        message: 'must be one or more of unprovisioned, active, deactivated, terminated, all, joined by commas',
      },
    ]);
  });
});
