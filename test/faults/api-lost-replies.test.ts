import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { createRandom } from '../properties/random.ts';
import { describeScaled } from '../servers/describe-on.ts';
import type { Body } from '../support/api-client.ts';
import type { RollcallProcess } from '../support/rollcall-process.ts';
import { SHARED_KEYS } from '../support/shared-keys.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { figure } from './figure.ts';
import { expectStatus } from './installation.ts';
import { spoken } from './measures.ts';
import {
  createScene,
  createTenant,
  inLanes,
  readFeed,
  type Scene,
  scimPerson,
  type Tenant,
  timeUntil,
} from './scene.ts';

/** Of each kind, with as many people for what changes them. */
const WRITES = 75;
const PEOPLE = 15;
const LANES = 5;
const SEED = Date.now() % 1_000_000;

type Fate = 'acknowledged' | 'unknown';

/** What became of the writes of a kind, by what they wrote. */
type Fates = Map<string, Fate>;

describeScaled('R17: replies that are lost', (mongo, redis) => {
  let proxy: TcpProxy;
  let scene: Scene;
  let rollcall: RollcallProcess;
  let tenant: Tenant;
  let agencyId = '';
  const scimIds: string[] = [];
  const agents: string[] = [];

  before(async function () {
    this.timeout(60_000);
    const url = mongo.freshUrl();
    proxy = await startTcpProxy({ target: url });
    const env = { REDIS_URL: redis.url, REDIS_PREFIX: redis.freshPrefix() };
    scene = createScene({ ...SHARED_KEYS, ...env, MONGODB_URL: proxy.url(url), MONGODB_POOL_SIZE: '10' });
    rollcall = await scene.start();
    tenant = await createTenant(rollcall);
    agencyId = (await tenant.api(rollcall).post(`${tenant.path}/agencies`, { name: 'Talent Ltd' })).body.id;
    for (let n = 0; n < PEOPLE; n++) {
      scimIds.push((await tenant.scim(rollcall).post('/Users', scimPerson(`old${n}@example.com`))).body.id);
      agents.push((await addAgent(`old${n}`)).body.id);
    }
  });
  after(async () => {
    await scene?.end();
    await proxy?.close();
  });

  const addAgent = (name: string) =>
    tenant
      .api(rollcall)
      .post(`${tenant.path}/users`, { name, email: `${name}@agency.example`, kind: 'agency', agencyId });
  const addOrganization = (name: string) =>
    tenant.api(rollcall).post('/organizations', { name, domains: ['example.com'] });

  async function write(fates: Fates, what: string, send: () => Promise<{ status: number; text: string }>) {
    const answer = await send().catch((error: Error) => ({ status: 0, text: error.message }));
    if (answer.status !== 0) expect(answer.status, answer.text).to.be.oneOf([200, 201, 503]);
    fates.set(what, answer.status === 200 || answer.status === 201 ? 'acknowledged' : 'unknown');
  }

  /** Everything at once, from a few lanes; a person is changed by one lane only. */
  async function writeEverything(tag: string, writes: number) {
    const [created, titles, names, organizations]: Fates[] = [new Map(), new Map(), new Map(), new Map()];
    const scim = tenant.scim(rollcall);
    await inLanes(
      Array.from({ length: LANES }, (_, n) => n),
      LANES,
      async (lane) => {
        for (let n = lane; n < writes; n += LANES) {
          const key = `${tag}${n}`;
          await write(created as Fates, `${key}@example.com`, () =>
            scim.post('/Users', scimPerson(`${key}@example.com`)),
          );
          const change = [{ op: 'replace', path: 'title', value: key }];
          await write(titles as Fates, key, () => scim.patch(`/Users/${scimIds[n % PEOPLE]}`, change));
          const agent = `${tenant.path}/users/${agents[n % PEOPLE]}`;
          await write(names as Fates, key, () => tenant.api(rollcall).patch(agent, { name: key }));
          await write(organizations as Fates, key, () => addOrganization(key));
        }
      },
    );
    return { created, titles, names, organizations } as { [kind: string]: Fates };
  }

  /** How often each thing written shows: people by address, changes by event, organizations by name. */
  async function readEverything() {
    const api = tenant.api(rollcall);
    await timeUntil('nothing awaits the relay', async () => {
      const { body } = await api.send({ method: 'GET', path: '/health/ready' });
      return body.details.events.pending === 0;
    });
    const events = await readFeed(api, tenant.path);
    const organizations: Body[] = [];
    for (let next: string | null = ''; next !== null; ) {
      const cursor = next === '' ? '' : `&cursor=${encodeURIComponent(next)}`;
      const page: Body = expectStatus(await api.get(`/organizations?limit=200${cursor}`), 200);
      organizations.push(...page.items);
      next = page.next;
    }
    const after = (name: string) => events.flatMap(({ changes }) => (changes[name] ? [changes[name][1]] : []));
    return {
      events,
      shown: {
        created: events.filter(({ type }) => type === 'user.created').map(({ changes }) => changes.email?.[1]),
        titles: after('title'),
        names: events
          .filter(({ type }) => type === 'user.updated')
          .flatMap(({ changes }) => changes.displayName?.[1] ?? changes.name?.[1] ?? []),
        organizations: organizations.map(({ name }) => name),
      } as { [kind: string]: readonly string[] },
    };
  }

  /** Each acknowledged write shows once, each other one once or not at all, and versions count what events tell. */
  async function check(written: { [kind: string]: Fates }) {
    const { events, shown } = await readEverything();
    const counts = { acknowledged: 0, appliedUnseen: 0, notApplied: 0 };
    for (const [kind, fates] of Object.entries(written))
      for (const [what, fate] of fates) {
        const times = (shown[kind] ?? []).filter((one) => one === what).length;
        expect(times, `${kind} ${what}: ${fate}`).to.be.within(fate === 'acknowledged' ? 1 : 0, 1);
        counts[fate === 'acknowledged' ? 'acknowledged' : times === 1 ? 'appliedUnseen' : 'notApplied']++;
      }
    expect(events.map(({ sequence }) => sequence)).to.deep.equal(events.map((_, n) => n + 1));
    for (const [userId, own] of Map.groupBy(events, (event) => event.userId)) {
      expect(own.map(({ id }) => id)).to.deep.equal(own.map((_, n) => `${userId}:${n + 1}`));
      const { body } = await tenant.api(rollcall).get(`${tenant.path}/users/${userId}`);
      expect(body.version, `version of ${body.email}`).to.equal(own.length);
    }
    return counts;
  }

  it(`R17: ${WRITES * 4} writes with 1 reply in 5 lost have no double effect (seed ${SEED})`, async function () {
    this.timeout(120_000);
    const { chance } = createRandom(SEED);
    const lost = proxy.dropReplies({ when: (request) => isWrite(request) && chance(20) });
    const begin = performance.now();
    const written = await writeEverything('lost', WRITES);
    const count = lost();
    proxy.heal();
    const took = performance.now() - begin;
    const { acknowledged, appliedUnseen, notApplied } = await check(written);
    figure(
      'R17',
      `${WRITES * 4} writes in ${spoken(took)} with ${count} replies lost (seed ${SEED}): ${acknowledged} acknowledged, each there ` +
        `once; of the others ${appliedUnseen} there once, ${notApplied} not at all; 0 double effects`,
    );
    expect(count).to.be.above(WRITES / 2);
    expect(acknowledged).to.be.above(WRITES * 4 * 0.85);
  });

  it('R17: replies that suddenly take 5 s end in an answer in time and have no double effect', async function () {
    this.timeout(120_000);
    const begin = performance.now();
    const writing = writeEverything('slow', PEOPLE);
    await sleep(300);
    proxy.delay(2_500);
    await sleep(6_000);
    proxy.heal();
    const written = await writing;
    const took = performance.now() - begin;
    const { acknowledged, appliedUnseen, notApplied } = await check(written);
    figure(
      'R17',
      `replies of 5 s for 6 s, ${PEOPLE * 4} writes in ${spoken(took)}: ${acknowledged} acknowledged, each there once; of the ` +
        `others ${appliedUnseen} there once, ${notApplied} not at all; 0 double effects`,
    );
    expect(acknowledged).to.be.above(PEOPLE);
    expect(took).to.be.below(30_000);
  });
});

/** Whether a message of the wire protocol asks to write; its first key names the command. */
function isWrite(message: Buffer): boolean {
  const name = message.toString('latin1', 26, 40).split('\0')[0] ?? '';
  return ['insert', 'update', 'findAndModify', 'delete'].includes(name);
}
