import { expect } from 'chai';
import { BULK_REQUEST } from '../../scim/schema/urns.ts';
import { type Body, patchOp } from './client.ts';
import { aPerson, expectBody, expectError, expectList } from './expectations.ts';
import { type ScimServer, type ScimServerOptions, startScim } from './server.ts';

describe('SCIM bulk messages (RFC 7644 §3.7)', () => {
  let scim: ScimServer;
  const start = async (options: ScimServerOptions = {}) => {
    scim = await startScim(options);
  };
  afterEach(() => scim.stop());

  const post = (bulkId: unknown, data: unknown = aPerson()) => ({ method: 'POST', path: '/Users', bulkId, data });
  const outcomes = async (operations: readonly unknown[], headers = {}): Promise<Body[]> =>
    expectBody(await scim.post('/Bulk', { schemas: [BULK_REQUEST], Operations: operations }, headers), 200).Operations;
  const statusesOf = (bodies: readonly Body[]) => bodies.map(({ status }) => status);

  it('fact-57 says in the service provider config what it takes', async () => {
    await start();
    const { bulk } = expectBody(await scim.get('/ServiceProviderConfig'), 200);
    expect(bulk).to.deep.equal({ supported: true, maxOperations: 1000, maxPayloadSize: 1_048_576 });
  });

  it('refuses as a whole what is no bulk, and stores nothing of it', async () => {
    await start();
    const operations = [post('a')];
    for (const body of [{}, { Operations: {} }, { Operations: null }, { operations: 'x' }, []])
      expectError(await scim.post('/Bulk', body), 400, 'invalidSyntax');
    for (const failOnErrors of [-1, 1.5, '1', true, [1]])
      expectError(await scim.post('/Bulk', { failOnErrors, Operations: operations }), 400, 'invalidValue');
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'])
      expectError(await scim.send({ method, path: '/Bulk' }), 405);
    expect(await scim.countUsers()).to.equal(0);
  });

  it('refuses each operation that is none, and performs the others', async () => {
    await start();
    const done = await outcomes([
      null,
      'text',
      {},
      { method: 'POST', bulkId: 'pathless', data: aPerson() },
      { method: 'GET', path: '/Users' },
      { method: 'HEAD', path: '/Users' },
      { method: 1, path: '/Users' },
      { method: 'DELETE', path: ['/Users/1'] },
      { method: 'DELETE', path: '/Users/1', version: 1 },
      { method: 'DELETE', path: '/' },
      { method: 'DELETE', path: '/Users/%E0%A4%A' },
      { method: 'DELETE', path: '/Users' },
      { method: 'POST', path: '/Users', data: aPerson() },
      post(''),
      post(7),
      post('dataless', null),
      post('text', 'text'),
      post('list', [aPerson()]),
      post('well'),
    ]);
    const refused = ['400', '400', '400', '400', '400', '400', '400', '400', '400', '400', '404', '405'];
    expect(statusesOf(done)).to.deep.equal([...refused, '400', '400', '400', '400', '400', '400', '201']);
    expect(await scim.countUsers()).to.equal(1);
  });

  it('performs no POST whose bulkId another one has, nor what refers to it', async () => {
    await start();
    const done = await outcomes([
      post('twin'),
      post('other'),
      post('twin'),
      { method: 'DELETE', path: '/Users/bulkId:twin' },
    ]);
    expect(statusesOf(done)).to.deep.equal(['400', '201', '400', '412']);
    expect(done.map(({ bulkId }) => bulkId)).to.deep.equal(['twin', 'other', 'twin', undefined]);
    expect(await scim.countUsers()).to.equal(1);
  });

  it('takes no bulk within a bulk, and nothing that only reads', async () => {
    await start();
    const done = await outcomes([
      { method: 'POST', path: '/Bulk', bulkId: 'inner', data: { Operations: [post('x')] } },
      { method: 'POST', path: '/.search', bulkId: 'root', data: {} },
      { method: 'POST', path: '/Users/.search', bulkId: 'search', data: {} },
      { method: 'POST', path: '/Schemas', bulkId: 'schema', data: {} },
    ]);
    expect(statusesOf(done)).to.deep.equal(['400', '400', '400', '405']);
    expect(await scim.countUsers()).to.equal(0);
  });

  it('asks for the scope of each operation', async () => {
    await start();
    const { id } = expectBody(await scim.post('/Users', aPerson()), 201);
    const operations = [
      post('user'),
      { method: 'PATCH', path: `/Users/${id}`, data: patchOp([{ op: 'add', path: 'title', value: 'T' }]) },
      { method: 'DELETE', path: `/Users/${id}` },
    ];
    const tokenOf = async (scope: 'scim:read' | 'scim:groups') => ({
      authorization: `Bearer ${await scim.makeToken([scope])}`,
    });
    for (const { response, status } of await outcomes(operations, await tokenOf('scim:read'))) {
      expect(status).to.equal('403');
      expect(response.detail).to.include('scim:users');
    }
    expect(await scim.stored(id)).to.have.property('version', 1);
    expect(await scim.countUsers()).to.equal(1);
    expectError(await scim.post('/Bulk', { Operations: operations }, { authorization: null }), 401);
  });

  it('refuses every operation while SCIM is switched off', async () => {
    await start({ enabled: false });
    expect(statusesOf(await outcomes([post('a'), { method: 'DELETE', path: '/Users/1' }]))).to.deep.equal([
      '403',
      '403',
    ]);
    expect(await scim.countUsers()).to.equal(0);
  });

  it('tolerates in compat what strict refuses', async () => {
    const lenient = (root: string) => [
      { Method: 'post', PATH: 'Users', BulkID: 'a', Data: aPerson() },
      { method: 'Post', path: '/users/', bulkId: 'b', data: aPerson() },
      { method: 'POST', path: `${root}/Users`, bulkId: 'c', data: aPerson() },
      { method: 'POST', path: `${new URL(root).pathname}/Users?attributes=userName`, bulkId: 'd', data: aPerson() },
      { method: 'DELETE', path: 'Users/BULKID:a' },
    ];
    await start();
    const done = expectBody(await scim.post('/Bulk', { operations: lenient(scim.root) }), 200).Operations;
    expect(statusesOf(done)).to.deep.equal(['201', '201', '201', '201', '204']);
    expectBody(await scim.post('/Bulk', { Operations: [] }), 200);
    expectList(await scim.get('/Users'), 3);
    await scim.stop();
    await start({ principal: { dialect: 'strict' } });
    expectError(await scim.post('/Bulk', { Operations: [post('a')] }), 400, 'invalidSyntax');
    expectError(await scim.post('/Bulk', { schemas: [BULK_REQUEST], Operations: [] }), 400, 'invalidSyntax');
    const strict = await outcomes([...lenient(scim.root), post('well')]);
    expect(statusesOf(strict)).to.deep.equal(['400', '400', '400', '404', '400', '201']);
  });

  it('keeps names such as __proto__ what they are: names', async () => {
    await start();
    const text = `{"Operations":[
      {"method":"POST","path":"/Users","bulkId":"__proto__","data":{"userName":"proto@example.com","__proto__":{"polluted":1},
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"bulkId:constructor"}}}},
      {"method":"POST","path":"/Users","bulkId":"constructor","data":{"userName":"constructor@example.com","constructor":"x",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"bulkId:__proto__"}}}},
      {"method":"DELETE","path":"/Users/bulkId:toString","__proto__":{"refusal":null}}]}`;
    const answer = await scim.send({
      method: 'POST',
      path: '/Bulk',
      text,
      headers: { 'content-type': 'application/json' },
    });
    expect(statusesOf(expectBody(answer, 200).Operations)).to.deep.equal(['201', '201', '409']);
    expect({}).not.to.have.property('polluted');
  });

  it('answers a crash of one operation with 500, notes it, and goes on', async () => {
    await start({
      crashes: true,
      users: (users) => ({
        ...users,
        provision: (caller, assertion) => {
          if (assertion.attributes.title === 'crash') throw new Error('secret');
          return users.provision(caller, assertion);
        },
      }),
    });
    const done = await outcomes([post('a', aPerson({ title: 'crash' })), post('b')]);
    expect(statusesOf(done)).to.deep.equal(['500', '201']);
    expect(JSON.stringify(done)).not.to.include('secret');
    expect(scim.crashes).to.have.length(1);
    expect(scim.crashes[0]).to.include({ method: 'POST' });
  });

  describe('/Me (RFC 7644 §3.11, fact 58)', () => {
    it('fact-58 answers 501 to every method: a token stands for no person', async () => {
      await start();
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
        const { detail } = expectError(await scim.send({ method, path: '/Me' }), 501);
        expect(detail).to.include('person');
      }
      expectError(await scim.send({ method: 'GET', path: '/me/?attributes=userName' }), 501);
      expectError(await scim.send({ method: 'GET', path: '/Me', headers: { authorization: null } }), 401);
      const reader = { authorization: `Bearer ${await scim.makeToken(['scim:read'])}` };
      expectError(await scim.send({ method: 'GET', path: '/Me', headers: reader }), 501);
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
        expectError(await scim.send({ method, path: '/Me', headers: reader }), 403);
    });

    it('fact-58 answers the same within a bulk', async () => {
      await start();
      const done = await outcomes([
        { method: 'POST', path: '/Me', bulkId: 'me', data: aPerson() },
        { method: 'PATCH', path: '/Me', data: patchOp([{ op: 'add', path: 'title', value: 'T' }]) },
        { method: 'PUT', path: '/Me', data: aPerson() },
        { method: 'DELETE', path: '/Me' },
      ]);
      expect(statusesOf(done)).to.deep.equal(['501', '501', '501', '501']);
      expect(await scim.countUsers()).to.equal(0);
    });
  });
});
