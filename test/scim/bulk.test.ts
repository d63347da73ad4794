import { expect } from 'chai';
import { BULK_REQUEST, BULK_RESPONSE, ERROR } from '../../scim/schema/urns.ts';
import { startRollcall, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';
import { type Answer, type Body, patchOp, type ScimClient } from './client.ts';
import { aPerson, E, expectBody, expectError, expectList } from './expectations.ts';

describeBothWays('SCIM bulk (RFC 7644 §3.7, fact 57)', (way) => {
  let rollcall: TestRollcall;
  let scim: ScimClient;
  before(async () => {
    rollcall = await startRollcall({ env: way.env() });
  });
  after(() => rollcall.stop());
  beforeEach(async () => {
    scim = await (await rollcall.addOrganization()).connectScim();
  });

  const send = (operations: readonly unknown[], more: object = {}): Promise<Answer> =>
    scim.post('/Bulk', { schemas: [BULK_REQUEST], ...more, Operations: operations });
  /** The outcomes of a bulk that is answered as a whole. */
  const outcomes = async (operations: readonly unknown[], more: object = {}): Promise<Body[]> => {
    const body = expectBody(await send(operations, more), 200);
    expect(body.schemas).to.deep.equal([BULK_RESPONSE]);
    return body.Operations;
  };
  const post = (bulkId: string, data: object) => ({ method: 'POST', path: '/Users', bulkId, data });
  const at = (location: string) => location.slice(scim.root.length);
  const read = async (location: string): Promise<Body> => expectBody(await scim.get(at(location)), 200);
  const statusesOf = (bodies: readonly Body[]) => bodies.map(({ status }) => status);
  const managed = (bulkId: string) => ({ [E]: { manager: { value: `bulkId:${bulkId}` } } });
  const managerOf = (body: Body) => body[E]?.manager.value;

  it('fact-57 creates, replaces, changes and removes as the single requests do', async () => {
    const [ada, bea, cid] = await Promise.all(
      ['Ada', 'Bea', 'Cid'].map(async (title) => expectBody(await scim.post('/Users', aPerson({ title })), 201)),
    );
    const dora = aPerson({ title: 'Dora' });
    const done = await outcomes([
      post('dora', dora),
      { method: 'PUT', path: `/Users/${ada.id}`, data: aPerson({ title: 'Countess' }) },
      { method: 'PATCH', path: `/Users/${bea.id}`, data: patchOp([{ op: 'replace', path: 'active', value: false }]) },
      { method: 'DELETE', path: `/Users/${cid.id}` },
    ]);
    expect(statusesOf(done)).to.deep.equal(['201', '200', '200', '204']);
    expect(done.map(({ method }) => method)).to.deep.equal(['POST', 'PUT', 'PATCH', 'DELETE']);
    expect(done[0]).to.include({ bulkId: 'dora', version: 'W/"1"' });
    for (const [index, { id }] of [ada, bea, cid].entries())
      expect(done[index + 1].location).to.equal(`${scim.root}/Users/${id}`);
    for (const outcome of done) expect(outcome).not.to.have.property('response');
    const created = await read(done[0].location);
    expect(created).to.deep.include({ ...dora, active: true });
    expect(created.meta).to.include({ location: done[0].location, version: done[0].version });
    const replaced = await read(done[1].location);
    expect(replaced.title).to.equal('Countess');
    expect(replaced.meta.version).to.equal(done[1].version);
    expect((await read(done[2].location)).active).to.equal(false);
    expect(done[3]).not.to.have.property('version');
    expectError(await scim.get(at(done[3].location)), 404);
  });

  it('fact-57 goes on after a failure and says what failed', async () => {
    const person = aPerson();
    const done = await outcomes([
      post('first', person),
      post('twin', { ...person, userName: String(person.userName).toUpperCase() }),
      { method: 'PATCH', path: '/Users/nobody', data: patchOp([{ op: 'remove', path: 'title' }]) },
      { method: 'PUT', path: '/Nothing/1', data: {} },
      { method: 'DELETE', path: '/Users/nobody' },
      post('nameless', { schemas: [] }),
      post('last', aPerson()),
    ]);
    expect(statusesOf(done)).to.deep.equal(['201', '409', '404', '404', '404', '400', '201']);
    for (const { status, response, location, method } of done.filter((outcome) => Number(outcome.status) >= 400)) {
      expect(response)
        .to.include({ status })
        .and.to.deep.include({ schemas: [ERROR] });
      expect(response.detail).to.be.a('string').that.is.not.empty;
      expect(location === undefined).to.equal(method === 'POST');
    }
    expect(done[1].response.scimType).to.equal('uniqueness');
    expect(done[2].location).to.equal(`${scim.root}/Users/nobody`);
    expectList(await scim.get('/Users'), 2);
  });

  it('fact-57 stops once failOnErrors operations have failed', async () => {
    const operations = [
      post('a', aPerson()),
      { method: 'DELETE', path: '/Users/x' },
      post('b', aPerson()),
      { method: 'DELETE', path: '/Users/y' },
      post('c', aPerson()),
    ];
    expect(statusesOf(await outcomes(operations, { failOnErrors: 1 }))).to.deep.equal(['201', '404']);
    expectList(await scim.get('/Users'), 1);
    const fresh = operations.map((operation) => ('data' in operation ? post('z', aPerson()) : operation));
    const renamed = fresh.map((operation, index) => ({ ...operation, bulkId: `n${index}` }));
    expect(await outcomes(renamed, { failOnErrors: 2 })).to.have.length(4);
    expect(await outcomes(renamed.slice(1, 2), { failOnErrors: 3 })).to.have.length(1);
    expectList(await scim.get('/Users'), 3);
  });

  it('fact-57 resolves references to resources created earlier, later and in paths', async () => {
    const done = await outcomes([
      post('worker', aPerson({ title: 'early', ...managed('boss') })),
      {
        method: 'PATCH',
        path: '/Users/bulkId:helper',
        data: patchOp([{ op: 'add', path: 'title', value: 'patched' }]),
      },
      post('boss', aPerson()),
      post('helper', aPerson(managed('worker'))),
      { method: 'DELETE', path: 'Users/bulkId:gone' },
      post('gone', aPerson()),
      { method: 'PUT', path: '/Users/bulkId%3Aworker', data: aPerson({ title: 'late', ...managed('boss') }) },
    ]);
    expect(statusesOf(done)).to.deep.equal(['201', '200', '201', '201', '204', '201', '200']);
    const [worker, patched, boss, helper, removed, gone, replaced] = done;
    expect(replaced.location).to.equal(worker.location);
    expect(patched.location).to.equal(helper.location);
    expect(removed.location).to.equal(gone.location);
    const [bossId, workerId] = [(await read(boss.location)).id, (await read(worker.location)).id];
    expect(managerOf(await read(worker.location))).to.equal(bossId);
    expect((await read(worker.location)).title).to.equal('late');
    expect(managerOf(await read(helper.location))).to.equal(workerId);
    expect((await read(helper.location)).title).to.equal('patched');
    expectError(await scim.get(at(gone.location)), 404);
  });

  it('fact-57 resolves references in a circle: one is created first and completed afterwards', async () => {
    const people = [aPerson({ [E]: { department: 'D', manager: { value: 'bulkId:b' } } }), aPerson(managed('c'))];
    const done = await outcomes([
      post('a', people[0]),
      post('b', people[1]),
      post('c', aPerson(managed('a'))),
      post('self', aPerson(managed('self'))),
      post('outside', aPerson(managed('a'))),
    ]);
    expect(statusesOf(done)).to.deep.equal(['201', '201', '201', '201', '201']);
    const [a, b, c, self, outside] = await Promise.all(done.map(({ location }) => read(location)));
    expect([a, b, c, self, outside].map(managerOf)).to.deep.equal([b.id, c.id, a.id, self.id, a.id]);
    expect(a[E].department).to.equal('D');
    for (const [index, { meta }] of [a, b, c, self, outside].entries())
      expect(done[index].version).to.equal(meta.version);
  });

  it('fact-57 answers 409 to a reference to nothing, and 412 to one to what failed', async () => {
    const taken = aPerson();
    expectBody(await scim.post('/Users', taken), 201);
    const done = await outcomes([
      post('lost', aPerson(managed('nothing'))),
      post('failed', taken),
      post('follower', aPerson(managed('failed'))),
      post('next', aPerson(managed('follower'))),
      { method: 'DELETE', path: '/Users/bulkId:failed' },
      { method: 'DELETE', path: '/Users/bulkId:nothing' },
      post('round', aPerson({ title: 'kept', ...managed('trip') })),
      post('trip', { ...taken, ...managed('round') }),
    ]);
    expect(statusesOf(done)).to.deep.equal(['409', '409', '412', '412', '412', '409', '412', '409']);
    for (const { response, status } of done) expect(response).to.include({ status });
    expectList(await scim.get('/Users'), 1);
  });

  it('fact-57 says so when what was created could not be completed', async () => {
    const taken = aPerson();
    expectBody(await scim.post('/Users', taken), 201);
    const [first, second] = await outcomes([
      post('first', { ...taken, ...managed('second') }),
      post('second', aPerson({ title: 'kept', ...managed('first') })),
    ]);
    expect([first.status, second.status]).to.deep.equal(['409', '412']);
    expect(first).not.to.have.property('location');
    expect(second.response.detail).to.include('"first"');
    expect((await read(second.location)).title).to.equal('kept');
  });

  it('fact-57 heeds the version of an operation', async () => {
    const { id, meta } = expectBody(await scim.post('/Users', aPerson()), 201);
    const path = `/Users/${id}`;
    const data = patchOp([{ op: 'add', path: 'title', value: 'T' }]);
    const done = await outcomes([
      { method: 'PATCH', path, version: 'W/"7"', data },
      { method: 'DELETE', path, version: '"nonsense"' },
      { method: 'PATCH', path, version: meta.version, data },
      { method: 'PUT', path, version: meta.version, data: aPerson() },
      { method: 'PUT', path, version: 'W/"2"', data: aPerson({ title: 'third' }) },
      { method: 'DELETE', path, version: '*' },
    ]);
    expect(statusesOf(done)).to.deep.equal(['412', '412', '200', '412', '200', '204']);
    expect(done[2].version).to.equal('W/"2"');
    expect(done[4].version).to.equal('W/"3"');
  });

  it('fact-57 keeps the order of operations on one resource', async () => {
    const { id } = expectBody(await scim.post('/Users', aPerson()), 201);
    const operations = Array.from({ length: 100 }, (_, n) => ({
      method: 'PATCH',
      path: `/Users/${id}`,
      data: patchOp([{ op: 'replace', path: 'title', value: `t${n}` }]),
    }));
    const done = await outcomes(operations);
    expect(done.map(({ version }) => version)).to.deep.equal(operations.map((_, n) => `W/"${n + 2}"`));
    expect((await read(done[0].location)).title).to.equal('t99');
  });

  it('fact-57 takes 1,000 operations and refuses one more with 413, whole', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, n) => post(`p${n}`, aPerson()));
    expectError(await send(many(1001)), 413);
    expectList(await scim.get('/Users?count=0'), 0);
    const most = way.name === 'embedded' ? 1000 : 200;
    const done = await outcomes(many(most));
    expect(done.map(({ status, bulkId }) => `${bulkId} ${status}`)).to.deep.equal(
      Array.from({ length: most }, (_, n) => `p${n} 201`),
    );
    expectList(await scim.get('/Users?count=0'), most);
    expectError(await send([post('big', aPerson({ note: 'x'.repeat(1_048_576) }))]), 413);
  });
});
