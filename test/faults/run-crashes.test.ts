import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { describeScaled } from '../servers/describe-on.ts';
import type { RollcallProcess } from '../support/rollcall-process.ts';
import { figure, secondsSince } from './figure.ts';
import { type FaultOrganization, type Installation, onServers, startInstallation, waitFor } from './installation.ts';

const ENTRY = 'test/faults/worker-with-fail-point.ts';
/** Within the first step of a run, after its lease was taken. */
const SOON = 7;

describeScaled('A run whose worker dies again and again', (mongo, redis) => {
  let installation: Installation;
  afterEach(() => installation.stop());

  it('R05: is completed after three kills in succession, at different pages, with the lease as it is', async function () {
    this.timeout(120_000);
    installation = await startInstallation({ ...onServers(mongo, redis), google: { people: 2_000 } });
    const { control } = installation.google;
    control.fault({ match: { operation: 'users.list' }, times: 'always', fault: { kind: 'slow-first-byte', ms: 600 } });
    const organization = await syncing(installation, 'Killed');
    let worker = await installation.start('worker');
    const waits: string[] = [];
    for (const pages of [1, 2, 3]) {
      await hasPages(organization, pages);
      const killed = performance.now();
      await worker.end('SIGKILL');
      worker = await installation.start('worker');
      const { log } = worker;
      await waitFor('it goes on', () => log().some((line) => line.includes('a step of a run begins')));
      waits.push(secondsSince(killed));
      // 15 s, and what a machine that is busy with other things takes to start a process.
      expect(performance.now() - killed).to.be.below(20_000);
    }
    const run = await organization.runsEnded();
    const { total } = await organization.get('/users?status=all&limit=1');
    figure(
      'R05',
      `killed 3 times, finished; from kill -9 to the next step by a new process: ${waits.join(', ')} (lease 9 s)`,
    );
    expect(run).to.include({ state: 'finished' });
    expect(run.counts).to.include({ pages: 4, seen: 2_000 });
    const listed = [...control.everybody()].filter(({ suspended, archived }) => !suspended && !archived);
    expect(total).to.equal(listed.length);
  });

  it('R06: is parked after three starts, while the runs of others go on', async function () {
    this.timeout(180_000);
    installation = await startInstallation(onServers(mongo, redis));
    const bad = await syncing(installation, 'Crashing');
    const good = await syncing(installation, 'Well');
    const more = { FAIL_ORGANIZATION: bad.id, FAIL_AT: String(SOON), FAIL_SIGNAL: 'SIGKILL', FAIL_LEASE_MS: '1500' };
    const begun = performance.now();
    let crashes = 0;
    let watching = true;
    const watched = (async () => {
      while (watching) {
        // It may die over the run before it has said that it listens.
        const worker = await installation.start('worker', more, { entry: ENTRY }).catch(() => null);
        while (watching && worker && !isDead(worker)) await sleep(50);
        if (!worker || isDead(worker)) crashes++;
      }
    })();
    const end = async () => {
      const parked = await bad.runsEnded(90_000);
      const tookSeconds = secondsSince(begun);
      return { run: parked, tookSeconds, others: await good.runsEnded(60_000) };
    };
    const { run, tookSeconds, others } = await end().finally(() => {
      watching = false;
      return watched;
    });
    figure(
      'R06',
      `parked as failed after 3 starts and ${crashes} crashes in all, in ${tookSeconds}; the other organization's run finished`,
    );
    expect(run.state).to.equal('failed');
    const { reasons } = await bad.get(`/runs/${run.id}`);
    expect(reasons.map(({ code }: { code: string }) => code)).to.deep.equal(['crashed']);
    const steps = stepsBegun(installation, run.id);
    expect(steps.filter(({ starts }) => starts <= 3)).to.have.lengthOf.within(2, 3);
    expect(others.state).to.equal('finished');
  });
});

const isDead = ({ child }: RollcallProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/** Of a run, by all processes. */
function stepsBegun({ processes }: Installation, runId: string): { starts: number }[] {
  const lines = processes.flatMap(({ log }) => log()).filter((line) => line.includes('a step of a run begins'));
  return lines.filter((line) => line.includes(runId)).map((line) => JSON.parse(line));
}

const hasPages = (organization: FaultOrganization, pages: number) =>
  waitFor(`${pages} pages are stored`, async () => (await organization.latestRun()).counts.pages >= pages);

async function syncing(installation: Installation, name: string): Promise<FaultOrganization> {
  const organization = await installation.addOrganization(name);
  await organization.connect();
  await organization.change({ google: { syncUsers: true, autoEnableUsers: true } });
  return organization;
}
