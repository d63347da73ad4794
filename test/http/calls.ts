import type { Route } from '../../src/http/route.ts';
import { ROUTES } from '../../src/http/routes.ts';
import { BADGE_SCHEMA } from '../fixtures/configurations.ts';
import { aGroup } from '../fixtures/resources.ts';
import type { ApiClient, ApiRequest } from '../support/api-client.ts';
import { expectStatus, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';

/** The ids a path may name. */
export interface Ids {
  readonly org: string;
  readonly user: string;
  readonly run: string;
  readonly import: string;
  readonly token: string;
  readonly conflict: string;
  readonly connection: string;
  /** A token of that connection; `token` is one of the first connection. */
  readonly connectionToken: string;
  /** The URN of a schema that no resource type has. */
  readonly urn: string;
  /** The name of a resource type. */
  readonly name: string;
  readonly agency: string;
  readonly client: string;
  /** Of that client. */
  readonly secret: string;
  /** The host's id of a booked interview, and the user who is in it. */
  readonly interview: string;
  readonly interviewer: string;
  /** Of a role, a job, a department and a location. */
  readonly entry: string;
  readonly pool: string;
  /** A SCIM group, and the group mapping that gives something to those in it. */
  readonly group: string;
  readonly mapping: string;
  /** An action on many people that nobody has confirmed. */
  readonly bulk: string;
  readonly apiKey: string;
}

export const NOBODY: Ids = {
  org: 'none',
  user: 'none',
  run: 'none',
  import: 'none',
  token: 'none',
  conflict: 'none',
  connection: 'none',
  connectionToken: 'none',
  urn: 'urn:example:none',
  name: 'None',
  agency: 'none',
  client: 'none',
  secret: 'none',
  interview: 'none',
  interviewer: 'none',
  entry: 'none',
  pool: 'none',
  group: 'none',
  mapping: 'none',
  bulk: 'none',
  apiKey: 'none',
};

/** What a host may say of an interview. */
export const anInterviewReport = (facts: { readonly [member: string]: unknown } = {}) => ({
  startsAt: '2199-07-01T09:00:00Z',
  endsAt: '2199-07-01T10:00:00Z',
  status: 'booked',
  interviewers: [],
  version: 1,
  ...facts,
});

/** Gives an organization a schema without a resource type, and one with. */
export async function configure(api: ApiClient, path: string, name: string): Promise<Pick<Ids, 'urn' | 'name'>> {
  const urn = 'urn:example:spare:1.0:Spare';
  for (const id of [urn, BADGE_SCHEMA])
    expectStatus(await api.put(`${path}/schemas/${id}`, { name, attributes: [{ name }] }), 200);
  const type = { endpoint: `/${name}`, schema: BADGE_SCHEMA };
  expectStatus(await api.put(`${path}/resource-types/${name}`, type), 200);
  return { urn, name };
}

/** Which of them `:id` is, by the noun before it. */
const ID_OF: ReadonlyMap<string, keyof Ids> = new Map([
  ['users', 'user'],
  ['runs', 'run'],
  ['imports', 'import'],
  ['scim-tokens', 'token'],
  ['scim-connections', 'connection'],
  ['tokens', 'connectionToken'],
  ['agencies', 'agency'],
  ['clients', 'client'],
  ['conflicts', 'conflict'],
  ['interviews', 'interview'],
  ['roles', 'entry'],
  ['jobs', 'entry'],
  ['departments', 'entry'],
  ['locations', 'entry'],
  ['pools', 'pool'],
  ['group-mappings', 'mapping'],
  ['bulk', 'bulk'],
  ['api-keys', 'apiKey'],
]);

/** A body each operation would take; those without a line take none. */
function bodyOf(name: string, ids: Ids, rollcall: TestRollcall): unknown {
  const bodies: { readonly [operation: string]: () => unknown } = {
    createOrganization: () => ({ name: 'Another' }),
    changeSettings: () => ({ linkExistingUsers: 'ask' }),
    createScimToken: () => ({ name: 'another' }),
    createConnectionToken: () => ({ name: 'another' }),
    rotateConnectionToken: () => ({ graceHours: 0 }),
    createApiKey: () => ({ name: 'another key', scopes: ['people:read'] }),
    createScimClient: () => ({ name: 'another client' }),
    createScimConnection: () => ({ name: 'another connection' }),
    changeScimConnection: () => ({ quietPatch: true }),
    connectGoogle: () => {
      const { serviceAccount, subject } = rollcall.google();
      return { serviceAccount, subject };
    },
    connectMicrosoft: () => {
      const { tenantId, clientId, clientSecret } = rollcall.microsoft().application;
      return { tenantId, clientId, clientSecret };
    },
    chooseGoogleOptions: () => ({ schedule: { paused: false } }),
    chooseMicrosoftOptions: () => ({ removals: { graceHours: 0 } }),
    previewGoogleMapping: () => ({ mapping: [{ attribute: 'title', value: { lower: { field: 'title' } } }] }),
    previewMicrosoftMapping: () => ({ mapping: [] }),
    approveGooglePlan: () => ({ digest: 'of the plan' }),
    approveMicrosoftPlan: () => ({ digest: 'of the plan' }),
    rejectGooglePlan: () => ({ digest: 'of the plan' }),
    rejectMicrosoftPlan: () => ({ digest: 'of the plan' }),
    putScimSchema: () => ({ name: 'Another', attributes: [{ name: 'color' }] }),
    putScimResourceType: () => ({ endpoint: '/Anothers', schema: BADGE_SCHEMA }),
    createAgency: () => ({ name: 'Another agency' }),
    editAgency: () => ({ name: 'Renamed' }),
    setAgency: () => ({ agencyId: null }),
    createUser: () => ({ name: 'New Person', email: 'new.person@example.com' }),
    editUser: () => ({ title: 'Edited' }),
    setAccess: () => ({
      level: 'elevated',
      roles: [{ role: 'reporter', scope: { kind: 'organization', id: '*' } }],
      pools: ['pool-1'],
    }),
    mapImport: () => ({ key: 'email' }),
    commitImport: () => ({ digest: 'of the review' }),
    startBulk: () => ({ action: 'deactivate', select: { ids: [ids.user] } }),
    confirmBulk: () => ({ digest: 'of what was looked at' }),
    setHostId: () => ({ hostId: 'host-7' }),
    blockUser: () => ({ reason: 'a lost laptop' }),
    reportInterview: () => anInterviewReport({ version: 2, interviewers: [ids.interviewer] }),
    reassignInterview: () => ({ from: ids.interviewer, to: ids.user }),
    putRole: () => ({ name: 'A role' }),
    putJob: () => ({ name: 'A job' }),
    putDepartment: () => ({ name: 'A department' }),
    putLocation: () => ({ name: 'A location' }),
    createPool: () => ({ name: 'Another pool' }),
    putPool: () => ({ name: 'A pool' }),
    putGroupMapping: () => ({ group: { id: ids.group }, level: 'elevated' }),
    signIn: () => ({ email: 'new.person@example.com', at: '2026-11-01T10:00:00Z' }),
  };
  return bodies[name]?.();
}

const QUERIES: ReadonlyMap<string, string> = new Map([
  ['explain', '?email=new.person%40example.com'],
  ['previewScimConnection', '?enabled=false'],
]);

/** A CSV file of people. */
export const A_FILE = 'name,email\nFiled Person,filed.person@example.com\n';

/** A request a route would accept, for these ids. */
export function requestFor(route: Route, ids: Ids, rollcall: TestRollcall): ApiRequest {
  const noun = /\/([\w-]+)\/:id/.exec(route.path)?.[1] ?? '';
  const id = ids[ID_OF.get(noun) ?? 'user'];
  const given = { ...ids, id };
  const path = route.path.replace(
    /:(org|id|connection|secret|urn|name|pool)\b/g,
    (_, part: keyof typeof given) => given[part],
  );
  const method = route.method.toUpperCase();
  const sent = { method, path: `${path}${QUERIES.get(route.name) ?? ''}` };
  if (route.upload) return { ...sent, raw: A_FILE, headers: { 'content-type': route.upload.mediaType } };
  return { ...sent, body: bodyOf(route.name, ids, rollcall) };
}

/** Names something of every kind, and the pool that bodies speak of. */
export async function nameEntries(organization: TestOrganization): Promise<Pick<Ids, 'entry' | 'pool'>> {
  for (const kind of ['roles', 'jobs', 'departments', 'locations']) await organization.name(kind, 'entry-1');
  await organization.name('pools', 'pool-1');
  return { entry: 'entry-1', pool: 'pool-1' };
}

/** Maps a group that SCIM has made; SCIM need not be on. */
export async function mapGroup(
  { api, rollcall }: TestRollcall,
  { id: organizationId, path }: TestOrganization,
): Promise<Pick<Ids, 'group' | 'mapping'>> {
  const { resources, tokens } = rollcall.deps.stores;
  const [connection] = await tokens.connections(organizationId);
  const resource = aGroup({ organizationId, connectionId: String(connection?.id) });
  await resources.save({ resource, claims: [] });
  const roles = [{ role: 'reporter', scope: { kind: 'organization', id: '*' } }];
  expectStatus(await api.put(`${path}/group-mappings/mapping-1`, { group: { id: resource.id }, roles }), 200);
  return { group: resource.id, mapping: 'mapping-1' };
}

/** Every route that takes a key. */
export const operatorRoutes = ROUTES.filter(({ policy }) => policy !== 'public');
