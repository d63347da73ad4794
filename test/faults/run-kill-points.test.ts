import { expect } from 'chai';
import PQueue from 'p-queue';
import { describeScaled } from '../servers/describe-on.ts';
import { endStateOf } from './end-state.ts';
import { figure } from './figure.ts';
import { type FaultOrganization, waitFor } from './installation.ts';
import { isThrough } from './steps-of-log.ts';
import { createTakeOver, letThingsHappen, type TakeOver } from './take-over.ts';

const AT_ONCE = 8;

describeScaled('A worker killed at every await of a run', (mongo, redis) => {
  let takeOver: TakeOver;

  before(async () => {
    takeOver = await createTakeOver(mongo, redis);
  });
  after(() => takeOver.stop());

  it('R04: leaves a run to a standby that brings it to the end of an undisturbed one', async function () {
    this.timeout(300_000);
    const undisturbed = await takeOver.prepare('Undisturbed');
    letThingsHappen(takeOver.google);
    const { points, state: expected } = await playUndisturbed(undisturbed);
    takeOver.google.control.reset();
    expect(expected.users.filter(({ eventsAreWhole }) => !eventsAreWhole)).to.deep.equal([]);
    const chosen = process.env.ROLLCALL_KILL_AT_READS ? points.map((_, index) => index + 1) : afterEffects(points);
    const killed = await inParallel(
      chosen.map((at) => async () => ({ at, organization: await takeOver.prepare(`Killed at ${at}`) })),
    );
    letThingsHappen(takeOver.google);
    const results = await inParallel(
      killed.map(
        ({ organization, at }) =>
          () =>
            playKilled(organization, at),
      ),
    );
    const hit = results.filter(({ wasHit }) => wasHit);
    const worst = Math.max(...results.map(({ tookMs }) => tookMs));
    const strayed = results.filter(({ state }) => JSON.stringify(state) !== JSON.stringify(expected));
    figure(
      'R04',
      `${points.length} awaits, ${hit.length} kills (ROLLCALL_KILL_AT_READS=1 adds those between two reads), ${results.length - strayed.length} converged, worst restart ${(worst / 1_000).toFixed(1)} s (lease 1.5 s)`,
    );
    for (const { at, state } of results)
      expect(state, `killed before ${at}: ${points[at - 1]}`).to.deep.equal(expected);
    expect(hit.length)
      .to.be.at.least(20)
      .and.at.least(chosen.length - 2);
    expect(worst).to.be.below(15_000);
  });

  async function playUndisturbed(organization: FaultOrganization) {
    const { process, points, runId } = await takeOver.startDoomed(organization, 0, 'SIGKILL');
    const run = await organization.runsEnded();
    expect(run).to.include({ id: runId, state: 'finished' });
    await organization.events();
    await process.end('SIGKILL');
    return { points: points(), state: await endStateOf(takeOver.standby.deps.stores, organization.id, runId) };
  }

  async function playKilled(organization: FaultOrganization, at: number) {
    const doomed = await takeOver.startDoomed(organization, at, 'SIGKILL');
    const isOver = async () => {
      if (doomed.isDead()) return true;
      const { finishedAt } = await organization.latestRun();
      // Behind the end of the run there are awaits, too.
      return finishedAt !== null && finishedAt !== undefined && isThrough(doomed.process.log());
    };
    await waitFor(`the worker to be killed before ${at} is dead or the run over`, isOver, 90_000);
    const wasHit = doomed.isDead();
    const killed = performance.now();
    takeOver.takeUp(organization);
    const run = await organization.runsEnded(60_000);
    const tookMs = performance.now() - killed;
    expect(run.id).to.equal(doomed.runId);
    await doomed.process.end('SIGKILL');
    const { stores } = takeOver.standby.deps;
    // What a worker left in the outbox is published with the next look at what is unfinished.
    await waitFor('everything is published', async () => (await stores.events.pending()) === 0);
    const state = await endStateOf(stores, organization.id, doomed.runId);
    return { at, wasHit, tookMs, state };
  }
});

const READS = /\.(find|findOne|aggregate|countDocuments)$/;

/** The points at which what is stored differs from what it was at the point before: a read in between changes nothing. */
function afterEffects(points: readonly string[]): readonly number[] {
  return points.flatMap((_, index) => (READS.test(points[index - 1] ?? '') ? [] : [index + 1]));
}

function inParallel<T>(work: readonly (() => Promise<T>)[]): Promise<T[]> {
  return new PQueue({ concurrency: AT_ONCE }).addAll(work) as Promise<T[]>;
}
