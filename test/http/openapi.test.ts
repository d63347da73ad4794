import { expect } from 'chai';
import type { DirectoryName } from '../../src/core/user.ts';
import { PROBLEMS } from '../../src/http/problem.ts';
import { ROUTES } from '../../src/http/routes.ts';
import type { ApiAnswer, Body } from '../support/api-client.ts';
import { heldPlan } from '../support/held-plan.ts';
import { importsOf } from '../support/imports.ts';
import { expectStatus, until } from '../support/rollcall.ts';
import { A_FILE, anInterviewReport, configure, mapGroup, nameEntries, operatorRoutes, requestFor } from './calls.ts';
import { judgeBy, startDescribed } from './description.ts';
import { openApiComplaints } from './openapi-complaints.ts';

const NEEDS_QUIET = /^startDry|^preview.*Mapping$/;

/** What only the operator does: organizations, and whatever makes credentials. */
const CLOSED = [
  'createOrganization',
  'listOrganizations',
  'createApiKey',
  'listApiKeys',
  'rotateApiKey',
  'revokeApiKey',
  'createScimToken',
  'listScimTokens',
  'revokeScimToken',
  'createConnectionToken',
  'listConnectionTokens',
  'rotateConnectionToken',
  'revokeConnectionToken',
  'createScimClient',
  'listScimClients',
  'addClientSecret',
  'revokeClientSecret',
  'revokeScimClient',
];

type Described = Awaited<ReturnType<typeof startDescribed>>;

