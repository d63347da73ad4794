import { request } from 'node:http';
import { expect } from 'chai';
import type { User } from '../../src/core/user.ts';
import type { ScimClient } from '../scim/client.ts';
import { aPerson, expectBody, expectError, expectList } from '../scim/expectations.ts';
import type { Body } from '../support/api-client.ts';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall, until } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const EVIL = 'mallory@evil.example';

describeBothWays('S10 nobody takes over anybody', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let victim: Body;
  let scim: ScimClient;
  beforeEach(async () => {
    rollcall = await startRollcall({ env: way.env() });
    organization = await rollcall.addOrganization('Acme', ['example.com']);
    victim = await organization.addActiveUser('Ada', 'ada@example.com');
    scim = await organization.connectScim();
  });
  afterEach(() => rollcall.stop());

  const storedById = async (id: string): Promise<User | null> =>
    rollcall.rollcall.deps.stores.users.get(organization.id, id);
  const conflictKinds = async (): Promise<readonly string[]> => {
    const { items } = expectStatus(await rollcall.api.get(`${organization.path}/conflicts`), 200);
    return items.map(({ kind }: Body) => kind);
  };

  it('S09 S10 (incident 1) an externalId that is somebody’s id selects nobody', async () => {
    const before = await storedById(victim.id);
    const foreign = [
      victim.id,
      victim.scimId,
      '1',
      '0',
      '507f1f77bcf86cd799439011',
      '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
    ];
    for (const externalId of foreign) {
      const made = expectBody(await scim.post('/Users', aPerson({ externalId, displayName: 'Mallory' })), 201);
      expect(made.id, externalId).not.to.be.oneOf([victim.id, victim.scimId]);
      expect(expectList(await scim.filter(`externalId eq "${externalId}"`), 1)[0].id).to.equal(made.id);
    }
    expectError(await scim.get(`/Users/${victim.id}`), 404);
    expect(await storedById(victim.id)).to.deep.equal(before);
    expect(
      expectStatus(await rollcall.api.post(`${organization.path}/sign-ins`, { email: 'ada@example.com' }), 200).user.id,
    ).to.equal(victim.id);
  });

  it('S10 (incident 3) adopting somebody gives no right to their address: a PATCH moves it to no foreign domain', async () => {
    const adopted = expectBody(await scim.post('/Users', aPerson({ userName: 'ada@example.com' })), 201);
    for (const operation of [
      { op: 'replace', path: 'emails', value: [{ value: EVIL, primary: true }] },
      { op: 'replace', path: 'userName', value: EVIL },
      { op: 'replace', value: { userName: EVIL, emails: [{ value: EVIL, type: 'work', primary: true }] } },
    ]) {
      await scim.patch(`/Users/${adopted.id}`, [operation]);
      expect((await storedById(victim.id))?.email, operation.path).to.equal('ada@example.com');
    }
    await scim.put(`/Users/${adopted.id}`, aPerson({ userName: EVIL, emails: [{ value: EVIL, primary: true }] }));
    expect((await storedById(victim.id))?.email).to.equal('ada@example.com');
    expect(await conflictKinds()).to.deep.equal(['email_held']);
    const signIn = await rollcall.api.post(`${organization.path}/sign-ins`, { email: EVIL });
    expect(expectStatus(signIn, 200)).to.deep.include({ allowed: false, code: 'unknown' });
  });

  it('S10 (incident 4) adopting somebody and changing their address in one request changes nothing', async () => {
    const emails = [{ value: EVIL, primary: true }];
    const adopted = expectBody(await scim.post('/Users', aPerson({ userName: 'ada@example.com', emails })), 201);
    expect((await storedById(victim.id))?.scim.id).to.equal(adopted.id);
    expect((await storedById(victim.id))?.email).to.equal('ada@example.com');
    expect(await rollcall.rollcall.deps.stores.users.findByEmail(organization.id, EVIL)).to.equal(null);
    expect(await conflictKinds()).to.deep.equal(['email_held']);
  });

  it('S10 (incident 5) the same key of two connections, and of a directory, is three people', async () => {
    const connections = `${organization.path}/scim-connections`;
    const other = expectStatus(await rollcall.api.post(connections, { name: 'Entra' }), 201);
    const tokens = `${connections}/${other.id}/tokens`;
    const { token } = expectStatus(await rollcall.api.post(tokens, { name: 'a' }), 201);
    const authorization = `Bearer ${token}`;
    const first = expectBody(await scim.post('/Users', aPerson({ externalId: 'g-1' })), 201);
    const second = expectBody(await scim.post('/Users', aPerson({ externalId: 'g-1' }), { authorization }), 201);
    expect(first.id).not.to.equal(second.id);
    expect(expectList(await scim.filter('externalId eq "g-1"'), 1)[0].id).to.equal(first.id);
    expectError(
      await scim.patch(`/Users/${first.id}`, [{ op: 'replace', path: 'title', value: 'x' }], { authorization }),
      404,
    );
    expectError(await scim.post('/Users', aPerson({ externalId: 'g-1' })), 409, 'uniqueness');
  });

  it('S10 (incident 6) of fifty writers at once one gets an address, on whatever path', async () => {
    const wanted = 'wanted@example.com';
    const people: Body[] = [];
    for (let n = 0; n < 30; n++) people.push(expectBody(await scim.post('/Users', aPerson()), 201));
    const value = [{ value: wanted, primary: true }];
    const writes = [
      ...people.slice(0, 15).map(({ id }) => scim.patch(`/Users/${id}`, [{ op: 'replace', path: 'emails', value }])),
      ...people.slice(15).map(({ id, userName }) => scim.put(`/Users/${id}`, aPerson({ userName, emails: value }))),
      ...Array.from({ length: 20 }, () => scim.post('/Users', aPerson({ emails: value }))),
    ];
    const answers = await Promise.all(writes);
    const won = answers.filter(({ status }) => status === 200 || status === 201);
    expect(won).to.have.length(1);
    for (const answer of answers) if (!won.includes(answer)) expectError(answer, 409, 'uniqueness');
    const all = await rollcall.rollcall.deps.stores.users.findByEmails(organization.id, [wanted]);
    expect(all.map(({ scim: { id } }) => id)).to.deep.equal([won[0]?.body.id]);
  });

  it('S10 (incident 17) a request under way is refused at its effect once its connection is off', async () => {
    const [first] = expectStatus(await rollcall.api.get(`${organization.path}/scim-connections`), 200).items;
    const body = JSON.stringify(aPerson({ userName: 'late@example.com' }));
    const underWay = slowPost(scim, body);
    await underWay.begun;
    const off = await rollcall.api.patch(`${organization.path}/scim-connections/${first.id}`, { enabled: false });
    expectStatus(off, 200);
    expect(await underWay.finish()).to.equal(403);
    expect(await rollcall.rollcall.deps.stores.users.findByEmail(organization.id, 'late@example.com')).to.equal(null);
    await until('it is refused at the door too', async () => (await scim.get('/Users')).status === 403);
  });

  it('S07 S10 (incident 27) no answer of the API shows a secret again, nor what it is known by', async () => {
    const { path } = organization;
    const [first] = expectStatus(await rollcall.api.get(`${path}/scim-connections`), 200).items;
    const one = `${path}/scim-connections/${first.id}`;
    const made = expectStatus(await rollcall.api.post(`${one}/tokens`, { name: 'a' }), 201);
    const client = expectStatus(await rollcall.api.post(`${one}/clients`, { name: 'a' }), 201);
    const rotated = expectStatus(await rollcall.api.post(`${one}/tokens/${made.id}/rotate`, { graceHours: 0 }), 201);
    const { stores } = rollcall.rollcall.deps;
    const digests = [
      ...(await stores.tokens.list(organization.id)).map(({ digest }) => digest),
      ...(await stores.clients.list(organization.id, first.id)).flatMap(({ secrets }) =>
        secrets.map(({ digest }) => digest),
      ),
    ];
    expect(digests).to.have.length(4);
    const places = ['', '/scim-connections', '/scim-tokens', '/settings', '/users', '/events', '/conflicts'].map(
      (at) => `${path}${at}`,
    );
    for (const at of [...places, one, `${one}/tokens`, `${one}/clients`]) {
      const { text } = await rollcall.api.get(at);
      for (const secret of [made.token, rotated.token, client.secret, ...digests])
        expect(text, at).not.to.contain(secret);
    }
  });

  it('S10 (incident 28) nobody chooses a token or a secret: they are ours to draw', async () => {
    const { path } = organization;
    const [first] = expectStatus(await rollcall.api.get(`${path}/scim-connections`), 200).items;
    const one = `${path}/scim-connections/${first.id}`;
    const client = expectStatus(await rollcall.api.post(`${one}/clients`, { name: 'a' }), 201);
    for (const [at, chosen] of [
      [`${path}/scim-tokens`, { name: 'a', token: 'rcl_scim_weak' }],
      [`${one}/tokens`, { name: 'a', secret: 'weak' }],
      [`${one}/tokens`, { name: 'a', keyId: 'weakweak' }],
      [`${one}/clients`, { name: 'a', secret: 'weak' }],
      [`${one}/clients`, { name: 'a', id: 'chosen' }],
      [`${one}/clients/${client.id}/secrets`, { secret: 'weak' }],
    ] as const)
      expect((await rollcall.api.post(at, chosen)).status, JSON.stringify(chosen)).to.equal(400);
    expect(expectStatus(await rollcall.api.get(`${one}/tokens`), 200).total).to.equal(1);
    expect(expectStatus(await rollcall.api.get(`${one}/clients`), 200).items).to.have.length(1);
  });

  it('S10 (incident 29) a filter is parsed, not searched for: what is quoted stays one literal', async () => {
    const names = [
      'a" or userName pr or title eq "',
      '\\" or "1" eq "1',
      "' or 1=1 --",
      'x") or (userName pr',
      '{"$ne":null}',
    ];
    for (const userName of names) {
      const literal = JSON.stringify(userName);
      expectList(await scim.filter(`userName eq ${literal}`), 0);
      const made = expectBody(await scim.post('/Users', aPerson({ userName, emails: [] })), 201);
      const [found] = expectList(await scim.filter(`userName eq ${literal}`), 1);
      expect([found.id, found.userName]).to.deep.equal([made.id, userName]);
    }
  });
});

/** A POST whose body comes in two halves. */
function slowPost(scim: ScimClient, body: string) {
  const { hostname, port, pathname } = new URL(scim.root);
  const answered = Promise.withResolvers<number>();
  const outgoing = request(
    {
      host: hostname,
      port,
      path: `${pathname}/Users`,
      method: 'POST',
      headers: {
        authorization: `Bearer ${scim.token}`,
        'content-type': 'application/scim+json',
        'content-length': String(Buffer.byteLength(body)),
      },
    },
    (response) => {
      response.resume();
      answered.resolve(response.statusCode ?? 0);
    },
  );
  outgoing.on('error', answered.reject);
  const half = Math.floor(body.length / 2);
  const begun = new Promise<void>((resolve) => {
    outgoing.write(body.slice(0, half), () => setTimeout(resolve, 100));
  });
  return {
    begun,
    finish(): Promise<number> {
      outgoing.end(body.slice(half));
      return answered.promise;
    },
  };
}
