import { expect } from 'chai';
import { type GraphSimulator, startGraphSimulator } from './graph/start-graph-simulator.ts';
import { ROLES } from './graph/token-api.ts';
import { type GraphClient, graphClient } from './graph-client.ts';

const PEOPLE = 120;
const DELTA = '/users/delta?$select=id,displayName,mail,accountEnabled,department';
const DAY = 86_400_000;

describe('the Graph simulator', () => {
  let simulator: GraphSimulator;
  let client: GraphClient;
  before(async () => {
    simulator = await startGraphSimulator({ seed: 5, people: PEOPLE, deltaPage: 50 });
  });
  beforeEach(() => {
    client = graphClient(simulator);
  });
  afterEach(() => simulator.control.reset());
  after(() => simulator.close());
  const control = () => simulator.control;
  const idAt = (index: number) => String(control().person(index)?.id);
  const firstRound = async () => String((await client.pages(DELTA)).at(-1)?.body['@odata.deltaLink']);
  const idsIn = (body: { value: readonly { id: string }[] }) => body.value.map(({ id }) => id);

  describe('gives tokens', () => {
    for (const [what, form, tenant, status, number] of [
      ['an unknown tenant', {}, 'elsewhere', 400, 90002],
      ['an unknown application', { client_id: 'x' }, undefined, 400, 700016],
      ['a wrong secret', { client_secret: 'x' }, undefined, 401, 7000215],
      ['another scope', { scope: 'User.Read' }, undefined, 400, 70011],
      ['another grant', { grant_type: 'password' }, undefined, 400, 70003],
      ['an assertion nobody signed', { client_assertion: 'a.b.c' }, undefined, 401, 700027],
    ] as const)
      it(`but not for ${what}`, async () => {
        const answer = await client.token(form, tenant);
        expect(answer.status).to.equal(status);
        expect(answer.body.error_codes).to.deep.equal([number]);
      });

    it('that end, and none once the secret has run out', async () => {
      expect((await client.get('/users')).status).to.equal(200);
      control().advance(3_600_000);
      expect((await client.get('/users')).status).to.equal(401);
      control().expireSecret();
      expect((await client.token()).body.error_codes).to.deep.equal([7000222]);
    });

    it('that allow what was consented to', async () => {
      control().consent([ROLES.users]);
      expect((await client.get('/users')).status).to.equal(200);
      const refused = await client.get('/organization');
      expect([refused.status, refused.body.error.code]).to.deep.equal([403, 'Authorization_RequestDenied']);
    });
  });

  it('lists everybody once, at most 999 a page, nothing unset left out', async () => {
    const pages = await client.pages('/users?$top=50&$select=id,mail,department');
    expect(pages).to.have.length(3);
    expect(pages.flatMap(({ body }) => idsIn(body))).to.deep.equal([...control().everybody()].map(({ id }) => id));
    for (const { body } of pages)
      for (const user of body.value) expect(user).to.have.all.keys('id', 'mail', 'department');
    expect((await client.get('/users?$top=1000')).status).to.equal(400);
    expect((await client.get('/users?$select=nickname')).status).to.equal(400);
  });

  it('finds people by id and principal name, and says where the deleted are', async () => {
    const name = encodeURIComponent(String(control().person(3)?.userPrincipalName));
    expect((await client.get(`/users/${name}`)).body.id).to.equal(idAt(3));
    const [binned, purged] = [idAt(4), idAt(5)];
    control().mutate({ do: 'delete', who: 4 }, { do: 'purge', who: 5 });
    for (const id of [binned, purged]) expect((await client.get(`/users/${id}`)).status).to.equal(404);
    expect((await client.get(`/directory/deletedItems/${binned}`)).status).to.equal(200);
    expect((await client.get(`/directory/deletedItems/${purged}`)).status).to.equal(404);
    control().advance(30 * DAY + 1);
    client = graphClient(simulator);
    expect((await client.get(`/directory/deletedItems/${binned}`)).status).to.equal(404);
  });

  it('answers a batch one by one, at most 20', async () => {
    const { status, body } = await client.batch(`/users/${idAt(1)}`, '/users/nobody');
    expect(status).to.equal(200);
    expect(body.responses.map((one: { status: number }) => one.status)).to.deep.equal([200, 404]);
    expect((await client.batch(...Array.from({ length: 21 }, () => '/users/x'))).status).to.equal(400);
  });

  it('tells of throttled calls inside of a batch that went well', async () => {
    const path = `/users/${idAt(1)}`;
    await client.get(path);
    control().throttle({ perMinute: 60, burst: 2, retryAfterSeconds: 10 });
    const { status, body } = await client.batch(path, path);
    expect(status).to.equal(200);
    expect(body.responses.map((one: { status: number }) => one.status)).to.deep.equal([200, 429]);
    expect(body.responses[1].headers['retry-after']).to.equal('10');
  });

  it('throttles a call too many, and again whoever comes back early, which it counts', async () => {
    await client.get('/users');
    control().throttle({ perMinute: 60, burst: 1, retryAfterSeconds: 10 });
    await client.get('/users');
    const refused = await client.get('/users');
    expect([refused.status, refused.headers.get('retry-after')]).to.deep.equal([429, '10']);
    control().advance(9_000);
    expect((await client.get('/users')).status).to.equal(429);
    expect(control().stats()).to.include({ throttled: 2, earlyRetries: 1 });
    control().advance(1_001);
    expect((await client.get('/users')).status).to.equal(200);
  });

  describe('remembers, in a delta link, what was told', () => {
    it('everybody at first, without what was never set, then only what changed', async () => {
      const pages = await client.pages(DELTA);
      expect(pages.flatMap(({ body }) => idsIn(body))).to.have.length(PEOPLE);
      for (const { body } of pages.slice(0, -1)) expect(body).not.to.have.property('@odata.deltaLink');
      const all = pages.flatMap(({ body }) => body.value);
      expect(all.some((user) => !Object.hasOwn(user, 'department'))).to.equal(true);
      expect(all.some((user) => user.department === null)).to.equal(false);

      const link = pages.at(-1)?.body['@odata.deltaLink'];
      control().mutate({ do: 'disable', who: 7 }, { do: 'set', who: 8, fields: { department: null } });
      const [changes] = await client.pages(link);
      expect(changes?.body.value).to.have.length(2);
      expect(changes?.body.value[0]).to.include({ id: idAt(7), accountEnabled: false });
      expect(changes?.body.value[1]).to.include({ id: idAt(8), department: null });
      const [quiet] = await client.pages(changes?.body['@odata.deltaLink']);
      expect(quiet?.body.value).to.deep.equal([]);
      expect((await client.pages(link))[0]?.body.value, 'the old link tells the same again').to.have.length(2);
    });

    it('removals, for the bin and for good, and who came back', async () => {
      const link = await firstRound();
      const ids = [idAt(1), idAt(2), idAt(3)];
      control().mutate(
        { do: 'delete', who: 1 },
        { do: 'purge', who: 2 },
        { do: 'delete', who: 3 },
        { do: 'restore', who: 3 },
      );
      const [changes] = await client.pages(link);
      expect(changes?.body.value.map((one: { '@removed'?: object }) => one['@removed'])).to.deep.equal([
        { reason: 'changed' },
        { reason: 'deleted' },
        undefined,
      ]);
      expect(idsIn(changes?.body)).to.deep.equal(ids);
    });

    it('what changed while everybody was being listed', async () => {
      const first = await client.get(DELTA);
      control().mutate({ do: 'disable', who: 0 });
      const rest = await client.pages(first.body['@odata.nextLink']);
      const [changes] = await client.pages(rest.at(-1)?.body['@odata.deltaLink']);
      expect(idsIn(changes?.body)).to.deep.equal([idAt(0)]);
    });

    it('many changes, over several pages', async () => {
      const link = await firstRound();
      control().mutate({ do: 'disable', who: { from: 0, to: 110 } });
      const pages = await client.pages(link);
      expect(pages).to.have.length(3);
      expect(new Set(pages.flatMap(({ body }) => idsIn(body))).size).to.equal(110);
    });

    it('pages may be empty and go on', async () => {
      control().mutate({ do: 'purge', who: { from: 0, to: 50 } });
      const [first, second] = await client.pages(DELTA);
      expect(first?.body.value).to.deep.equal([]);
      expect(second?.body.value).to.have.length(50);
    });

    it('nothing but from now on, with the token “latest”', async () => {
      const { body } = await client.get('/users/delta?$select=id&$deltatoken=latest');
      expect(body.value).to.deep.equal([]);
      control().mutate({ do: 'disable', who: 4 });
      expect(idsIn((await client.get(body['@odata.deltaLink'])).body)).to.deep.equal([idAt(4)]);
    });

    it('for seven days, and no forged one', async () => {
      const link = await firstRound();
      control().advance(7 * DAY + 1);
      client = graphClient(simulator);
      const expired = await client.get(link);
      expect([expired.status, expired.body.error.code]).to.deep.equal([400, 'syncStateNotFound']);
      expect((await client.get('/users/delta?$deltatoken=AAAA')).body.error.code).to.equal('Request_BadRequest');
      expect((await client.get(`${DELTA}&$top=5`)).status).to.equal(400);
    });
  });

  it('is steered over HTTP just as well, but not by a web page', async () => {
    const at = `${simulator.origin}/__sim`;
    const post = (path: string, body: unknown) =>
      fetch(`${at}/${path}`, { method: 'POST', body: JSON.stringify(body) });
    expect(await (await post('mutate', { do: 'disable', who: 3 })).json()).to.deep.equal({ touched: [idAt(3)] });
    expect(control().person(3)).to.include({ accountEnabled: false });
    expect((await post('mutate', { do: 'promote', who: 3 })).status).to.equal(400);
    await post('faults', { match: { operation: 'users.list' }, fault: { kind: 'error', status: 503 } });
    expect((await client.get('/users')).status).to.equal(503);
    await post('reset', {});
    expect(control().person(3)?.accountEnabled).not.to.equal(undefined);
    const page = await fetch(`${at}/stats`, { headers: { origin: 'http://evil.example' } });
    expect(page.status).to.equal(403);
  });
});
