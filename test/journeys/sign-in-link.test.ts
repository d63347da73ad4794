import { Socket } from 'node:net';
import { expect } from 'chai';
import { expectStatus, startRollcall, type TestOrganization, type TestRollcall } from '../support/rollcall.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

const LINK = 'https://app.example.com/sign-in';
const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';

/** Where every socket of this process wanted to go since. */
interface Outgoing {
  readonly ports: readonly number[];
  restore(): void;
}

/** Takes the only way out of the process into its own hands: whoever connects is noted. */
function ownSockets(): Outgoing {
  const ports: number[] = [];
  const { connect } = Socket.prototype;
  Socket.prototype.connect = function (this: Socket, ...given: unknown[]) {
    const [first] = given.flat() as readonly unknown[];
    const { port } = (typeof first === 'object' && first !== null ? first : { port: first }) as { port?: unknown };
    ports.push(Number(port));
    return (connect as (...all: unknown[]) => Socket).apply(this, given);
  } as typeof connect;
  return {
    ports,
    restore() {
      Socket.prototype.connect = connect;
    },
  };
}

describeBothWays('how people hear of it: by a link somebody shares', (way) => {
  let rollcall: TestRollcall;
  let organization: TestOrganization;
  let ours: ReadonlySet<number> = new Set();
  let outgoing: Outgoing;
  beforeEach(async () => {
    outgoing = ownSockets();
    const env = way.env();
    rollcall = await startRollcall({ env });
    const servers = [rollcall.url, env.MONGODB_URL, env.REDIS_URL].filter((url) => url !== undefined);
    ours = new Set(servers.map((url) => Number(new URL(url).port)));
    organization = await rollcall.addOrganization();
    await organization.name('pools', 'p1');
  });
  afterEach(async () => {
    await rollcall.stop();
    outgoing.restore();
  });

  const act = async (id: string, action: string) =>
    expectStatus(await rollcall.api.post(`${organization.path}/users/${id}/${action}`), 200);

  it('active people, and nobody else, carry the link that the organization has set', async () => {
    const { id } = await organization.addUser('Ada', 'ada@example.com');
    expect(await act(id, 'activate')).not.to.have.property('signInUrl');
    await organization.change({ signInUrl: LINK });
    expect((await organization.user(id)).signInUrl).to.equal(LINK);
    for (const action of ['deactivate', 'terminate']) expect(await act(id, action)).not.to.have.property('signInUrl');
    expect((await act(id, 'activate')).signInUrl).to.equal(LINK);
    await organization.change({ signInUrl: null });
    expect(await organization.user(id)).not.to.have.property('signInUrl');
    for (const signInUrl of ['app', 'ftp://app.example.com', 'javascript:alert(1)'])
      expect((await rollcall.api.patch(`${organization.path}/settings`, { signInUrl })).status).to.equal(400);
  });

  it('nothing ever mails anybody: no socket leads anywhere but to our own servers', async () => {
    await organization.change({ signInUrl: LINK });
    const { id } = await organization.addUser('Ada', 'ada@example.com');
    for (const action of ['activate', 'deactivate', 'terminate', 'activate']) await act(id, action);
    expectStatus(await rollcall.api.patch(`${organization.path}/users/${id}`, { email: 'countess@example.com' }), 200);
    const access = { level: 'admin', roles: [], pools: ['p1'] };
    expectStatus(await rollcall.api.put(`${organization.path}/users/${id}/access`, access), 200);
    const agent = await organization.addUser('Agent', 'agent@agency.example', { kind: 'agency' });
    await act(agent.id, 'activate');
    expectStatus(await rollcall.api.post(`${organization.path}/sign-ins`, { email: 'countess@example.com' }), 200);
    const scim = await organization.connectScim();
    const grace = { schemas: [USER], userName: 'grace@example.com', active: true };
    expect((await scim.post('/Users', grace)).status).to.equal(201);
    expect(await organization.events()).to.have.length.above(8);
    expect(outgoing.ports, 'sockets are seen').to.include(Number(new URL(rollcall.url).port));
    expect(outgoing.ports.filter((port) => !ours.has(port))).to.deep.equal([]);
  });
});
