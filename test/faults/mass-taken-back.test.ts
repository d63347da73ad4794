import { expect } from 'chai';
import PQueue from 'p-queue';
import { PEOPLE_AT_ONCE } from '../../src/services/apply-bulk-slice.ts';
import { createScimClient } from '../scim/client.ts';
import { describeScaled } from '../servers/describe-on.ts';
import type { ApiClient } from '../support/api-client.ts';
import { importsOf } from '../support/imports.ts';
import { figure } from './figure.ts';
import { expectStatus } from './installation.ts';
import { embeddedPlace, finish, type MassPlace, playDoomed, type Spot, scaledPlace } from './mass-places.ts';
import { look, type MassWork, taskOfFile } from './mass-works.ts';
import { scimPerson } from './scene.ts';

/** More than are written at once. */
const PEOPLE = PEOPLE_AT_ONCE + 2;
const AT_ONCE = 4;
/** Every so many of the awaits; all of them with `ROLLCALL_KILL_AT_READS`. */
const EACH = process.env.ROLLCALL_KILL_AT_READS ? { embedded: 1, scaled: 1 } : { embedded: 6, scaled: 15 };
const ENTRY = 'test/faults/worker-that-switches.ts';

const addressOf = (n: number): string => `p${n}@example.com`;

/** Everybody is new, and active at once. */
const newcomers: MassWork = {
  job: 'import',
  async prepare(api, path, people) {
    const rows = Array.from({ length: people }, (_, n) => `Person ${n},${addressOf(n)}`);
    const reviewed = await importsOf({ api }, { path }).review(['name,email', ...rows].join('\n'), {
      activateNew: true,
    });
    return taskOfFile(path, reviewed);
  },
};

/** Everybody was brought to life by SCIM, which is off by now; each has a role, and is in a pool. */
const departure: MassWork = {
  job: 'bulk',
  async prepare(api, path, people) {
    await provision(api, path, people);
    expectStatus(await api.put(`${path}/pools/p`, { name: 'Pool' }), 200);
    const roles = [{ role: 'recruiter', scope: { kind: 'organization', id: '*' } }];
    for (const { id } of expectStatus(await api.get(`${path}/users?limit=200`), 200).items)
      expectStatus(await api.put(`${path}/users/${id}/access`, { level: 'elevated', roles, pools: ['p'] }), 200);
    return look(api, path, { action: 'terminate', select: { filter: { status: 'active' } } });
  },
};

async function provision(api: ApiClient, path: string, people: number): Promise<void> {
  const settings = (enabled: boolean) => api.patch(`${path}/settings`, { scim: { enabled } });
  expectStatus(await settings(true), 200);
  const { baseUrl, token } = expectStatus(await api.post(`${path}/scim-tokens`, { name: 'test' }), 201);
  const scim = createScimClient(baseUrl, token);
  for (let n = 0; n < people; n++)
    expect((await scim.post('/Users', scimPerson(addressOf(n)))).status, 'provisioned').to.equal(201);
  expectStatus(await settings(false), 200);
}

describe('A process on the embedded store killed after SCIM was switched on while it wrote', () =>
  killedOverIt(embeddedPlace(), EACH.embedded));
describeScaled('A process on MongoDB and Redis killed after SCIM was switched on while it wrote', (mongo, redis) =>
  killedOverIt(scaledPlace(mongo, redis), EACH.scaled),
);

function killedOverIt(place: MassPlace, each: number): void {
  after(() => place.clear());
  for (const [title, work, whatIsTold] of [
    ['newcomers of a CSV file', newcomers, { create: PEOPLE_AT_ONCE, superseded: PEOPLE - PEOPLE_AT_ONCE }],
    ['those whom an action terminates', departure, { overridden: PEOPLE }],
  ] as const)
    it(`R27: has ${title} taken back by the next process as by an undisturbed one`, async function () {
      this.timeout(300_000);
      const [undisturbed] = (await place.prepare(work, PEOPLE, 1)) as [Spot];
      const clean = await play(undisturbed, 0);
      expect(clean.state.outcomes).to.deep.equal(whatIsTold);
      const places = clean.points.flatMap((_, index) =>
        index >= clean.written && (index - clean.written) % each === 0 ? [index + 1] : [],
      );
      const spots = await place.prepare(work, PEOPLE, places.length);
      const plays = places.map((at, n) => async () => ({ at, ...(await play(spots[n] as Spot, at)) }));
      const results = await new PQueue({ concurrency: AT_ONCE }).addAll(plays);
      const hit = results.filter(({ wasHit }) => wasHit).length;
      figure('R27', `${title}: ${clean.points.length - clean.written} awaits, ${hit} kills at every ${each}th`);
      for (const { at, state } of results)
        expect(state, `killed before ${at}: ${clean.points[at - 1]}`).to.deep.equal(clean.state);
      expect(hit).to.be.at.least(places.length / 2);
      expect(places).to.have.length.above(3);
    });
}

async function play(spot: Spot, at: number) {
  const doomed = await playDoomed(spot, { at, entry: ENTRY });
  const wasHit = doomed.isDead();
  await doomed.process.end('SIGKILL');
  const { people, ...told } = (await finish(spot)).state;
  const state = {
    ...told,
    people: people.map(({ email, status, access, records, eventsAreWhole }) => ({
      email,
      status,
      access,
      said: records.map(({ source, enabled }) => ({ source, enabled })),
      eventsAreWhole,
    })),
  };
  return { points: doomed.points(), written: doomed.pointsBefore('writtenMidway'), wasHit, state };
}
