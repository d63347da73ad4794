import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createApiClient } from '../support/api-client.ts';
import { importsOf } from '../support/imports.ts';
import { expectStatus, until } from '../support/rollcall.ts';
import { spawnRollcall } from '../support/rollcall-process.ts';
import { OPERATOR_KEY } from '../support/shared-keys.ts';
import { figure } from './figure.ts';

const PAGES = 4;
const ROWS = PAGES * 500;

describe('A process that is killed while it carries out a CSV file', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rollcall-import-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('R04: after kill -9 on every page, everybody is there once, and the counts are those of a clean run', async function () {
    this.timeout(120_000);
    const start = async () => {
      const child = await spawnRollcall({ ROLLCALL_DATA_DIR: folder });
      return { child, api: createApiClient(child.url, OPERATOR_KEY) };
    };
    let { child, api } = await start();
    const { id: org } = expectStatus(await api.post('/organizations', { name: 'Example' }), 201);
    const path = `/organizations/${org}`;
    const people = Array.from({ length: ROWS }, (_, n) => `Person ${n},p${n}@example.com,Clerk`);
    const reviewed = await importsOf({ api }, { path }).review(['name,email,title', ...people].join('\n'));
    expectStatus(await importsOf({ api }, { path }).commit(reviewed.id, reviewed.digest), 202);
    let kills = 0;
    for (let page = 0; page < PAGES; page++) {
      await until(`page ${page} is under way`, async () => {
        const { progress } = await importsOf({ api }, { path }).read(reviewed.id);
        return progress.pages >= page;
      });
      await child.end('SIGKILL');
      kills++;
      ({ child, api } = await start());
    }
    const done = await importsOf({ api }, { path }).settled(reviewed.id, ['done']);
    expect(done.outcomes).to.deep.equal({ create: ROWS });
    const { body } = await api.get(`${path}/users?status=all&limit=1`);
    expect(body.total).to.equal(ROWS);
    const again = await importsOf({ api }, { path }).review(['name,email,title', ...people].join('\n'));
    expect(again.counts).to.deep.equal({ unchanged: ROWS });
    figure('R04', `${kills} kills over ${PAGES} pages of a CSV file, ${ROWS} people, none twice`);
    await child.end('SIGTERM');
  });
});
