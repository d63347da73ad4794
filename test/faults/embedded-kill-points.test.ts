import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import PQueue from 'p-queue';
import { loadSettings } from '../../config/load.ts';
import { compose } from '../../src/compose.ts';
import { createLogger } from '../../src/logging/logger.ts';
import type { JobQueue } from '../../src/ports/job-queue.ts';
import { startGoogleSimulator } from '../simulators/google/start-google-simulator.ts';
import { startGraphSimulator } from '../simulators/graph/start-graph-simulator.ts';
import { createApiClient } from '../support/api-client.ts';
import { spawnRollcall } from '../support/rollcall-process.ts';
import { endStateOf } from './end-state.ts';
import { figure } from './figure.ts';
import { type FaultDirectory, organizationOn, waitFor } from './installation.ts';
import { createQueuePerOrganization } from './queue-per-organization.ts';
import { stepsOf } from './steps-of-log.ts';
import { letThingsHappen, letThingsHappenInMicrosoft, prepare } from './take-over.ts';

const AT_ONCE = 4;
/** Every so many of the awaits; all of them with `ROLLCALL_KILL_AT_READS`. */
const EACH = process.env.ROLLCALL_KILL_AT_READS ? 1 : 4;
const ENTRY = 'test/faults/worker-with-fail-point.ts';
const QUIET = createLogger('fatal', { write: () => undefined });

/** A simulated directory, and what happens in it before the run under test. */
interface Scenery {
  readonly env: { readonly [name: string]: string };
  readonly directory: FaultDirectory;
  readonly kind: 'full' | 'delta';
  letThingsHappen(): void;
  reset(): void;
  close(): Promise<void>;
}

const SCENERIES: { readonly [title: string]: () => Promise<Scenery> } = {
  async 'a run that lists Google'() {
    const google = await startGoogleSimulator({ seed: 7, people: 26 });
    const { serviceAccount, subject, origin, control, close } = google;
    return {
      env: { GOOGLE_BASE_URL: origin },
      directory: { source: 'google', connection: { serviceAccount, subject } },
      kind: 'full',
      letThingsHappen: () => letThingsHappen(google),
      reset: control.reset,
      close,
    };
  },
  async 'a run that asks Microsoft what changed'() {
    const microsoft = await startGraphSimulator({ seed: 7, people: 26 });
    const { application, origin, control, close } = microsoft;
    const { tenantId, clientId, clientSecret } = application;
    return {
      env: { MICROSOFT_LOGIN_URL: origin, MICROSOFT_GRAPH_URL: origin },
      directory: { source: 'microsoft', connection: { tenantId, clientId, clientSecret } },
      kind: 'delta',
      letThingsHappen: () => letThingsHappenInMicrosoft(microsoft),
      reset: control.reset,
      close,
    };
  },
};

for (const [title, open] of Object.entries(SCENERIES))
  describe(`A process on the embedded store killed at every await of ${title}`, () => killedAtEveryAwait(open));

function killedAtEveryAwait(setUp: () => Promise<Scenery>): void {
  let scenery: Scenery;
  const folders: string[] = [];

  before(async () => {
    scenery = await setUp();
  });
  after(async () => {
    await scenery.close();
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
  });

  it('R04: leaves a run to the next process, which brings it to the end of an undisturbed one', async function () {
    this.timeout(180_000);
    const first = await prepareFolder();
    scenery.letThingsHappen();
    const { points, state: expected } = await play(first, 0);
    scenery.reset();
    expect(expected.run.kind).to.equal(scenery.kind);
    const folder = new PQueue({ concurrency: AT_ONCE });
    const places = points.flatMap((_, index) => (index % EACH === 0 ? [index + 1] : []));
    const prepared = await folder.addAll(places.map((at) => async () => ({ at, place: await prepareFolder() })));
    scenery.letThingsHappen();
    const results = await folder.addAll(
      prepared.map(({ at, place }) => async () => ({ at, ...(await play(place, at)) })),
    );
    const hit = results.filter(({ wasHit }) => wasHit).length;
    const worst = Math.max(...results.map(({ tookMs }) => tookMs));
    figure(
      'R04',
      `embedded store, ${scenery.directory.source}: ${points.length} awaits, ${hit} kills at every ${EACH}th, worst restart ${(worst / 1_000).toFixed(1)} s`,
    );
    for (const { at, state } of results)
      expect(state, `killed before ${at}: ${points[at - 1]}`).to.deep.equal(expected);
    expect(points).to.have.length.above(20);
    expect(hit).to.equal(places.length);
    expect(worst).to.be.below(15_000);
  });

  /** A data folder with an organization whose run waits, as nobody took its job. */
  async function prepareFolder() {
    const dataDir = await mkdtemp(join(tmpdir(), 'rollcall-kill-points-'));
    folders.push(dataDir);
    const { organization, stop } = await open(dataDir);
    await prepare(organization, scenery.directory.source);
    await stop();
    return { dataDir, organizationId: organization.id };
  }

  async function open(dataDir: string, organizationId: string | null = null) {
    const settings = loadSettings({ PORT: '0', ROLLCALL_DATA_DIR: dataDir, ...scenery.env });
    const idle: { handOver?: (id: string) => void } = {};
    const rollcall = await compose(settings, {
      logger: QUIET,
      tuning: { leaseMs: 500 },
      around(deps) {
        const queue = createQueuePerOrganization(deps.queue);
        idle.handOver = (id) => queue.handOver(id, NOBODY);
        return { ...deps, queue };
      },
    });
    const api = createApiClient(rollcall.url, rollcall.operatorKey);
    const organization = await organizationOn(api, scenery.directory, 'Killed', organizationId);
    return { rollcall, organization, leaveToOthers: () => idle.handOver?.(organization.id), stop: rollcall.stop };
  }

  async function play({ dataDir, organizationId }: { dataDir: string; organizationId: string }, at: number) {
    const starter = await open(dataDir, organizationId);
    starter.leaveToOthers();
    const { id: runId } = await starter.organization.startRun();
    await starter.stop();
    const fail = {
      FAIL_ORGANIZATION: organizationId,
      FAIL_AT: String(at),
      FAIL_LEASE_MS: '500',
      ROLLCALL_DATA_DIR: dataDir,
    };
    const child = await spawnRollcall({ ...fail, ...scenery.env }, { entry: ENTRY });
    const pointsOf = () => child.log().flatMap((line) => (line.includes('"failPoint"') ? [JSON.parse(line).name] : []));
    const isDead = () => child.child.signalCode !== null;
    await waitFor('it is dead or the run over', () => isDead() || stepsOf(child.log()).over === STEPS);
    const wasHit = isDead();
    await child.end('SIGKILL');
    const killed = performance.now();
    const next = await open(dataDir, organizationId);
    await next.organization.runsEnded();
    const tookMs = performance.now() - killed;
    await next.organization.events();
    const state = await endStateOf(next.rollcall.deps.stores, organizationId, runId);
    await next.stop();
    return { points: pointsOf() as readonly string[], wasHit, tookMs, state };
  }
}

/** Listing, checking, applying, and seeing that nothing is left. */
const STEPS = 4;

const NOBODY: JobQueue = {
  register: () => undefined,
  enqueue: async () => undefined,
  start: () => undefined,
  close: async () => undefined,
  counts: async () => ({ waiting: 0, running: 0 }),
  health: async () => ({ state: 'ok', details: [] }),
};
