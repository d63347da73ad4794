import { expect } from 'chai';
import { PEOPLE_AT_ONCE } from '../../src/services/apply-bulk-slice.ts';
import { ROWS_AT_ONCE } from '../../src/services/apply-import-page.ts';
import { describeScaled } from '../servers/describe-on.ts';
import { figure, secondsSince } from './figure.ts';
import { type Doom, embeddedPlace, finish, type MassPlace, playDoomed, type Spot, scaledPlace } from './mass-places.ts';
import { MASS_WORKS, type MassWork } from './mass-works.ts';

const PAGES = 3;
const PER_PAGE = { import: 500, bulk: 200 } as const;
/** Each process dies before this write of people: once over every page at least. */
const IN_EVERY_PAGE: { readonly [store in 'embedded' | 'scaled']: Readonly<Record<MassWork['job'], Doom>> } = {
  embedded: {
    import: { only: 'users.saveMany', at: 400 / ROWS_AT_ONCE },
    bulk: { only: 'users.saveMany', at: 160 / PEOPLE_AT_ONCE },
  },
  scaled: {
    import: { only: 'users.bulkWrite', at: 400 / ROWS_AT_ONCE },
    bulk: { only: 'users.bulkWrite', at: 160 / PEOPLE_AT_ONCE },
  },
};

describe('A process on the embedded store killed again and again', () =>
  killedInEveryPage(embeddedPlace(), IN_EVERY_PAGE.embedded));
describeScaled('A process on MongoDB and Redis killed again and again', (mongo, redis) =>
  killedInEveryPage(scaledPlace(mongo, redis), IN_EVERY_PAGE.scaled),
);

function killedInEveryPage(place: MassPlace, dooms: Readonly<Record<MassWork['job'], Doom>>): void {
  after(() => place.clear());
  for (const [title, work] of Object.entries(MASS_WORKS))
    it(`R04: over every chunk of ${title}, ends as a clean run does: everybody once, and nothing twice`, async function () {
      this.timeout(300_000);
      const people = PAGES * PER_PAGE[work.job];
      const [clean, killed] = (await place.prepare(work, people, 2)) as [Spot, Spot];
      const expected = await play(clean, { at: 0 });
      const begun = performance.now();
      const { kills, state } = await play(killed, dooms[work.job]);
      figure('R04', `${title}: ${people} people, ${kills} kills over ${PAGES} chunks, ${secondsSince(begun)}`);
      expect(expected.kills).to.equal(0);
      expect(kills).to.be.at.least(PAGES);
      expect(state).to.deep.equal(expected.state);
      expect(state.people.filter(({ eventsAreWhole }) => !eventsAreWhole)).to.deep.equal([]);
    });
}

/** One process after another, each of which dies unless it comes to the end. */
async function play(spot: Spot, doom: Doom) {
  for (let kills = 0; ; kills++) {
    const doomed = await playDoomed(spot, doom);
    const wasKilled = doomed.isDead();
    await doomed.process.end('SIGKILL');
    if (!wasKilled) return { kills, state: (await finish(spot)).state };
  }
}
