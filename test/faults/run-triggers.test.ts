import { expect } from 'chai';
import { describeScaled } from '../servers/describe-on.ts';
import type { Body } from '../support/api-client.ts';
import { figure } from './figure.ts';
import { expectStatus, type Installation, isUnderWay, onServers, startInstallation, waitFor } from './installation.ts';

const TRIGGERS = 50;

describeScaled('Runs that are asked for again and again', (mongo, redis) => {
  let installation: Installation;

  before(async function () {
    this.timeout(60_000);
    const google = { people: 1_100 };
    installation = await startInstallation({ ...onServers(mongo, redis), google, apis: 2, workers: 2 });
  });
  after(() => installation.stop());

  it('R12: are under way one at a time, from two APIs with two workers', async function () {
    this.timeout(120_000);
    const { clients, google } = installation;
    google.control.fault({
      match: { operation: 'users.list' },
      times: 'always',
      fault: { kind: 'slow-first-byte', ms: 100 },
    });
    const organization = await installation.addOrganization();
    await organization.connect();
    await organization.change({ google: { syncUsers: true } });
    let most = 0;
    let watching = true;
    const watch = async () => {
      while (watching) {
        const { items } = await organization.get('/runs?limit=100');
        most = Math.max(most, items.filter(isUnderWay).length);
      }
    };
    const watched = watch();
    const asked: string[] = [];
    for (let count = 0; count < TRIGGERS; count += 10)
      await Promise.all(
        Array.from({ length: 10 }, async (_, index) => {
          const client = clients[index % clients.length];
          if (!client) throw new Error('no API');
          asked.push(expectStatus(await client.post(`${organization.path}/integrations/google/runs`), 202).id);
        }),
      );
    await waitFor('the last run has been over for two seconds', async () => {
      const { finishedAt } = await organization.latestRun();
      return finishedAt && Date.now() - Date.parse(finishedAt) > 2_000;
    });
    watching = false;
    await watched;
    const { items: runs }: { items: readonly Body[] } = await organization.get('/runs?limit=100');
    const pages = runs.reduce((sum, { counts }) => sum + counts.pages, 0);
    const listed = google.control.stats().calls['users.list'];
    figure(
      'R12',
      `${TRIGGERS} triggers, ${runs.length} runs, ${most} at most at a time, ${listed} pages asked for ${pages}`,
    );
    expect(asked).to.have.length(TRIGGERS);
    expect(most).to.equal(1);
    expect(overlaps(runs)).to.equal(0);
    expect(listed).to.equal(pages);
    expect(runs.every(({ state }) => state === 'finished')).to.equal(true);
    expect(runs.length).to.be.at.least(2);
  });
});

function overlaps(runs: readonly Body[]): number {
  const ordered = runs.toSorted((left, right) => (left.createdAt < right.createdAt ? -1 : 1));
  return ordered.filter((run, index) => index > 0 && run.startedAt < ordered[index - 1].finishedAt).length;
}