describe('the OpenAPI document', () => {
  let rollcall: Described;
  let document: Body;
  before(async () => {
    rollcall = await startDescribed({ google: { people: 30 }, microsoft: { people: 30 } });
    ({ document } = rollcall.description);
  });
  after(() => rollcall.stop());

  it('is given to anybody, as JSON', async () => {
    const answer = await rollcall.api.get('/openapi.json', { authorization: null });
    expect(answer.status).to.equal(200);
    expect(answer.headers['content-type']).to.equal('application/json; charset=utf-8');
    expect(answer.body).to.deep.equal(document);
    expect(document.servers).to.deep.equal([{ url: rollcall.url }]);
  });

  it('is OpenAPI 3.1, whole in itself', () => expect(openApiComplaints(document)).to.deep.equal([]));

  it('describes every route of the table and nothing else', () => {
    const described = Object.entries<Body>(document.paths).flatMap(([path, methods]) =>
      Object.entries<Body>(methods).map(([method, { operationId }]) => `${method} ${path} ${operationId}`),
    );
    expect(described).to.have.members(
      ROUTES.map(({ method, path, name }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')} ${name}`),
    );
  });

  it('asks for the key exactly where the table does, and says what comes without it', () => {
    for (const { method, path, policy } of ROUTES) {
      const operation = document.paths[path.replace(/:(\w+)/g, '{$1}')][method];
      expect(operation.security.length > 0, path).to.equal(policy !== 'public');
      expect('401' in operation.responses, path).to.equal(policy !== 'public');
    }
  });

  it('names the scope that opens a row to keys of the organization, on all but those of the operator', () => {
    for (const { method, path, policy, name } of ROUTES.filter((row) => row.policy !== 'public')) {
      const { security } = document.paths[path.replace(/:(\w+)/g, '{$1}')][method];
      const keys = policy === 'operator' ? [] : [{ apiKey: [policy] }];
      expect(security, name).to.deep.equal([{ operatorKey: [] }, ...keys]);
    }
    const closed = ROUTES.filter(({ policy }) => policy === 'operator').map(({ name }) => name);
    expect(closed, 'a row that keys may open says by which scope; add it here if none may').to.deep.equal(CLOSED);
  });

  it('names every refusal there is', () =>
    expect(document.components.schemas.Problem.properties.code.enum).to.have.members(Object.keys(PROBLEMS)));

  it('marks what must be sent and how lists are written', () => {
    const parameters = document.paths['/api/organizations/{org}/users'].get.parameters as readonly Body[];
    const required = parameters.filter((parameter) => parameter.required).map(({ name }) => name);
    expect(required).to.deep.equal(['org']);
    const status = parameters.find(({ name }) => name === 'status');
    expect(status).to.include({ style: 'form', explode: false });
    const [, email] = document.paths['/api/organizations/{org}/explain'].get.parameters;
    expect(email).to.include({ name: 'email', required: true });
    expect(document.paths['/api/organizations/{org}/users/{id}/activate'].post.requestBody.required).to.equal(false);
    expect(document.paths['/api/organizations/{org}/users'].post.requestBody.required).to.equal(true);
  });

  it('keeps its word: every operation, called once, answers as described', async () => {
    const organization = await rollcall.addOrganization();
    const user = await organization.addActiveUser('Ada', 'ada@example.com');
    await organization.addUser('Twin', String(rollcall.google().control.person(1)?.primaryEmail));
    await organization.addUser('Twin', String(rollcall.google().control.person(3)?.primaryEmail));
    await organization.connectGoogle();
    await organization.change({
      linkExistingUsers: 'ask',
      google: { syncUsers: true },
      microsoft: { syncUsers: true },
    });
    const run = await organization.run();
    const { items: conflicts } = expectStatus(await rollcall.api.get(`${organization.path}/conflicts`), 200);
    const token = expectStatus(await rollcall.api.post(`${organization.path}/scim-tokens`, { name: 'a' }), 201);
    const configured = await configure(rollcall.api, organization.path, 'Spare');
    const connections = `${organization.path}/scim-connections`;
    const connection = expectStatus(await rollcall.api.post(connections, { name: 'Okta' }), 201);
    const tokens = `${connections}/${connection.id}/tokens`;
    const connectionToken = expectStatus(await rollcall.api.post(tokens, { name: 'a' }), 201);
    const client = expectStatus(await rollcall.api.post(`${connections}/${connection.id}/clients`, { name: 'a' }), 201);
    const { id: interviewer } = await organization.addActiveUser('Bob', 'bob@example.com');
    const interview = 'of-the-host';
    const booked = anInterviewReport({ interviewers: [interviewer] });
    expectStatus(await rollcall.api.put(`${organization.path}/interviews/${interview}`, booked), 200);
    const select = { ids: [user.id] };
    const startBulk = async (): Promise<Body> =>
      expectStatus(await rollcall.api.post(`${organization.path}/users/bulk`, { action: 'activate', select }), 201);
    const bulk = await startBulk();
    const imports = importsOf(rollcall, organization);
    const newKey = { name: 'a', scopes: ['people:read'] };
    const apiKey = expectStatus(await rollcall.api.post(`${organization.path}/api-keys`, newKey), 201);
    const ids = {
      org: organization.id,
      import: (await imports.upload(A_FILE)).id,
      bulk: bulk.id,
      user: user.id,
      run: run.id,
      token: token.id,
      conflict: conflicts[0].id,
      connection: connection.id,
      connectionToken: connectionToken.id,
      ...configured,
      agency: (await organization.addAgency()).id,
      client: client.id,
      secret: client.secretId,
      interview,
      interviewer,
      ...(await nameEntries(organization)),
      ...(await mapGroup(rollcall, organization)),
      apiKey: apiKey.id,
    };
    const quiet = () =>
      until('all is quiet', async () => {
        const { items } = expectStatus(await rollcall.api.get(`${organization.path}/runs`), 200);
        return items.every(({ state }: Body) => state !== 'queued' && state !== 'running');
      });
    await quiet();
    const dry = expectStatus(await rollcall.api.post(`${organization.path}/integrations/google/dry-runs`), 202);
    await quiet();
    for (const route of operatorRoutes) {
      if (route.name === 'setAccess') await rollcall.api.post(`${organization.path}/users/${user.id}/activate`);
      const conflict = route.name === 'dismissConflict' ? conflicts[1].id : ids.conflict;
      if (NEEDS_QUIET.test(route.name)) await quiet();
      const run = /\/runs\/:id\/plan/.test(route.path) ? dry.id : ids.run;
      const spare = {
        ...(route.name === 'cancelImport' ? { import: (await imports.upload(A_FILE)).id } : {}),
        ...(route.name === 'cancelBulk' ? { bulk: (await startBulk()).id } : {}),
      };
      const imported = route.name === 'commitImport' ? await imports.settled(ids.import, ['reviewed']) : null;
      const reviewed = route.name === 'confirmBulk' ? bulk : imported;
      const request = requestFor(route, { ...ids, ...spare, conflict, run }, rollcall);
      if (route.name === 'syncUser') await organization.change({ google: { syncUsers: true } });
      const source = /\/(google|microsoft)\/plan/.exec(route.path)?.[1];
      const plan = source ? await heldPlan(rollcall, organization, source as DirectoryName) : null;
      const { status, body } = await rollcall.api.send(
        (plan && request.body) || reviewed ? { ...request, body: { digest: (plan ?? reviewed)?.digest } } : request,
      );
      expect(status, route.name).to.equal(route.status ?? 200);
      if (route.name === 'rotateConnectionToken') ids.connectionToken = body.id;
      if (route.name === 'rotateApiKey') ids.apiKey = body.id;
    }
    await rollcall.api.send({ method: 'GET', path: '/health/live' });
    await rollcall.api.send({ method: 'GET', path: '/health/ready' });
    await rollcall.api.get('/openapi.json');
    for (const { name, status = 200 } of ROUTES) expect([...rollcall.description.seen]).to.include(`${name} ${status}`);
    await until('all is quiet', async () => (await rollcall.rollcall.deps.queue.counts()).running === 0);
  }).timeout(60_000);

  describe('as a judge', () => {
    const live = { method: 'GET', path: '/health/live', status: 200, headers: { 'content-type': 'application/json' } };
    const PLANTED: readonly (readonly [string, Partial<ApiAnswer>, RegExp | null])[] = [
      ['what is described', { body: { status: 'live' } }, null],
      ['another value', { body: { status: 'dead' } }, /not as described/],
      ['a member too few', { body: {} }, /not as described/],
      ['a member too many', { body: { status: 'live', secret: 1 } }, /not as described/],
      ['a status that is not described', { status: 418, body: {} }, /418 is not described/],
      ['another media type', { body: { status: 'live' }, headers: { 'content-type': 'text/html' } }, /text\/html/],
      [
        'a body where none belongs',
        { method: 'DELETE', path: '/api/organizations/a/scim-tokens/b', status: 204, text: 'x' },
        /a body where none/,
      ],
    ];
    for (const [what, planted, complaint] of PLANTED)
      it(`sees ${what}`, () => {
        const judge = () => judgeBy(document).check({ text: '', body: undefined, ...live, ...planted });
        if (complaint) expect(judge).to.throw(complaint);
        else expect(judge).not.to.throw();
      });
  });
});
