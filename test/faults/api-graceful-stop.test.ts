import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { Answer } from '../scim/client.ts';
import { describeScaled } from '../servers/describe-on.ts';
import type { Body } from '../support/api-client.ts';
import type { RollcallProcess } from '../support/rollcall-process.ts';
import { figure } from './figure.ts';
import { type Installation, onServers, startInstallation } from './installation.ts';
import { spoken } from './measures.ts';
import { connectScim, scimPerson, type Tenant, timeUntil } from './scene.ts';

const DRAIN_MS = 1_000;
const LANES = 6;
const PEOPLE = 3_000;
/** What one page of the directory takes: a run is always within a step. */
const PAGE_MS = 700;
const LEASE_MS = 9_000;

describeScaled('R30: a process that is told to stop', (mongo, redis) => {
  let installation: Installation;
  beforeEach(async function () {
    this.timeout(60_000);
    const options = { ...onServers(mongo, redis), apis: 1, google: { people: PEOPLE } };
    installation = await startInstallation(options);
  });
  afterEach(() => installation?.stop());

  it('R30: fails no request of clients that leave it once it is not ready', async () => {
    const [stays] = installation.apis as readonly [RollcallProcess];
    const stops = await installation.start('api', { ROLLCALL_DRAIN_MS: String(DRAIN_MS) });
    const tenant = await connectScim(stays, await installation.addOrganization());
    const balancer = watchReadiness([stays, stops]);
    let isOver = false;
    const calling = callAll(tenant, balancer.ready, () => isOver);
    await sleep(1_500);
    const told = performance.now();
    const code = await stops.end('SIGTERM');
    const took = performance.now() - told;
    await sleep(500);
    isOver = true;
    const { answers, failures, toStopping } = await calling;
    await balancer.stop();
    figure(
      'R30',
      `SIGTERM under load: exit ${code} after ${spoken(took)}, ${failures.length} of ${answers.length} requests failed ` +
        `(${toStopping(stops)} went to the process that stopped)`,
    );
    expect(failures).to.deep.equal([]);
    expect(answers.filter(({ status }) => status >= 300).map(({ text }) => text)).to.deep.equal([]);
    expect(toStopping(stops)).to.be.above(0);
    expect(code).to.equal(0);
    expect(took).to.be.within(DRAIN_MS, 30_000);
  }).timeout(60_000);

  it('R30: finishes the step of a run and hands the run on at once', async () => {
    const { google } = installation;
    google.control.fault({
      match: { operation: 'users.list' },
      times: 'always',
      fault: { kind: 'slow-first-byte', ms: PAGE_MS },
    });
    const organization = await installation.addOrganization();
    const workers = [await installation.start('worker'), await installation.start('worker')] as const;
    await organization.change({ google: { syncUsers: true } });
    await organization.connect();
    const pages = async () => (await organization.latestRun())?.counts.pages ?? 0;
    await timeUntil('the run is under way', async () => (await pages()) >= 1);
    const leaving = await workerAtAStep(workers);
    const heir = workers.find((worker) => worker !== leaving) as RollcallProcess;
    const told = performance.now();
    const ended = leaving.end('SIGTERM').then((code) => ({ code, took: performance.now() - told }));
    const before = await pages();
    await timeUntil('the step in hand is over', async () => (await pages()) > before, 40_000);
    const resumed = await timeUntil('the next worker has gone on', async () => (await pages()) > before + 1);
    const { code, took } = await ended;
    const run = await organization.runsEnded(60_000);
    const ready = async (): Promise<Body> => (await fetch(`${heir.url}/health/ready`)).json();
    // The last job ends a moment after its run.
    await timeUntil('no job is left', async () => (await ready()).details.queue.running === 0);
    const { details } = await ready();
    figure(
      'R30',
      `a worker told to stop within a step: exit ${code} after ${spoken(took)}, the next page was there ${spoken(resumed)} later ` +
        `(a page takes ${spoken(PAGE_MS)}, the lease ${spoken(LEASE_MS)}), ${details.queue.running} jobs left running`,
    );
    expect(code).to.equal(0);
    expect(took).to.be.below(30_000);
    expect(resumed).to.be.below(LEASE_MS / 2);
    expect({ state: run.state, failed: run.counts.failed, seen: run.counts.seen }).to.deep.equal({
      state: 'finished',
      failed: 0,
      seen: [...google.control.everybody()].length,
    });
    expect(details.queue).to.include({ running: 0, waiting: 0 });
    expect(leaving.log().filter((line) => /failed|could not be renewed|given up/.test(line))).to.deep.equal([]);
    expect(stepsAfterTold(leaving), 'steps begun by a worker that was told to stop').to.equal(0);
  }).timeout(90_000);
});

/** The processes that a balancer would send to, looked at ten times a second. */
function watchReadiness(processes: readonly RollcallProcess[]) {
  let ready = processes;
  let stopped = false;
  const look = async (process: RollcallProcess) => {
    const answer = await fetch(`${process.url}/health/ready`).catch(() => null);
    await answer?.text();
    return answer?.status === 200;
  };
  const watching = (async () => {
    while (!stopped) {
      const seen = await Promise.all(processes.map(look));
      ready = processes.filter((_, n) => seen[n]);
      await sleep(100);
    }
  })();
  return {
    ready: () => ready,
    async stop() {
      stopped = true;
      await watching;
    },
  };
}

/** Calls the processes that are ready in turn, over kept-alive connections, until told. */
async function callAll(tenant: Tenant, ready: () => readonly RollcallProcess[], until: () => boolean) {
  const answers: Answer[] = [];
  const failures: string[] = [];
  const sentTo = new Map<RollcallProcess, number>();
  const lane = async (n: number) => {
    for (let turn = 0; !until(); turn++) {
      const process = ready()[turn % ready().length] as RollcallProcess;
      sentTo.set(process, (sentTo.get(process) ?? 0) + 1);
      try {
        answers.push(await tenant.scim(process).post('/Users', scimPerson(`p${n}.${turn}@sim.example`)));
      } catch (error) {
        failures.push(String(error));
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, (_, n) => lane(n)));
  return { answers, failures, toStopping: (process: RollcallProcess) => sentTo.get(process) ?? 0 };
}

function stepsAfterTold(worker: RollcallProcess): number {
  const log = worker.log();
  const told = log.findIndex((line) => line.includes('"stopping"'));
  return log.slice(told).filter(isStep).length;
}

const isStep = (line: string): boolean => line.includes('a step of a run begins');

/** Which worker is at a step right now, by its log; waits until one has just begun. */
async function workerAtAStep(workers: readonly RollcallProcess[]): Promise<RollcallProcess> {
  const begun = () => workers.map((worker) => worker.log().filter(isStep).length);
  const before = begun();
  let holder: RollcallProcess | undefined;
  await timeUntil('a step begins', async () => {
    holder = workers.find((_, n) => (begun()[n] ?? 0) > (before[n] ?? 0));
    return holder !== undefined;
  });
  return holder as RollcallProcess;
}
