import { expect } from 'chai';
import { SCIM_ROUTES } from '../../scim/http/routes.ts';
import type { Route } from '../../src/http/route.ts';
import { readableOf } from '../contracts/everything-readable.ts';
import { type Ids, NOBODY, operatorRoutes, requestFor } from '../http/calls.ts';
import { type Answer, createScimClient, type ScimClient, type Sent } from '../scim/client.ts';
import { aGroup, aPerson, expectBody } from '../scim/expectations.ts';
import type { Body } from '../support/api-client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall, until } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const CANARY = 'Zarathustra';
const JSON_TYPE = { 'content-type': 'application/scim+json' };

/** An organization that has one of everything, and what it goes by. */
interface Victim {
  readonly organization: TestOrganization;
  readonly scim: ScimClient;
  readonly userId: string;
  readonly groupId: string;
  readonly ids: Partial<Ids>;
  /** Texts that belong to it and to nobody else. */
  readonly marks: readonly string[];
}

/** Everything that may be sent in the place of a right token, by what it is. */
type Keys = ReadonlyMap<string, string>;

/** Routes that name a connection and something of it. */
const NESTED = /:connection\/.*:(id|secret)/;

/** A token of another connection of the victim, by organization: never the attacker's. */
const keysOfVictim = new Map<string, string>();

/** When a token was last used is noted once a minute, also when its own connection used it. */
const withoutUse = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, found) => (key === 'lastUsedAt' ? undefined : found)));

describeBothWays('S01 S02 the matrix of isolation, made of the route tables', (way) => {
  let rollcall: TestRollcall;
  let victim: Victim;
  let stranger: TestOrganization;
  let theirs: ScimClient;
  let keys: Keys;
  /** What was stored of the victim when it was last looked at. */
  let known: ReadonlyMap<string, unknown>;

  before(async () => {
    rollcall = await startRollcall({ env: way.env(), google: {}, microsoft: {} });
    victim = await populate(rollcall, await rollcall.addOrganization(`${CANARY} Inc`));
    stranger = await rollcall.addOrganization('Stranger');
    theirs = await stranger.connectScim();
    keys = await keysOf(rollcall, stranger);
    const { events } = rollcall.rollcall.deps.stores;
    await until('everything is published', async () => (await events.pending()) === 0);
    known = await stored();
    expect(known.size).to.be.above(20);
  });
  after(() => rollcall.stop());

  /** All that is stored of the victim. */
  const stored = async (): Promise<ReadonlyMap<string, unknown>> => {
    const everything = await readableOf(rollcall.rollcall.deps.stores, victim.organization.id);
    return new Map([...everything].map(([name, value]) => [name, withoutUse(value)]));
  };
  const untouched = async (work: () => Promise<void>): Promise<void> => {
    await work();
    const before = known;
    known = await stored();
    for (const [name, value] of before) expect(known.get(name), name).to.deep.equal(value);
    expect(known.size).to.equal(before.size);
  };
  const tellsNothing = ({ text }: { readonly text: string }, what: string) => {
    for (const mark of victim.marks) expect(text, what).not.to.contain(mark);
  };

  for (const route of SCIM_ROUTES) {
    const what = `${route.method} ${route.path}`;

    it(`SCIM ${what}: ids of another organization are nobody’s`, () =>
      untouched(async () => {
        for (const id of [victim.userId, victim.groupId, victim.organization.id, String(victim.ids.connection)]) {
          const answer = await theirs.send(asked(route, id));
          tellsNothing(answer, what);
          if (route.path.includes(':id')) expect(answer.status, what).to.equal(404);
          else expect(answer.status, what).to.be.oneOf([200, 201, 400, 409, 501]);
        }
      }));

    it(`SCIM ${what}: the path of another organization is closed, whatever is sent`, () =>
      untouched(async () => {
        for (const [kind, key] of keys) {
          const sent = asked(route, victim.userId);
          const headers = { ...sent.headers, authorization: `Bearer ${key}` };
          const answer = await victim.scim.send({ ...sent, headers });
          expect(answer.status, `${what} with ${kind}`).to.equal(401);
          tellsNothing(answer, what);
        }
      }));
  }

  it('SCIM bodies that name ids of another organization reach nobody', () =>
    untouched(async () => {
      const { userId, groupId } = victim;
      const members = [{ value: userId }];
      const own = expectBody(await theirs.post('/Users', aPerson({ manager: { value: userId } })), 201);
      const group = expectBody(await theirs.post('/Groups', aGroup()), 201);
      const operations = [
        {
          method: 'PATCH',
          path: `/Users/${userId}`,
          data: { Operations: [{ op: 'replace', path: 'title', value: 'x' }] },
        },
        { method: 'DELETE', path: `/Groups/${groupId}` },
        { method: 'DELETE', path: `/Users/${userId}` },
      ];
      const answers: readonly Answer[] = [
        await theirs.post('/Groups', aGroup({ members })),
        await theirs.patch(`/Groups/${group.id}`, [{ op: 'add', path: 'members', value: members }]),
        await theirs.patch(`/Groups/${group.id}`, [{ op: 'add', path: 'members', value: [{ value: groupId }] }]),
        await theirs.filter(`id eq "${userId}" or userName co "${CANARY}"`),
        await theirs.filter(`manager.value eq "${userId}"`),
        await theirs.post('/Bulk', {
          schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
          Operations: operations,
        }),
        await theirs.get(`/Users/${own.id}`),
      ];
      for (const { status } of answers.slice(0, 3)) expect(status).to.equal(400);
      expect(expectBody(answers[3] as Answer, 200).totalResults).to.equal(0);
      const bulk = expectBody(answers[5] as Answer, 200).Operations as readonly Body[];
      expect(bulk.map(({ status }) => status)).to.deep.equal(['404', '404', '404']);
      for (const { text } of answers) expect(text).not.to.contain(CANARY);
    }));

  it('a connection reaches nobody of another one of the same organization by id', () =>
    untouched(async () => {
      const neighbour = createScimClient(victim.scim.root, String(keysOfVictim.get(victim.organization.id)));
      for (const route of SCIM_ROUTES.filter(({ path }) => /^\/(Users|Groups)\/:id$/.test(path))) {
        const answer = await neighbour.send(
          asked(route, route.path.startsWith('/Users') ? victim.userId : victim.groupId),
        );
        expect(answer.status, `${route.method} ${route.path}`).to.equal(404);
        expect(answer.text).not.to.contain(CANARY);
      }
    }));

  const scoped = operatorRoutes.filter(({ path }) => path.includes(':org'));

  for (const route of operatorRoutes)
    it(`${route.name}: no key of SCIM opens it`, () =>
      untouched(async () => {
        for (const [kind, key] of keys) {
          const request = requestFor(route, { ...NOBODY, ...victim.ids }, rollcall);
          const answer = await rollcall.api.send({ ...request, headers: { authorization: `Bearer ${key}` } });
          expect(answer.status, kind).to.equal(401);
          tellsNothing(answer, route.name);
        }
      }));

  for (const route of scoped.filter(({ path }) => NESTED.test(path)))
    it(`${route.name}: ids of another organization are not found below a connection of one’s own`, () =>
      untouched(async () => {
        const [own] = expectStatus(await rollcall.api.get(`${stranger.path}/scim-connections`), 200).items;
        const ids = { ...NOBODY, ...victim.ids, org: stranger.id, connection: own.id };
        expect((await rollcall.api.send(requestFor(route as Route, ids, rollcall))).status).to.equal(404);
      }));
});

