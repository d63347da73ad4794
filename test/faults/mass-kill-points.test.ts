import { expect } from 'chai';
import PQueue from 'p-queue';
import { ROWS_AT_ONCE } from '../../src/services/apply-import-page.ts';
import { describeScaled } from '../servers/describe-on.ts';
import { figure } from './figure.ts';
import { embeddedPlace, finish, type MassPlace, playDoomed, type Spot, scaledPlace } from './mass-places.ts';
import { MASS_WORKS, type MassWork } from './mass-works.ts';

/** Of a file more than are written at once, of both fewer than a page has. */
const PEOPLE = { import: 2 * ROWS_AT_ONCE, bulk: 8 } as const;
const AT_ONCE = 4;
/** Every so many of the awaits where that means waiting for locks; all of them with `ROLLCALL_KILL_AT_READS`. */
const EACH = process.env.ROLLCALL_KILL_AT_READS ? 1 : 4;

describe('A process on the embedded store killed at every await of a chunk', () =>
  killedAtEveryAwait(embeddedPlace(), 1));
describeScaled('A process on MongoDB and Redis killed at every await of a chunk', (mongo, redis) =>
  killedAtEveryAwait(scaledPlace(mongo, redis), EACH),
);

function killedAtEveryAwait(place: MassPlace, each: number): void {
  after(() => place.clear());
  for (const [title, work] of Object.entries(MASS_WORKS))
    it(`R04: leaves ${title} to the next process, which brings it to the end of an undisturbed one`, async function () {
      this.timeout(300_000);
      await playAll(place, title, work, each);
    });
}

async function playAll(place: MassPlace, title: string, work: MassWork, each: number): Promise<void> {
  const [undisturbed] = (await place.prepare(work, PEOPLE[work.job], 1)) as [Spot];
  const { points, state: expected } = await playKilled(undisturbed, 0);
  const places = points.flatMap((_, index) => (index % each === 0 ? [index + 1] : []));
  const spots = await place.prepare(work, PEOPLE[work.job], places.length);
  const plays = places.map((at, n) => async () => ({ at, ...(await playKilled(spots[n] as Spot, at)) }));
  const results = await new PQueue({ concurrency: AT_ONCE }).addAll(plays);
  const hit = results.filter(({ wasHit }) => wasHit).length;
  const worst = Math.max(...results.map(({ tookMs }) => tookMs));
  figure(
    'R04',
    `${title}: ${points.length} awaits, ${hit} kills at every ${each}th, worst end of the chunk by the next process after ${(worst / 1_000).toFixed(1)} s`,
  );
  for (const { at, state } of results) expect(state, `killed before ${at}: ${points[at - 1]}`).to.deep.equal(expected);
  expect(points).to.have.length.above(15);
  // Before the very last one the task is done.
  expect(hit).to.be.at.least(places.length - 1);
}

async function playKilled(spot: Spot, at: number) {
  const doomed = await playDoomed(spot, { at });
  const wasHit = doomed.isDead();
  await doomed.process.end('SIGKILL');
  return { points: doomed.points(), wasHit, ...(await finish(spot)) };
}
