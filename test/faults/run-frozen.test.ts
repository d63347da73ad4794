import { expect } from 'chai';
import type { Stores } from '../../src/ports/stores.ts';
import { describeScaled } from '../servers/describe-on.ts';
import type { Body } from '../support/api-client.ts';
import { everythingOf } from './end-state.ts';
import { figure } from './figure.ts';
import { type FaultOrganization, waitFor } from './installation.ts';
import { stepsOf } from './steps-of-log.ts';
import { createTakeOver, type Doomed, letThingsHappen, type TakeOver } from './take-over.ts';

const AT_ONCE = 8;
/** Writes under a lease, neither its release nor the tidying that follows the last of them included. */
const WRITES = /\.(bulkWrite|insertOne|insertMany|updateOne)$/;

const UNDER_NO_LEASE = 5;

describeScaled('A worker that is frozen for longer than its lease', (mongo, redis) => {
  let takeOver: TakeOver;

  before(async () => {
    takeOver = await createTakeOver(mongo, redis);
  });
  after(() => takeOver.stop());

  it('R03: writes nothing when it wakes, wherever it stood, though the directory has changed its mind', async function () {
    this.timeout(240_000);
    const points = await pointsOfARun();
    const chosen = points.flatMap((name, index) => (isWriteUnderLease(name, points[index + 1]) ? [index + 1] : []));
    let warned = 0;
    let conflicts = 0;
    let slowest = 0;
    for (let from = 0; from < chosen.length; from += AT_ONCE) {
      const results = await playBatch(chosen.slice(from, from + AT_ONCE));
      for (const { at, before, after, opened, saysSo, tookMs } of results) {
        const where = `frozen before ${at}: ${points[at - 1]}`;
        expect(before.run?.state, where).to.equal('finished');
        for (const [name, value] of Object.entries(before))
          expect(after[name as keyof typeof after], `${where}: ${name}`).to.deep.equal(value);
        if (saysSo) warned++;
        conflicts += opened;
        slowest = Math.max(slowest, tookMs);
      }
    }
    figure(
      'R03',
      `0 effects of the woken worker at ${chosen.length} of ${chosen.length} writes, ${warned} times it said why, ${conflicts} conflicts opened that the next run closed; slowest take-over ${(slowest / 1_000).toFixed(1)} s (lease 1.5 s)`,
    );
    expect(chosen.length).to.be.at.least(15);
    // The last writes are under no lease: how the integration fares is noted once the run has ended, once.
    expect(warned).to.be.at.least(chosen.length - UNDER_NO_LEASE);
  });

  async function pointsOfARun(): Promise<readonly string[]> {
    const organization = await takeOver.prepare('Undisturbed');
    letThingsHappen(takeOver.google);
    const { process, points } = await takeOver.startDoomed(organization, 0, 'SIGSTOP');
    await organization.runsEnded();
    await waitFor('the last step is over', () => points().at(-1) === 'the step is over');
    await process.end('SIGKILL');
    return points();
  }

  async function playBatch(places: readonly number[]) {
    const { control } = takeOver.google;
    control.reset();
    const organizations = await Promise.all(places.map((at) => takeOver.prepare(`Frozen at ${at}`)));
    letThingsHappen(takeOver.google);
    const frozen = await Promise.all(
      organizations.map((organization, index) => takeOver.startDoomed(organization, places[index] ?? 0, 'SIGSTOP')),
    );
    for (const doomed of frozen) await waitFor('it stands still', () => doomed.isThere());
    control.reset();
    return Promise.all(
      frozen.map(async (doomed, index) => {
        const organization = organizations[index] as FaultOrganization;
        return { at: places[index] ?? 0, ...(await playOn(organization, doomed)) };
      }),
    );
  }

  async function playOn(organization: FaultOrganization, doomed: Doomed) {
    const { stores } = takeOver.standby.deps;
    const begun = performance.now();
    takeOver.takeUp(organization);
    await organization.runsEnded();
    const tookMs = performance.now() - begun;
    // What the frozen one left in the outbox waits for the next look at what is unfinished.
    await waitFor('everything is published', async () => (await stores.events.pending()) === 0);
    const before = await seen(stores, organization.id, doomed.runId);
    const stepsBefore = stepsOver(doomed);
    doomed.process.thaw();
    await waitFor('the woken worker is through', () => stepsOver(doomed) > stepsBefore);
    await organization.events();
    const after = await seen(stores, organization.id, doomed.runId);
    const opened = await conflictsAdded(organization, before.open, after.open);
    const saysSo = doomed.process.log().some((line) => line.includes('the lease of a run went to another worker'));
    await doomed.process.end('SIGKILL');
    return { before: before.written, after: after.written, opened, saysSo, tookMs };
  }

  /** A list of what somebody should look at is no effect on anybody; but what does not hold must leave it with the next run. */
  async function conflictsAdded(organization: FaultOrganization, before: readonly string[], after: readonly string[]) {
    const added = after.filter((key) => !before.includes(key));
    if (added.length === 0) return 0;
    await organization.startRun();
    await organization.runsEnded();
    const { items } = await organization.get('/conflicts?state=open');
    expect(items.map(({ id }: Body) => id)).not.to.include.members(added);
    return added.length;
  }
});

async function seen(stores: Stores, organizationId: string, runId: string) {
  const { conflicts, ...all } = await everythingOf(stores, organizationId, runId);
  // Whoever takes the run up raises these two, even to see that it has ended.
  const written = { ...all, run: all.run && { ...all.run, epoch: 0, starts: 0 } };
  return { written, open: conflicts.filter(({ state }) => state === 'open').map(({ id }) => id) };
}

const stepsOver = ({ process }: Doomed): number => stepsOf(process.log()).over;

function isWriteUnderLease(name: string, next: string | undefined): boolean {
  return WRITES.test(name) && next !== 'queue.enqueue' && next !== 'the step is over';
}
