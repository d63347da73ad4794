import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runRollcall } from '../cli/run-rollcall.ts';
import { createScimClient } from '../scim/client.ts';
import { type GoogleSimulator, startGoogleSimulator } from '../simulators/google/start-google-simulator.ts';
import { type Body, createApiClient } from '../support/api-client.ts';
import { expectStatus, until } from '../support/rollcall.ts';
import { type RollcallProcess, spawnRollcall } from '../support/rollcall-process.ts';
import { OPERATOR_KEY } from '../support/shared-keys.ts';
import { describeBothWays } from '../support/ways-of-running.ts';

describeBothWays('An installation that moves to another store', (way) => {
  let directory: string;
  let google: GoogleSimulator;
  let rollcall: RollcallProcess | null = null;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'rollcall-move-'));
    google = await startGoogleSimulator({ seed: 5, people: 40 });
  });
  afterEach(async () => {
    await stop();
    await google.close();
    rmSync(directory, { recursive: true });
  });

  async function start(env: { readonly [name: string]: string }) {
    rollcall = await spawnRollcall({ ...env, GOOGLE_BASE_URL: google.origin });
    return createApiClient(rollcall.url, OPERATOR_KEY);
  }
  async function stop() {
    await rollcall?.end('SIGTERM');
    rollcall = null;
  }

  it('goes on with its people, sealed credentials, tokens and feed', async () => {
    const from = join(directory, 'before');
    const env = way.env();
    const to = env.MONGODB_URL ?? join(directory, 'after');
    const before = await start({ ROLLCALL_DATA_DIR: from });
    const { id } = expectStatus(await before.post('/organizations', { name: 'Move', domains: ['example.com'] }), 201);
    const path = `/organizations/${id}`;
    const { serviceAccount, subject } = google;
    expectStatus(await before.put(`${path}/integrations/google`, { serviceAccount, subject }), 200);
    expectStatus(await before.patch(`${path}/settings`, { google: { syncUsers: true, autoEnableUsers: true } }), 200);
    await runEnded(before, path, 1);
    expectStatus(await before.patch(`${path}/settings`, { scim: { enabled: true } }), 200);
    const { token, baseUrl } = expectStatus(await before.post(`${path}/scim-tokens`, { name: 'move' }), 201);
    const people = expectStatus(await before.get(`${path}/users?status=all&limit=100`), 200);
    expect(people.items).to.have.length.above(30);
    const feed = await published(before, path, people.items.length);
    await stop();

    const { code, complained } = await runRollcall(['migrate-store', '--from', from, '--to', to]);
    expect({ code, complained }).to.deep.equal({ code: 0, complained: '' });
    const ROLLCALL_SECRET_KEY = readFileSync(join(from, 'secret-key'), 'utf8').trim();
    const after = await start({ ROLLCALL_DATA_DIR: join(directory, 'after'), ...env, ROLLCALL_SECRET_KEY });
    expect(expectStatus(await after.get(`${path}/users?status=all&limit=100`), 200)).to.deep.equal(people);
    expect(await published(after, path, feed.length)).to.deep.equal(feed);
    const scim = createScimClient(new URL(new URL(baseUrl).pathname, rollcall?.url).href, token);
    const created = await scim.post('/Users', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName: 'newcomer@example.com',
      active: true,
    });
    expect(created.status).to.equal(201);
    google.control.mutate({ do: 'rename', who: 7, givenName: 'Ada', familyName: 'Byron' });
    expectStatus(await after.post(`${path}/integrations/google/runs`), 202);
    expect(await runEnded(after, path, 2)).to.include({ state: 'finished' });
    const grown = await published(after, path, feed.length + 1);
    expect(grown.slice(0, feed.length)).to.deep.equal(feed);
    expect(grown.map(({ sequence }) => sequence)).to.deep.equal(grown.map((_, index) => index + 1));
  }).timeout(60_000);
});

type Api = ReturnType<typeof createApiClient>;

const runEnded = (api: Api, path: string, count: number): Promise<Body> =>
  until(`${count} runs have ended`, async () => {
    const { items } = expectStatus(await api.get(`${path}/runs`), 200);
    const ended = items.length >= count && items.every(({ state }: Body) => !['queued', 'running'].includes(state));
    return ended && items[0];
  });

const published = (api: Api, path: string, atLeast: number): Promise<readonly Body[]> =>
  until(`${atLeast} events are published`, async () => {
    const { items } = expectStatus(await api.get(`${path}/events?limit=1000`), 200);
    return items.length >= atLeast && items;
  });
