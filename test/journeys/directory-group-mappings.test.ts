import { expect } from 'chai';
import type { Body } from '../support/api-client.ts';
import { createGroupScope, type GroupScope, groupWords } from '../support/group-scope.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const RECRUITER = { role: 'recruiter', scope: { kind: 'organization', id: '*' } };
const GIVEN = [{ ...RECRUITER, origin: 'mapping', mappingId: 'm1', state: 'effective' }];

describeBothWays('what groups of a directory give', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let directory: GroupScope;
  const google = () => rollcall.google().control;

  beforeEach(async () => {
    rollcall = await startRollcall({ env: way.env(), google: { people: 8 } });
    organization = await rollcall.addOrganization('Example', ['sim.example']);
    await organization.connectGoogle();
    directory = createGroupScope(rollcall, organization, 'google');
    for (const how of ['unsuspend', 'unarchive'] as const)
      google().mutate({ do: how, who: { from: 1, to: 5 } }, { do: how, who: 0 });
    await organization.change({ google: { syncUsers: true, autoEnableUsers: true } });
    await organization.sync();
  });
  afterEach(() => rollcall.stop());

  const at = (rest: string) => `${organization.path}/${rest}`;
  const map = async (id = 'Sales@sim.example', query = ''): Promise<Body> => {
    const mapping = { group: { source: 'google', id }, level: 'elevated', roles: [RECRUITER] };
    return expectStatus(await rollcall.api.put(at(`group-mappings/m1${query}`), mapping), 200);
  };
  const sales = (members: Parameters<ReturnType<typeof google>['group']>[0]['members']) =>
    google().group({ id: 'g1', email: 'sales@sim.example', members });
  const person = (index: number) => organization.userByEmail(String(google().person(index)?.primaryEmail));
  const grantsOf = async (index: number) => (await person(index)).access.grants;
  const elevated = async () => {
    const all: Body[] = await Promise.all([1, 2, 3].map(person));
    return all.flatMap(({ access }, n) => (access.effectiveLevel === 'elevated' ? [n + 1] : []));
  };

  it('are read by the next run, whatever else it reads, and go with the group', async () => {
    sales([1, 2]);
    expect((await map()).group).to.deep.equal({ source: 'google', id: 'sales@sim.example' });
    const before = await person(1);
    expect((await organization.sync('google', { kind: 'delta' })).state).to.equal('finished');
    expect(await grantsOf(1)).to.deep.equal(GIVEN);
    expect((await person(1)).version, 'they are told, once').to.equal(before.version + 1);
    sales([2, 3]);
    expect(await elevated(), 'as it was told last').to.deep.equal([1, 2]);
    await organization.sync('google', { kind: 'full' });
    expect(await elevated()).to.deep.equal([2, 3]);
    await organization.change({ google: { syncUsers: false } });
    expect(await elevated(), 'its last word stands').to.deep.equal([2, 3]);
  });

  it('are everybody’s when everybody is in the group', async () => {
    sales([{ id: 'C0rollcall', type: 'CUSTOMER' }]);
    await map();
    await organization.sync();
    expect(await elevated()).to.deep.equal([1, 2, 3]);
  });

  it('end with the record of whoever has left the directory', async () => {
    sales([1, 2]);
    await map();
    await organization.sync();
    const { id } = await person(1);
    google().mutate({ do: 'delete', who: 1 });
    await organization.sync();
    expectStatus(await rollcall.api.put(at(`group-mappings/m2`), { group: { source: 'google', id: 'g9' } }), 200);
    expect((await organization.user(id)).access).to.deep.include({ effectiveLevel: 'limited', grants: [] });
  });

  it('are not for agency users, whatever a directory says of them', async () => {
    sales([1, 2]);
    await map();
    await organization.sync();
    await organization.change({ google: { syncUsers: false } });
    const { id } = await person(1);
    const { id: agencyId } = await organization.addAgency();
    const moved = expectStatus(await rollcall.api.put(at(`users/${id}/agency`), { agencyId }), 200);
    expect(moved.status).to.equal('active');
    expect(moved.access).to.deep.include({ effectiveLevel: 'limited', grants: [] });
  });

  it('stay when the group cannot be read: the run says so, and takes nobody for gone', async () => {
    sales([1, 2]);
    await map();
    await organization.sync();
    google().group({ id: 'g1', email: 'renamed@sim.example', members: [1, 2] });
    const run = await organization.run();
    expect(run.state).to.equal('finished');
    expect(groupWords(run)[0]).to.match(
      /^sales@sim\.example: There is no group .* Its members are as they were before\.$/,
    );
    expect(await elevated()).to.deep.equal([1, 2]);
  });

  it('do not narrow whom a run takes', async () => {
    sales([1]);
    await map();
    await organization.sync();
    expect((await directory.active()).length).to.be.above(3);
  });

  it('are shown beforehand once a run has read the group', async () => {
    sales([1, 2]);
    expect(await map(undefined, '?preview=true')).to.deep.equal({
      people: { count: 0, first100: [] },
      membersKnown: false,
    });
    await map();
    await organization.sync();
    const without = { group: { source: 'google', id: 'sales@sim.example' } };
    const preview = expectStatus(await rollcall.api.put(at('group-mappings/m1?preview=true'), without), 200);
    expect([preview.people.count, preview.membersKnown]).to.deep.equal([2, true]);
    expect(preview.people.first100[0].loses).to.deep.equal([RECRUITER]);
  });

  it('are forgotten with the last mapping of the group', async () => {
    sales([1, 2]);
    await map();
    await organization.sync();
    await organization.change({ google: { syncUsers: false } });
    expectStatus(await rollcall.api.delete(at('group-mappings/m1')), 204);
    await map();
    expect(await elevated()).to.deep.equal([]);
  });
});
