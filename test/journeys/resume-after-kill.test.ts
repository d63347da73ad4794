import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { until } from '../../demo/expectations.ts';
import { createHttpClient, type Json } from '../../demo/http-client.ts';
import { type GoogleSimulator, startGoogleSimulator } from '../simulators/google/start-google-simulator.ts';
import { type RollcallProcess, spawnRollcall } from '../support/rollcall-process.ts';
import { OPERATOR_KEY } from '../support/shared-keys.ts';

const PEOPLE = 3_000;

describe('A process killed in the middle of a run', function () {
  this.timeout(60_000);
  let google: GoogleSimulator;
  let dataDir: string;
  let rollcall: RollcallProcess;

  beforeEach(async () => {
    google = await startGoogleSimulator({ seed: 3, people: PEOPLE });
    dataDir = await mkdtemp(join(tmpdir(), 'rollcall-kill-'));
  });
  afterEach(async () => {
    await rollcall.end('SIGKILL');
    await google.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const start = async () => {
    rollcall = await spawnRollcall({ ROLLCALL_DATA_DIR: dataDir, GOOGLE_BASE_URL: google.origin });
    return createHttpClient(() => rollcall.url, OPERATOR_KEY);
  };

  for (const pagesBefore of [1, 3, 5])
    it(`is resumed by the next one, from page ${pagesBefore}, to the same end as an undisturbed run`, async () => {
      const first = await start();
      const { id } = await first.send('POST', '/api/organizations', { name: 'Kill' }, 201);
      const base = `/api/organizations/${id}`;
      const { serviceAccount, subject } = google;
      await first.send('PUT', `${base}/integrations/google`, { serviceAccount, subject }, 200);
      await first.send('PATCH', `${base}/settings`, { google: { syncUsers: true, autoEnableUsers: true } }, 200);
      const [run] = (await first.get(`${base}/runs`)).items;
      await until(
        'some pages',
        () => first.get(`${base}/runs/${run.id}`),
        ({ counts }: Json) => counts.pages >= pagesBefore,
      );
      await rollcall.end('SIGKILL');

      const second = await start();
      const ended = await until(
        'the run to end',
        () => second.get(`${base}/runs/${run.id}`),
        ({ state }: Json) => !['queued', 'running'].includes(state),
      );
      expect(ended.state).to.equal('finished');
      expect(ended.counts.failed).to.equal(0);
      const listed = [...google.control.everybody()];
      const active = listed.filter((person) => person.suspended === false && person.archived !== true).length;
      const { total } = await second.get(`${base}/users?status=active&limit=1`);
      expect(total).to.equal(active);
    });
});
