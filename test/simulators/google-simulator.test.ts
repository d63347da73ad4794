import { expect } from 'chai';
import fc from 'fast-check';
import { applyMask, parseMask } from './google/field-mask.ts';
import { indexesOfEmail, indexOfId, personAt } from './google/people.ts';
import { type GoogleSimulator, startGoogleSimulator } from './google/start-google-simulator.ts';
import { createServiceAccount, SCOPES } from './google/token-api.ts';
import { googleClient, refusalOf } from './google-client.ts';

const PEOPLE = 300;
const TENANT = { seed: 11, customerId: 'C0rollcall', domains: ['sim.example', 'emea.sim.example'] } as const;

describe('the people of the Google simulator', () => {
  const everybody = Array.from({ length: 20_000 }, (_, index) => personAt(TENANT, index));

  it('are the same for the same seed, and others for another', () => {
    expect(personAt(TENANT, 4_711)).to.deep.equal(personAt({ ...TENANT }, 4_711));
    expect(personAt({ ...TENANT, seed: 12 }, 4_711)).not.to.deep.equal(personAt(TENANT, 4_711));
  });

  it('have distinct ids and addresses, which lead back to them', () => {
    expect(new Set(everybody.map(({ id }) => id)).size).to.equal(everybody.length);
    const addresses = everybody.flatMap(({ primaryEmail, aliases }) => [String(primaryEmail), ...(aliases ?? [])]);
    expect(new Set(addresses).size).to.equal(addresses.length);
    for (const index of [0, 1, 2, 41, 42, 43, 19_999]) {
      expect(indexOfId(TENANT, String(everybody[index]?.id))).to.equal(index);
      expect(indexesOfEmail(String(everybody[index]?.primaryEmail))).to.include(index);
    }
    expect(indexOfId(TENANT, '100000000000000000042')).to.equal(null);
  });

  for (const [what, share, is] of [
    ['suspended', 4, (index: number) => everybody[index]?.suspended],
    ['archived', 1, (index: number) => everybody[index]?.archived],
    ['guests', 3, (index: number) => everybody[index]?.isGuestUser],
  ] as const)
    it(`are ${what} to about ${share} %`, () => {
      const count = everybody.filter((_, index) => is(index)).length;
      expect(count / everybody.length).to.be.within((share - 0.5) / 100, (share + 0.5) / 100);
    });

  it('have names that break careless code, and share local parts across domains', () => {
    const names = new Set(everybody.flatMap(({ name }) => [name?.givenName, name?.familyName]));
    for (const nasty of ['\u200b', 'محمد', "D'Arcy", 'Ame\u0301lie', '__proto__', '<b>Ada</b>'])
      expect(names).to.include(nasty);
    expect([...names].some((name) => String(name).length >= 60)).to.equal(true);
    const locals = everybody.map(({ primaryEmail }) => String(primaryEmail).split('@')[0]);
    expect(locals.length - new Set(locals).size).to.be.above(400);
  });
});

describe('the fields mask', () => {
  const value = { a: 1, b: { c: 2, d: { e: 3, f: 4 } }, list: [{ c: 5, x: 6 }, { x: 7 }] };
  for (const [fields, expected] of [
    ['a', { a: 1 }],
    ['a,b/c', { a: 1, b: { c: 2 } }],
    ['b(c,d/e)', { b: { c: 2, d: { e: 3 } } }],
    ['b(d(f),c)', { b: { c: 2, d: { f: 4 } } }],
    ['b/d(e,f)', { b: { d: { e: 3, f: 4 } } }],
    ['list/c', { list: [{ c: 5 }, {}] }],
    ['list(c,x)', { list: [{ c: 5, x: 6 }, { x: 7 }] }],
    ['*', value],
    ['*/c', { a: 1, b: { c: 2 }, list: [{ c: 5 }, {}] }],
    ['b/c,b/d/e', { b: { c: 2, d: { e: 3 } } }],
    ['b/c,b', { b: value.b }],
    [' a , b ( c ) ', { a: 1, b: { c: 2 } }],
    ['missing', {}],
  ] as const)
    it(`reads ${fields}`, () => expect(applyMask(value, parseMask(fields))).to.deep.equal(expected));

  for (const fields of ['', ',', 'a,', 'a,,b', 'a(', 'a(b', 'a)', 'a()', '/a', 'a/', 'a//b', 'a(b))', 'a b', 'a;b'])
    it(`refuses "${fields}"`, () => expect(() => parseMask(fields)).to.throw(SyntaxError));

  it('never invents anything', () =>
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('a', 'a/b', 'a(b,c),d', '*', '*/a'), (json, fields) => {
        expect(JSON.stringify(json)).to.include(JSON.stringify(applyMask(json, parseMask('*'))));
        const kept = JSON.stringify(applyMask(json, parseMask(fields)));
        expect(kept.length).to.be.at.most(JSON.stringify(json).length);
      }),
    ));
});

