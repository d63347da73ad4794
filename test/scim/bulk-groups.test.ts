import { expect } from 'chai';
import { BULK_REQUEST } from '../../scim/schema/urns.ts';
import { describeOnBothStores } from './both-stores.ts';
import { type Body, patchOp } from './client.ts';
import { aGroup, aPerson, expectBody, expectList } from './expectations.ts';
import { type ScimServer, startScim } from './server.ts';

describeOnBothStores('SCIM bulk with groups (RFC 7644 §3.7)', (on) => {
  let scim: ScimServer;
  beforeEach(async () => {
    scim = await startScim(on);
  });
  afterEach(() => scim.stop());

  const outcomes = async (operations: readonly unknown[], headers = {}): Promise<Body[]> =>
    expectBody(await scim.post('/Bulk', { schemas: [BULK_REQUEST], Operations: operations }, headers), 200).Operations;
  const statusesOf = (bodies: readonly Body[]) => bodies.map(({ status }) => status);
  const user = (bulkId: string, data: Body = aPerson()) => ({ method: 'POST', path: '/Users', bulkId, data });
  const group = (bulkId: string, members: readonly string[], more: object = {}) => ({
    method: 'POST',
    path: '/Groups',
    bulkId,
    data: aGroup({ members: members.map((value) => ({ value, ...more })) }),
  });
  const idOf = (outcome: Body): string => outcome.location.slice(outcome.location.lastIndexOf('/') + 1);
  const membersOf = async (outcome: Body): Promise<readonly string[]> =>
    ((await scim.storedGroup(idOf(outcome)))?.members ?? []).map(({ id }) => id).sort();

  it('fact-57 puts people into groups that are created before or after them', async () => {
    const { id } = expectBody(await scim.post('/Users', aPerson()), 201);
    const done = await outcomes([
      user('ada'),
      group('staff', ['bulkId:ada', 'bulkId:bob', id]),
      user('bob'),
      {
        method: 'PATCH',
        path: '/Groups/bulkId:staff',
        data: patchOp([{ op: 'remove', path: 'members', value: [{ value: id }] }]),
      },
      {
        method: 'PATCH',
        path: '/Groups/bulkId:late',
        data: patchOp([{ op: 'add', path: 'members', value: [{ value: 'bulkId:bob' }] }]),
      },
      group('late', []),
    ]);
    expect(statusesOf(done)).to.deep.equal(['201', '201', '201', '204', '204', '201']);
    const [ada, staff, bob, removed, added, late] = done;
    expect(await membersOf(staff)).to.deep.equal([idOf(ada), idOf(bob)].sort());
    expect(await membersOf(late)).to.deep.equal([idOf(bob)]);
    expect([removed.location, added.location]).to.deep.equal([staff.location, late.location]);
    expect([removed.version, added.version]).to.deep.equal(['W/"2"', 'W/"2"']);
    const shown = expectBody(await scim.get(`/Users/${idOf(bob)}`), 200);
    expect(shown.groups.map(({ value }: Body) => value).sort()).to.deep.equal([idOf(staff), idOf(late)].sort());
  });

  it('fact-57 makes groups that are in each other', async () => {
    const type = { type: 'Group' };
    const done = await outcomes([
      group('a', ['bulkId:b'], type),
      group('b', ['bulkId:c'], type),
      group('c', ['bulkId:a', 'bulkId:b'], type),
    ]);
    expect(statusesOf(done)).to.deep.equal(['201', '201', '201']);
    const [a, b, c] = done.map(idOf);
    expect(await membersOf(done[0])).to.deep.equal([b]);
    expect(await membersOf(done[1])).to.deep.equal([c]);
    expect(await membersOf(done[2])).to.deep.equal([a, b].sort());
    for (const outcome of done)
      expect((await scim.get(`/Groups/${idOf(outcome)}`)).headers.etag).to.equal(outcome.version);
  });

  it('fact-57 keeps a group whose member was not created out of the store', async () => {
    const taken = aPerson();
    expectBody(await scim.post('/Users', taken), 201);
    const done = await outcomes([user('ada', taken), group('staff', ['bulkId:ada']), group('others', [])]);
    expect(statusesOf(done)).to.deep.equal(['409', '412', '201']);
    expectList(await scim.get('/Groups'), 1);
  });

  it('asks for the scope of each operation, groups and people apart', async () => {
    const tokenOf = async (scope: 'scim:users' | 'scim:groups') => ({
      authorization: `Bearer ${await scim.makeToken([scope])}`,
    });
    const both = () => [user('ada'), group('staff', [])];
    expect(statusesOf(await outcomes(both(), await tokenOf('scim:groups')))).to.deep.equal(['403', '201']);
    expectList(await scim.get('/Users'), 0);
    expectList(await scim.get('/Groups'), 1);
  });

  it('creates a thousand members and their group in one request', async () => {
    const count = on.open ? 200 : 999;
    const people = Array.from({ length: count }, (_, n) => user(`p${n}`, { userName: `person ${n}` }));
    const names = people.map(({ bulkId }) => `bulkId:${bulkId}`);
    const done = await outcomes([group('all', names), ...people]);
    expect(new Set(statusesOf(done))).to.deep.equal(new Set(['201']));
    expect(await membersOf(done[0])).to.deep.equal(done.slice(1).map(idOf).sort());
  });
});
