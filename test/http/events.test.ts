import { expect } from 'chai';
import { expectStatus, type TestOrganization } from '../support/rollcall.ts';
import { startDescribed } from './description.ts';

type Described = Awaited<ReturnType<typeof startDescribed>>;

describe('the event feed of the operator API', () => {
  let rollcall: Described;
  let organization: TestOrganization;
  let path = '';
  beforeEach(async () => {
    rollcall = await startDescribed();
    organization = await rollcall.addOrganization();
    path = `${organization.path}/events`;
  });
  afterEach(() => rollcall.stop());

  it('tells what happened, to whom, and by whom, under the names of the API', async () => {
    const { id } = await organization.addActiveUser('Ada', 'ada@example.com');
    expectStatus(await rollcall.api.patch(`${organization.path}/users/${id}`, { department: 'Engines' }), 200);
    expectStatus(await rollcall.api.post(`${organization.path}/users/${id}/deactivate`), 200);
    const events = await organization.events();
    expect(events.map(({ type }) => type)).to.deep.equal([
      'user.created',
      'user.activated',
      'user.updated',
      'user.deactivated',
    ]);
    expect(events.map((event) => event.id)).to.deep.equal([1, 2, 3, 4].map((n) => `${id}:${n}`));
    expect(events.every(({ userId, by }) => userId === id && by.kind === 'operator')).to.equal(true);
    expect(events[2].changes).to.deep.equal({ department: [null, 'Engines'] });
    expect(events[3].changes.status).to.deep.equal(['active', 'deactivated']);
    expect(events[3].effects).to.include('sessions_end');
    expect(events.some((event) => 'organizationId' in event)).to.equal(false);
  });

  it('is read in pages, each after the one before', async () => {
    for (let n = 0; n < 5; n++) await organization.addUser(`Person ${n}`, `p${n}@example.com`);
    const all = await organization.events();
    const first = expectStatus(await rollcall.api.get(`${path}?limit=3`), 200);
    expect(first.next).to.equal(first.items[2].sequence);
    const second = expectStatus(await rollcall.api.get(`${path}?limit=3&after=${first.next}`), 200);
    expect(second.next).to.equal(null);
    expect([...first.items, ...second.items]).to.deep.equal(all);
    expect((await rollcall.api.get(`${path}?after=${all[4].sequence}`)).body).to.deep.equal({ items: [], next: null });
  });

  it('is one organization’s own', async () => {
    await organization.addUser('Ada', 'ada@example.com');
    const other = await rollcall.addOrganization('Other');
    await organization.events();
    expect(await other.events()).to.deep.equal([]);
  });

  for (const query of ['after=x', 'after=-1', 'limit=0', 'limit=1001', 'after=1&after=2', 'cursor=1'])
    it(`refuses ?${query}`, async () => expect((await rollcall.api.get(`${path}?${query}`)).status).to.equal(400));
});
