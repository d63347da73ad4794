import { expect } from 'chai';
import { describeScaled } from '../servers/describe-on.ts';
import { type Body, createApiClient } from '../support/api-client.ts';
import { OPERATOR_KEY } from '../support/shared-keys.ts';
import { figure } from './figure.ts';
import { expectStatus, type Installation, onServers, startInstallation, waitFor } from './installation.ts';

const HOUR_MS = 3_600_000;
/** What the clocks of a machine and its database may differ by, and a little. */
const NEAR_MS = 2_000;

describeScaled('Workers whose clocks are an hour wrong', (mongo, redis) => {
  let installation: Installation;
  const shifted = (role: 'api' | 'worker', shiftMs: number) =>
    installation.start(
      role,
      { CLOCK_SHIFT_MS: String(shiftMs) },
      { nodeArguments: ['--import', './test/faults/shifted-clock.ts'] },
    );

  before(async function () {
    this.timeout(60_000);
    installation = await startInstallation({ ...onServers(mongo, redis), google: { people: 1_600 } });
  });
  after(() => installation.stop());

  it('R29: keep leases, tokens, due times, the order of events, and ids', async function () {
    this.timeout(90_000);
    const { google, api } = installation;
    const slow = { kind: 'slow-first-byte', ms: 1_500 } as const;
    google.control.fault({ match: { operation: 'users.list' }, times: 'always', fault: slow });
    const begun = Date.now() - NEAR_MS;
    const [ahead, behind] = await Promise.all([shifted('worker', HOUR_MS), shifted('worker', -HOUR_MS)]);
    const organization = await installation.addOrganization();
    await organization.connect({ paused: false });
    await organization.change({ google: { syncUsers: true, autoEnableUsers: true } });
    const epochs = await waitFor('the run has ended', async () => {
      const { finishedAt } = await organization.latestRun();
      return finishedAt ? stepsOf([ahead, behind]) : null;
    });
    const ended = Date.now() + NEAR_MS;
    const { items: runs } = await organization.get('/runs?limit=10');
    const [run] = runs;
    const isNow = (at: string | number) => new Date(at).getTime() >= begun && new Date(at).getTime() <= ended;

    expect(runs, 'no run before its time').to.have.length(1);
    expect(run).to.include({ state: 'finished' });
    expect(run.counts.pages).to.equal(4);
    expect(google.control.stats().calls['users.list'], 'no page is listed by two').to.equal(4);
    expect(epochs.filter(({ starts }) => starts !== 1)).to.deep.equal([]);
    for (const at of [run.createdAt, run.startedAt, run.finishedAt]) expect(isNow(at), at).to.equal(true);

    const events = await organization.events();
    expect(events.length).to.be.above(1_500);
    expect(events.filter(({ at }: Body) => !isNow(at))).to.deep.equal([]);
    const places = Map.groupBy(events, ({ userId }: Body) => userId);
    for (const [userId, mine] of places)
      expect(mine.map(({ id }: Body) => id)).to.deep.equal(mine.map((_, index) => `${userId}:${index + 1}`));
    expect([...places.keys(), run.id].filter((id) => !isNow(timeIn(id)))).to.deep.equal([]);

    const { nextDueAt } = await organization.get('/integrations/google');
    expect(Date.parse(nextDueAt)).to.be.within(begun, ended + HOUR_MS);
    const tokens = await tokensCount(organization.path, api);
    figure(
      'R29',
      `workers at +1 h and -1 h: 1 run of ${epochs.length} steps, none taken over, ${events.length} events and ${places.size} ids in order and of now, ${tokens} of 4 tokens as they should be`,
    );
    expect(tokens).to.equal(4);
  });

  /** A token for a day counts and one that was revoked does not, whatever the clock of the API that is asked. */
  async function tokensCount(path: string, api: ReturnType<typeof createApiClient>): Promise<number> {
    expectStatus(await api.patch(`${path}/settings`, { scim: { enabled: true } }), 200);
    let right = 0;
    for (const shiftMs of [HOUR_MS, -HOUR_MS]) {
      const { url } = await shifted('api', shiftMs);
      const there = createApiClient(url, OPERATOR_KEY);
      const made = expectStatus(await there.post(`${path}/scim-tokens`, { name: 'made there', expiresInDays: 1 }), 201);
      for (const at of [url, installation.apis[0]?.url ?? '']) {
        const scim = `${at}${new URL(made.baseUrl).pathname}/Users?count=1`;
        const { status } = await fetch(scim, { headers: { authorization: `Bearer ${made.token}` } });
        if (status === 200) right++;
      }
    }
    return right;
  }
});

/** The milliseconds that a time-ordered id begins with. */
const timeIn = (id: string): number => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);

function stepsOf(workers: readonly { readonly log: () => readonly string[] }[]): { starts: number }[] {
  return workers
    .flatMap(({ log }) => log())
    .filter((line) => line.includes('a step of a run begins'))
    .map((line) => JSON.parse(line));
}
