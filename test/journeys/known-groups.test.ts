import { expect } from 'chai';
import { GROUP as GROUP_SCHEMA } from '../../scim/schema/urns.ts';
import type { Body } from '../support/api-client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

describeBothWays('the groups a mapping may name', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let made: readonly Body[] = [];
  before(async () => {
    rollcall = await startRollcall({ env: way.env(), google: { people: 3 } });
    organization = await rollcall.addOrganization('Example', ['sim.example']);
    await organization.connectGoogle();
    await organization.change({ google: { syncUsers: true } });
    const names = ['sales@sim.example', 'staff@sim.example'];
    for (const [n, email] of names.entries()) {
      rollcall.google().control.group({ id: `g${n}`, email, members: [1] });
      const group = { source: 'google', id: email };
      expectStatus(await rollcall.api.put(at(`group-mappings/m${n}`), { group, level: 'elevated' }), 200);
    }
    await organization.sync();
    const scim = await organization.connectScim();
    const groups: Body[] = [];
    for (const displayName of ['Sales', 'Recruiters', 'SALES abroad']) {
      const { body } = await scim.post('/Groups', { schemas: [GROUP_SCHEMA], displayName });
      groups.push({ source: 'scim', id: body.id, name: displayName });
    }
    const [connection] = expectStatus(await rollcall.api.get(at('scim-connections')), 200).items;
    made = [
      ...groups.map((group) => ({ ...group, connectionId: connection.id })),
      ...names.map((id) => ({ source: 'google', id })),
    ];
  });
  after(() => rollcall.stop());

  const at = (rest: string) => `${organization.path}/${rest}`;
  const list = async (query: string, of = organization): Promise<Body> =>
    expectStatus(await rollcall.api.get(`${of.path}/groups${query}`), 200);
  const some = (...places: readonly number[]) => places.map((place) => made[place]);

  it('are those of SCIM and those a run has read, with all that a mapping takes', async () => {
    expect(await list('')).to.deep.equal({ items: made, next: null });
    const [{ name: _, ...group }] = some(1) as [Body];
    const mapping = expectStatus(await rollcall.api.put(at('group-mappings/scim'), { group }), 200);
    expect(mapping.group).to.deep.include({ ...group, name: 'Recruiters' });
  });

  it('are listed by their source and by how they begin, whatever the case', async () => {
    expect((await list('?source=scim')).items).to.deep.equal(some(0, 1, 2));
    expect((await list('?source=directory')).items).to.deep.equal(some(3, 4));
    expect((await list('?q=sAles')).items).to.deep.equal(some(0, 2, 3));
    expect((await list('?q=SALES&source=directory')).items).to.deep.equal(some(3));
    expect((await list('?q=ecruiters')).items).to.deep.equal([]);
  });

  for (const limit of [1, 2, 3, 4])
    it(`come each once, ${limit} at a time`, async () => {
      const seen: Body[] = [];
      for (let cursor = ''; ; ) {
        const page = await list(`?limit=${limit}${cursor}`);
        expect(page.items).to.have.length.at.most(limit);
        seen.push(...page.items);
        if (page.next === null) break;
        cursor = `&cursor=${encodeURIComponent(page.next)}`;
      }
      expect(seen).to.deep.equal(made);
    });

  it('are one organization’s alone, and ask for nothing unknown', async () => {
    expect((await list('', await rollcall.addOrganization('Other'))).items).to.deep.equal([]);
    for (const query of ['?source=google', '?cursor=nobody:1', '?name=x', '?q=a&q=b'])
      expect((await rollcall.api.get(at(`groups${query}`))).status, query).to.equal(400);
    expect((await rollcall.api.get('/organizations/none/groups')).status).to.equal(404);
  });
});
