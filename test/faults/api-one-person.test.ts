import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { Answer } from '../scim/client.ts';
import { describeScaled } from '../servers/describe-on.ts';
import { type GoogleSimulator, startGoogleSimulator } from '../simulators/google/start-google-simulator.ts';
import type { Body } from '../support/api-client.ts';
import type { RollcallProcess } from '../support/rollcall-process.ts';
import { figure } from './figure.ts';
import { createOrganization, onServers, startInstallation } from './installation.ts';
import { percentile, spoken } from './measures.ts';
import { apiOf, connectScim, createScene, inLanes, readFeed, scimPerson, timeUntil } from './scene.ts';

const PATCHES = 1_000;
/** In flight at once on MongoDB; more would queue for its connections and be told to come again. */
const AT_ONCE = 20;
/** Tries of one request that is told to come again. */
const MOST_TRIES = 30;

interface Race {
  readonly answers: readonly Answer[];
  /** Answers that told a client to come again. */
  readonly sentBack: number;
  /** Changes that runs of the directory made meanwhile. */
  readonly synced: number;
  readonly versionBefore: number;
  readonly person: Body;
  readonly events: readonly Body[];
  readonly ms: number;
}

/** Lets everybody at one person, whom Google lists and SCIM owns. */
async function race(processes: readonly RollcallProcess[], google: GoogleSimulator, atOnce: number): Promise<Race> {
  const [first] = processes as readonly [RollcallProcess];
  const api = apiOf(first);
  const organization = await createOrganization(api, google, 'One person');
  const tenant = await connectScim(first, organization);
  await organization.change({ google: { syncUsers: true } });
  const email = google.control.person(1)?.primaryEmail ?? '';
  const created = await tenant.scim(first).post('/Users', scimPerson(email, { title: 'title 0' }));
  expect(created.status).to.equal(201);
  await organization.connect();
  await organization.runsEnded();
  const { items } = await organization.get(`/users?status=all&q=${email}`);
  const read = () => organization.get(`/users/${items[0].id}`);
  const { version: versionBefore } = await read();
  const updatedBefore = updatedBy((await organization.get('/runs?limit=200')).items);

  const begin = performance.now();
  const state = { sentBack: 0, isOver: false };
  const syncing = (async () => {
    for (let n = 1; !state.isOver; n++) {
      google.control.mutate({ do: 'rename', who: 1, givenName: `Given ${n}`, familyName: 'Family' });
      await organization
        .startRun()
        .then(() => organization.runsEnded())
        .catch(() => null);
    }
  })();
  const answers: Answer[] = [];
  await inLanes(
    Array.from({ length: PATCHES }, (_, n) => n),
    atOnce,
    async (n) => {
      const scim = tenant.scim(processes[n % processes.length] ?? first);
      const change = [{ op: 'replace', path: 'title', value: `title ${n + 1}` }];
      answers.push(await insistently(() => scim.patch(`/Users/${created.body.id}`, change), state));
    },
  );
  const ms = performance.now() - begin;
  state.isOver = true;
  await syncing;
  await organization.runsEnded();
  const { items: runs } = await organization.get('/runs?limit=200');
  const synced = updatedBy(runs) - updatedBefore;
  const person = await read();
  let events: Body[] = [];
  await timeUntil('every change is published', async () => {
    events = (await readFeed(api, organization.path)).filter(({ userId }) => userId === person.id);
    return events.length >= person.version;
  });
  return { answers, synced, versionBefore, person, events, ms, sentBack: state.sentBack };
}

function updatedBy(runs: readonly Body[]): number {
  return runs.reduce((sum, { counts }) => sum + counts.updated, 0);
}

/** Sends until the answer is final, as an identity provider does. */
async function insistently(send: () => Promise<Answer>, count: { sentBack: number }): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    const answer = await send();
    if (answer.status !== 503 || tries === MOST_TRIES) return answer;
    expect(answer.headers['retry-after']).to.match(/^\d+$/);
    count.sentBack++;
    await sleep(1_000 * Number(answer.headers['retry-after']) * (0.5 + Math.random()));
  }
}

function check(
  where: string,
  atOnce: number,
  { answers, sentBack, synced, versionBefore, person, events, ms }: Race,
): void {
  const accepted = answers.filter(({ status }) => status === 200);
  const waits = answers.map((answer) => answer.ms);
  figure(
    'R02',
    `${where}: ${accepted.length} of ${PATCHES} parallel PATCHes (${atOnce} at once) and ${synced} sync upserts of one person in ${spoken(ms)} ` +
      `(p50 ${spoken(percentile(waits, 0.5))}, ${sentBack} times 503 first): version + ${person.version - versionBefore}, 0 lost`,
  );
  expect(answers.map(({ status }) => status)).to.deep.equal(answers.map(() => 200));
  expect(person.version).to.equal(versionBefore + accepted.length + synced);
  expect(synced).to.be.above(0);
  expect(events.map(({ id }) => id)).to.deep.equal(
    Array.from({ length: person.version }, (_, n) => `${person.id}:${n + 1}`),
  );
  const titles = events.flatMap(({ changes }) => (changes.title ? [changes.title] : []));
  expect(titles.map(([, to]) => to).toSorted()).to.deep.equal(
    ['title 0', ...accepted.map((_, n) => `title ${n + 1}`)].toSorted(),
  );
  for (const [n, [from]] of titles.entries()) expect(from).to.equal(n === 0 ? null : titles[n - 1]?.[1]);
}

describe('R02: 1,000 changes of one person at once', () => {
  it('R02: in one process on the embedded store, every accepted change counts and none is lost', async () => {
    const google = await startGoogleSimulator({ seed: 7, people: 5 });
    const dataDir = await mkdtemp(join(tmpdir(), 'rollcall-one-'));
    const scene = createScene({ ROLLCALL_DATA_DIR: dataDir, GOOGLE_BASE_URL: google.origin });
    try {
      check('embedded, one process', PATCHES, await race([await scene.start()], google, PATCHES));
    } finally {
      await scene.end();
      await google.close();
      await rm(dataDir, { recursive: true });
    }
  }).timeout(60_000);

  describeScaled('on MongoDB', (mongo, redis) => {
    it('R02: over two API processes, every accepted change counts and none is lost', async () => {
      const installation = await startInstallation({ ...onServers(mongo, redis), apis: 2, workers: 1 });
      try {
        check('MongoDB, two API processes', AT_ONCE, await race(installation.apis, installation.google, AT_ONCE));
      } finally {
        await installation.stop();
      }
    }).timeout(240_000);
  });
});