describe('the Google simulator', () => {
  let simulator: GoogleSimulator;
  before(async () => {
    simulator = await startGoogleSimulator({ seed: 5, people: PEOPLE });
  });
  afterEach(() => simulator.control.reset());
  after(() => simulator.close());
  const control = () => simulator.control;
  const users = () => googleClient(simulator).users;
  const list = (parameters: object) => users().list({ customer: 'my_customer', ...parameters });

  describe('checks who calls', () => {
    const first = (options: Parameters<typeof googleClient>[1]) =>
      refusalOf(googleClient(simulator, options).users.list({ customer: 'my_customer' }));

    it('by signature, account, subject and scope of the assertion', async () => {
      const key = createServiceAccount().account.private_key;
      expect(await first({ key })).to.include({ reason: 'invalid_grant', message: 'Invalid JWT Signature.' });
      expect(await first({ email: 'other@rollcall-simulator.iam.gserviceaccount.com' })).to.include({
        reason: 'invalid_grant',
      });
      expect(await first({ subject: 'nobody@sim.example' })).to.include({
        reason: 'invalid_grant',
        message: 'Invalid email or User ID',
      });
      expect(await first({ scopes: ['https://www.googleapis.com/auth/admin.directory.user'] })).to.include({
        status: 401,
        reason: 'unauthorized_client',
      });
      control().delegate([]);
      expect(await first({})).to.include({ reason: 'unauthorized_client' });
    });

    it('by role: the subject must be an administrator, and there must be one', async () => {
      const subject = String(control().person(7)?.primaryEmail);
      expect(await first({ subject })).to.include({ status: 403, reason: 'forbidden' });
      expect(await first({ subject: null })).to.include({ status: 403, reason: 'forbidden' });
    });

    it('by the scope each call needs', async () => {
      const narrow = googleClient(simulator, { scopes: [SCOPES.users] });
      const refusal = await refusalOf(narrow.customers.get({ customerKey: 'my_customer' }));
      expect(refusal).to.include({ status: 403, reason: 'insufficientPermissions' });
    });

    it('groups elsewhere, whether or not they are there, and groups nobody knows', async () => {
      control().group({ id: 'away', email: 'all@elsewhere.example', members: [1] });
      const { groups, members } = googleClient(simulator);
      const asks = (groupKey: string) => [groups.get({ groupKey }), members.list({ groupKey })];
      for (const key of ['away', 'all@elsewhere.example', 'none@elsewhere.example'])
        for (const ask of asks(key)) expect(await refusalOf(ask)).to.include({ status: 403, reason: 'forbidden' });
      for (const key of ['none', 'none@emea.sim.example'])
        for (const ask of asks(key)) expect(await refusalOf(ask)).to.include({ status: 404, reason: 'notFound' });
      const narrow = googleClient(simulator, { scopes: [SCOPES.members] });
      expect(await refusalOf(narrow.groups.get({ groupKey: 'none' }))).to.include({
        reason: 'insufficientPermissions',
      });
    });

    it('and expires and revokes tokens', async () => {
      const client = googleClient(simulator);
      await client.users.list({ customer: 'my_customer' });
      control().advance(3_600_001);
      expect(await refusalOf(client.users.list({ customer: 'my_customer' }))).to.include({
        status: 401,
        reason: 'authError',
      });
      const other = googleClient(simulator);
      await other.users.list({ customer: 'my_customer' });
      control().revokeTokens();
      expect(await refusalOf(other.users.list({ customer: 'my_customer' }))).to.include({ status: 401 });
    });
  });

  describe('lists', () => {
    it('100 unless asked, and as many as asked up to 500', async () => {
      expect((await list({})).data.users).to.have.length(100);
      expect((await list({ maxResults: 500 })).data.users).to.have.length(PEOPLE);
      for (const maxResults of [0, 501, -1]) expect(await refusalOf(list({ maxResults }))).to.include({ status: 400 });
    });

    it('one customer or one domain', async () => {
      expect(await refusalOf(users().list({}))).to.include({ status: 400, reason: 'badRequest' });
      expect(await refusalOf(users().list({ customer: 'C0other' }))).to.include({ status: 404 });
      expect(await refusalOf(users().list({ domain: 'other.example' }))).to.include({
        status: 404,
        message: 'Domain not found.',
      });
      const { data } = await users().list({ domain: 'emea.sim.example', maxResults: 500 });
      expect(data.users?.length).to.be.within(50, 120);
      expect(data.users?.every(({ primaryEmail }) => primaryEmail?.endsWith('@emea.sim.example'))).to.equal(true);
    });

    it('with tokens that fit the same listing only, and live three days', async () => {
      const pageToken = String((await list({})).data.nextPageToken);
      expect((await list({ pageToken })).data.users?.[0]?.id).to.equal(control().person(100)?.id);
      for (const other of [{ query: 'isSuspended=true' }, { showDeleted: 'true' }])
        expect(await refusalOf(list({ pageToken, ...other }))).to.include({
          status: 400,
          message: 'Invalid Input: pageToken',
        });
      const forged = Buffer.from(pageToken, 'base64');
      forged[20] = (forged[20] ?? 0) ^ 1;
      expect(await refusalOf(list({ pageToken: forged.toString('base64') }))).to.include({ status: 400 });
      control().advance(3 * 86_400_000 + 1);
      expect(await refusalOf(list({ pageToken }))).to.include({ status: 400 });
    });

    it('no users key when there is nobody', async () => {
      control().mutate({ do: 'delete', who: { from: 1, to: PEOPLE } });
      const { data } = await list({ query: "givenName:'Nobody*'" });
      expect(data).to.have.keys('kind', 'etag');
    });

    it('only deleted people when asked for them, for twenty days', async () => {
      const [id] = control().mutate({ do: 'delete', who: 9 });
      expect((await list({ maxResults: 500 })).data.users).to.have.length(PEOPLE - 1);
      const { data } = await list({ showDeleted: 'true' });
      expect(data.users?.map((user) => user.id)).to.deep.equal([id]);
      expect(data.users?.[0]?.deletionTime).to.be.a('string');
      control().advance(20 * 86_400_000 + 1);
      expect((await list({ showDeleted: 'true' })).data).not.to.have.property('users');
    });

    it('by a few search clauses', async () => {
      const suspended = (await list({ query: 'isSuspended=true', maxResults: 500 })).data.users ?? [];
      expect(suspended.length).to.be.above(0);
      expect(suspended.every((user) => user.suspended)).to.equal(true);
      const both = (await list({ query: "isSuspended=true orgUnitPath='/Sales'", maxResults: 500 })).data.users ?? [];
      expect(both.every((user) => user.suspended && user.orgUnitPath === '/Sales')).to.equal(true);
      expect((await list({ query: 'email:admin*' })).data.users).to.have.length(1);
      expect(await refusalOf(list({ query: 'nonsense' }))).to.include({ status: 400 });
      expect(await refusalOf(list({ query: 'password=x' }))).to.include({ status: 400 });
    });

    it('what the mask selects, and refuses names that do not exist', async () => {
      const { data } = await list({ maxResults: 1, fields: 'users(id,name/givenName)' });
      expect(data).to.deep.equal({ users: [{ id: control().person(0)?.id, name: { givenName: 'Directory' } }] });
      for (const fields of ['users(nickname)', 'people', 'users(name/nick)', 'users('])
        expect(await refusalOf(list({ fields }))).to.include({ status: 400, reason: 'invalidParameter' });
    });

    it('nothing for a parameter it does not know', async () => {
      expect(await refusalOf(list({ orderBy: 'email' }))).to.include({ status: 400 });
    });
  });

  describe('shows one person', () => {
    it('by id, address and alias, whatever the case', async () => {
      const user = [...control().everybody()].find(({ aliases }) => aliases?.length);
      for (const userKey of [user?.id, user?.primaryEmail?.toUpperCase(), user?.aliases?.[0]])
        expect((await users().get({ userKey: String(userKey) })).data).to.deep.equal(user);
    });

    it('as 412 for twenty days after deletion, then 404', async () => {
      const [userKey = ''] = control().mutate({ do: 'delete', who: 9 });
      expect(await refusalOf(users().get({ userKey }))).to.deep.equal({
        status: 412,
        reason: 'conditionNotMet',
        message: 'User is deleted.',
      });
      control().advance(20 * 86_400_000 + 1);
      expect(await refusalOf(users().get({ userKey }))).to.include({ status: 404, reason: 'notFound' });
      expect(await refusalOf(users().get({ userKey: 'nobody@sim.example' }))).to.include({ status: 404 });
    });
  });

  describe('lets things happen', () => {
    it('to one, to a range, and to everybody meant by id or address', () => {
      const touched = control().mutate(
        { do: 'suspend', who: 3 },
        { do: 'archive', who: String(control().person(4)?.id) },
        { do: 'rename', who: String(control().person(5)?.primaryEmail), givenName: 'Ada', familyName: 'Byron' },
        { do: 'delete', who: { from: 10, to: 30, every: 10 } },
      );
      expect(touched).to.have.length(5);
      expect(control().person(3)).to.include({ suspended: true, suspensionReason: 'ADMIN' });
      expect(control().person(4)?.archived).to.equal(true);
      expect(control().person(5)?.name).to.include({ givenName: 'Ada', fullName: 'Ada Byron' });
      expect([control().person(10), control().person(20)]).to.deep.equal([null, null]);
      expect(control().person(15)).not.to.equal(null);
    });

    it('and undoes them', () => {
      const before = control().person(3);
      control().mutate(
        { do: 'suspend', who: 3 },
        { do: 'unsuspend', who: 3 },
        { do: 'delete', who: 4 },
        { do: 'restore', who: 4 },
      );
      expect(control().person(3)).to.deep.include({ suspended: false }).and.not.to.have.property('suspensionReason');
      expect(control().person(3)?.etag).not.to.equal(before?.etag);
      expect(control().person(4)).not.to.equal(null);
    });

    it('and keeps addresses unique', () => {
      const [old, taken] = [control().person(3)?.primaryEmail, String(control().person(4)?.primaryEmail)];
      expect(() => control().mutate({ do: 'change-email', who: 3, to: taken })).to.throw('somebody else');
      control().mutate({ do: 'change-email', who: 3, to: 'fresh@sim.example' });
      expect(control().person('fresh@sim.example')?.aliases).to.include(old);
      expect(control().person(String(old))?.id).to.equal(control().person(3)?.id);
      control().mutate({ do: 'swap-emails', who: 3, with: 4 });
      expect(control().person(taken)?.id).to.equal(control().person(3)?.id);
      expect(control().person('fresh@sim.example')?.id).to.equal(control().person(4)?.id);
    });

    it('sets and removes raw fields, and adds people', async () => {
      control().mutate({ do: 'set', who: 3, fields: { suspended: 'maybe' }, remove: ['name'] });
      expect(control().person(3)).to.include({ suspended: 'maybe' }).and.not.to.have.property('name');
      control().mutate({ do: 'add', count: 2 }, { do: 'add', fields: { primaryEmail: 'added@sim.example' } });
      expect((await list({ maxResults: 500 })).data.users).to.have.length(PEOPLE + 3);
      expect((await users().get({ userKey: 'added@sim.example' })).data.id).to.equal(control().person(PEOPLE + 2)?.id);
    });

    it('says what it cannot do', () => {
      expect(() => control().mutate({ do: 'suspend', who: 'nobody@sim.example' })).to.throw('nobody is known');
      expect(() => control().mutate({ do: 'promote', who: 1 } as never)).to.throw('"do" must be');
      expect(() => control().fault({ fault: { kind: 'gremlin' } } as never)).to.throw('"fault.kind" must be');
    });
  });

  describe('throttles', () => {
    it('a call too many, and again whoever comes back early, which it counts', async () => {
      control().throttle({ perMinute: 60, burst: 2, retryAfterSeconds: 10 });
      const client = googleClient(simulator);
      await client.users.list({ customer: 'my_customer' });
      const call = () => refusalOf(client.users.list({ customer: 'my_customer' }));
      expect(await call()).to.include({ status: 429, reason: 'userRateLimitExceeded' });
      control().advance(9_000);
      expect(await call()).to.include({ status: 429 });
      expect(control().stats()).to.include({ throttled: 2, earlyRetries: 1 });
      control().advance(1_001);
      await client.users.list({ customer: 'my_customer' });
      expect(control().stats().earlyRetries).to.equal(1);
    });

    it('also enforces the wait that a fault asked for', async () => {
      control().fault({ fault: { kind: 'error', status: 503, retryAfterSeconds: 5 } });
      const client = googleClient(simulator);
      const call = () => client.users.list({ customer: 'my_customer' });
      expect((await refusalOf(call())).status).to.equal(503);
      expect((await refusalOf(call())).status).to.equal(429);
      expect(control().stats().earlyRetries).to.equal(1);
    });
  });

  it('is steered over HTTP just as well', async () => {
    const at = (path: string) => `${simulator.origin}/__sim/${path}`;
    const json = async (response: Response) => JSON.parse(await response.text());
    const post = async (path: string, body: unknown) => {
      const response = await fetch(at(path), { method: 'POST', body: JSON.stringify(body) });
      return { status: response.status, body: await json(response) };
    };
    const get = async (path: string) => json(await fetch(at(path)));

    expect(await post('mutate', { do: 'suspend', who: 3 })).to.deep.equal({
      status: 200,
      body: { touched: [control().person(3)?.id] },
    });
    expect(await get('people/3')).to.include({ suspended: true });
    expect(
      (
        await post('mutate', [
          { do: 'suspend', who: 4 },
          { do: 'delete', who: 5 },
        ])
      ).body.touched,
    ).to.have.length(2);
    expect(await get('people/5')).to.equal(null);
    expect((await post('mutate', { do: 'suspend', who: 'nobody' })).status).to.equal(400);

    await post('faults', { match: { operation: 'users.list' }, fault: { kind: 'error', status: 500 } });
    expect((await refusalOf(list({}))).status).to.equal(500);
    await post('faults', { fault: { kind: 'web-page' } });
    await fetch(at('faults'), { method: 'DELETE' });
    expect((await list({})).status).to.equal(200);

    const before = control().now();
    await post('clock', { advanceMs: 60_000 });
    expect(control().now() - before).to.be.at.least(60_000);
    expect(Date.parse((await get('clock')).now)).to.be.at.least(before + 60_000);
    await post('throttle', { perMinute: 1, burst: 0, retryAfterSeconds: 1 });
    expect((await refusalOf(list({}))).status).to.equal(429);
    await post('throttle', null);
    await post('delegate', [SCOPES.users]);
    expect((await get('stats')).calls).to.include({ 'users.list': 2 });
    expect(await get('requests')).to.have.length(control().requests().length);
    await post('reset', {});
    expect(await get('people/3')).to.include({ suspended: false });
    expect((await post('nonsense', {})).status).to.equal(404);
  });

  it('takes no orders from a web page', async () => {
    const response = await fetch(`${simulator.origin}/__sim/stats`, { headers: { origin: 'http://evil.example' } });
    expect(response.status).to.equal(403);
  });
});