function asked({ method, path, body }: (typeof SCIM_ROUTES)[number], id: string): Sent {
  const operations = [{ op: 'replace', path: 'displayName', value: 'x' }];
  const sent = { ...aPerson({ displayName: `taken ${path}` }), Operations: operations };
  return {
    method,
    path: path.replace(':id', encodeURIComponent(id)),
    ...(body ? { text: JSON.stringify(sent), headers: JSON_TYPE } : {}),
  };
}

async function populate({ api }: TestRollcall, organization: TestOrganization): Promise<Victim> {
  const { path } = organization;
  const scim = await organization.connectScim();
  const user = expectBody(await scim.post('/Users', aPerson({ displayName: CANARY, externalId: `${CANARY}-1` })), 201);
  const group = expectBody(
    await scim.post('/Groups', aGroup({ displayName: CANARY, members: [{ value: user.id }] })),
    201,
  );
  const connection = expectStatus(await api.post(`${path}/scim-connections`, { name: CANARY }), 201);
  const one = `${path}/scim-connections/${connection.id}`;
  const token = expectStatus(await api.post(`${one}/tokens`, { name: CANARY }), 201);
  const client = expectStatus(await api.post(`${one}/clients`, { name: CANARY }), 201);
  keysOfVictim.set(organization.id, token.token);
  const neighbour = createScimClient(scim.root, token.token);
  expect((await neighbour.post('/Users', { userName: user.userName })).status, 'a claim').to.equal(409);
  const [conflict] = expectStatus(await api.get(`${path}/conflicts`), 200).items;
  const person = await organization.userByEmail(user.userName);
  const [first] = expectStatus(await api.get(`${path}/scim-tokens`), 200).items;
  return {
    organization,
    scim,
    userId: user.id,
    groupId: group.id,
    ids: {
      org: organization.id,
      user: person.id,
      token: first.id,
      conflict: conflict.id,
      connection: connection.id,
      connectionToken: token.id,
      client: client.id,
      secret: client.secretId,
    },
    marks: [CANARY, user.userName, person.id, conflict.id, token.id, token.keyId, client.secretId],
  };
}

/** Every kind of key a stranger may hold. */
async function keysOf({ api, url }: TestRollcall, stranger: TestOrganization): Promise<Keys> {
  const [first] = expectStatus(await api.get(`${stranger.path}/scim-connections`), 200).items;
  const one = `${stranger.path}/scim-connections/${first.id}`;
  const { token } = expectStatus(await api.post(`${one}/tokens`, { name: 'a' }), 201);
  const client = expectStatus(await api.post(`${one}/clients`, { name: 'a' }), 201);
  const form = { grant_type: 'client_credentials', client_id: client.id, client_secret: client.secret };
  const answer = await fetch(`${url}/oauth/token`, { method: 'POST', body: new URLSearchParams(form) });
  const { access_token: access } = (await answer.json()) as { readonly access_token: string };
  return new Map([
    ['a token', token],
    ['an access token', access],
    ['a client secret', client.secret],
    ['garbage', 'garbage'],
  ]);
}
