import { expect } from 'chai';
import { importsOf } from '../support/imports.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall, until } from '../support/rollcall.ts';
import {
  anInterviewReport,
  configure,
  type Ids,
  mapGroup,
  NOBODY,
  nameEntries,
  operatorRoutes,
  requestFor,
} from './calls.ts';

const CANARY = 'Zarathustra';

/** What makes something that is not there, made under names of its own. */
const NEW: ReadonlyMap<string, Partial<Ids>> = new Map<string, Partial<Ids>>([
  ['putScimSchema', { urn: 'urn:example:new' }],
  ['putScimResourceType', { name: 'New' }],
  ['reportInterview', { interview: 'new', interviewer: 'nobody' }],
  ...['putRole', 'putJob', 'putDepartment', 'putLocation'].map((name) => [name, { entry: 'new' }] as const),
  ['putPool', { pool: 'new' }],
  ['putGroupMapping', { mapping: 'new' }],
]);

describe('S01 organizations do not see one another', () => {
  let rollcall: TestRollcall;
  let mine: TestOrganization;
  let other: TestOrganization;
  let ids: Ids;

  before(async () => {
    rollcall = await startRollcall({ google: { people: 6 }, microsoft: {} });
    mine = await rollcall.addOrganization(`${CANARY} Inc`);
    other = await rollcall.addOrganization('Other');
    ids = await populate(rollcall, mine);
  });
  after(() => rollcall.stop());

  const scoped = operatorRoutes.filter(({ path }) => path.includes(':org'));

  for (const route of scoped)
    it(`${route.name}: another organization's ids are not found, and nothing of them is told`, async () => {
      const before = await everythingOf(rollcall, mine);
      const answer = await rollcall.api.send(
        requestFor(route, { ...ids, ...NEW.get(route.name), org: other.id }, rollcall),
      );
      if (/:(id|urn|name|connection)/.test(route.path) && !NEW.has(route.name))
        expect(answer.status).to.equal(route.status === 405 ? 405 : 404);
      expect(answer.text).not.to.contain(CANARY);
      for (const id of Object.values(ids)) expect(answer.text).not.to.contain(id);
      expect(await everythingOf(rollcall, mine)).to.deep.equal(before);
    });

  for (const route of scoped.filter(({ status }) => status !== 405))
    it(`${route.name}: an organization that does not exist is not found`, async () => {
      const answer = await rollcall.api.send(requestFor(route, NOBODY, rollcall));
      expect(answer.status).to.equal(404);
      expect(answer.body.code).to.equal('not_found');
    });

  it('gives the same answer for what is another’s and for what is nobody’s', async () => {
    const foreign = await rollcall.api.get(`${other.path}/users/${ids.user}`);
    const unknown = await rollcall.api.get(`${other.path}/users/nobody`);
    expect(foreign.body).to.deep.equal(unknown.body);
  });

  it('refuses the tokens of one organization on the other’s SCIM', async () => {
    const { token } = expectStatus(await rollcall.api.post(`${other.path}/scim-tokens`, { name: 'other' }), 201);
    const headers = { authorization: `Bearer ${token}` };
    const answer = await rollcall.api.send({ method: 'GET', path: `/scim/v2/${mine.id}/Users`, headers });
    expect(answer.status).to.be.oneOf([401, 403, 404]);
    expect(answer.text).not.to.contain(CANARY);
  });
});

/** Gives an organization one of everything. */
async function populate(rollcall: TestRollcall, organization: TestOrganization): Promise<Ids> {
  const { api, google } = rollcall;
  const { path } = organization;
  const user = await organization.addActiveUser(`${CANARY} Spoke`, `${CANARY}@example.com`);
  const token = expectStatus(await api.post(`${path}/scim-tokens`, { name: CANARY }), 201);
  const connection = expectStatus(await api.post(`${path}/scim-connections`, { name: CANARY }), 201);
  const tokens = `${path}/scim-connections/${connection.id}/tokens`;
  const connectionToken = expectStatus(await api.post(tokens, { name: CANARY }), 201);
  const clients = `${path}/scim-connections/${connection.id}/clients`;
  const client = expectStatus(await api.post(clients, { name: CANARY }), 201);
  const newKey = { name: CANARY, scopes: ['people:read'] };
  const apiKey = expectStatus(await api.post(`${path}/api-keys`, newKey), 201);
  await organization.addUser('Twin', String(google().control.person(1)?.primaryEmail));
  await organization.connectGoogle();
  await organization.change({ linkExistingUsers: 'ask', google: { syncUsers: true }, microsoft: { syncUsers: true } });
  const run = await organization.sync();
  const configured = await configure(api, path, CANARY);
  const { id: interviewer } = await organization.addActiveUser(`${CANARY} Asked`, `${CANARY}.asked@example.com`);
  const interview = `${CANARY}-1`;
  const booked = anInterviewReport({ interviewers: [interviewer] });
  expectStatus(await api.put(`${path}/interviews/${interview}`, booked), 200);
  const select = { ids: [user.id] };
  const bulk = expectStatus(
    await api.post(`${path}/users/bulk`, { action: 'deactivate', select, reason: CANARY }),
    201,
  );
  const { items } = expectStatus(await api.get(`${path}/conflicts`), 200);
  await until('every run has ended', async () => {
    const { items: runs } = expectStatus(await api.get(`${path}/runs`), 200);
    return runs.every(({ state }: { state: string }) => state === 'finished');
  });
  const filed = await importsOf({ api }, { path }).upload(`name,email\n${CANARY},${CANARY}.filed@example.com\n`);
  return {
    org: organization.id,
    import: filed.id,
    user: user.id,
    run: run.id,
    token: token.id,
    conflict: items[0].id,
    connection: connection.id,
    connectionToken: connectionToken.id,
    ...configured,
    agency: (await organization.addAgency(CANARY)).id,
    client: client.id,
    secret: client.secretId,
    interview,
    interviewer,
    ...(await nameEntries(organization)),
    ...(await mapGroup(rollcall, organization)),
    bulk: bulk.id,
    apiKey: apiKey.id,
  };
}

async function everythingOf({ api }: TestRollcall, { path }: TestOrganization): Promise<readonly string[]> {
  const places = [
    '',
    '/settings',
    '/users?status=all',
    '/scim-tokens',
    '/integrations/google',
    '/integrations/microsoft',
    '/runs',
    '/conflicts',
    '/agencies?state=all',
    '/schemas',
    '/resource-types',
    '/interviews',
    '/group-mappings',
    '/groups',
  ];
  return Promise.all(places.map(async (place) => (await api.get(`${path}${place}`)).text));
}
