import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { until } from '../../demo/expectations.ts';
import { createHttpClient, type Json } from '../../demo/http-client.ts';
import { type RollcallProcess, spawnRollcall } from '../support/rollcall-process.ts';
import { OPERATOR_KEY } from '../support/shared-keys.ts';

const PEOPLE = 700;
const AT_ONCE = 20;

describe('A process killed in the middle of an action on many people', function () {
  this.timeout(60_000);
  let dataDir: string;
  let rollcall: RollcallProcess;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'rollcall-bulk-'));
  });
  afterEach(async () => {
    await rollcall.end('SIGKILL');
    await rm(dataDir, { recursive: true, force: true });
  });

  const start = async () => {
    rollcall = await spawnRollcall({ ROLLCALL_DATA_DIR: dataDir });
    return createHttpClient(() => rollcall.url, OPERATOR_KEY);
  };
  type Client = Awaited<ReturnType<typeof start>>;

  async function confirmed(client: Client, base: string, action: string, status: string): Promise<string> {
    const select = { filter: { status } };
    const { id, digest } = await client.send('POST', `${base}/users/bulk`, { action, select }, 201);
    await client.send('POST', `${base}/bulk/${id}/confirm`, { digest, confirmCount: PEOPLE }, 202);
    return `${base}/bulk/${id}`;
  }

  const reached = (client: Client, bulk: string, isThere: (bulk: Json) => boolean) =>
    until('the action to get there', () => client.get(bulk), isThere);
  const isDone = ({ state }: Json) => state === 'done';

  async function everybody(client: Client, base: string): Promise<readonly Json[]> {
    const all: Json[] = [];
    for (let next: string | null = ''; next !== null; ) {
      const page: Json = await client.get(`${base}/users?status=all&limit=200${next === '' ? '' : `&cursor=${next}`}`);
      all.push(...page.items);
      next = page.next;
    }
    return all;
  }

  it('is followed by one that ends it like a clean run: everybody once, and nobody twice', async () => {
    const first = await start();
    const { id } = await first.send('POST', '/api/organizations', { name: 'Kill' }, 201);
    const base = `/api/organizations/${id}`;
    for (let n = 0; n < PEOPLE; n += AT_ONCE)
      await Promise.all(
        Array.from({ length: AT_ONCE }, (_, k) =>
          first.send('POST', `${base}/users`, { name: `P ${n + k}`, email: `p${n + k}@example.com` }, 201),
        ),
      );
    await reached(first, await confirmed(first, base, 'activate', 'unprovisioned'), isDone);
    const bulk = await confirmed(first, base, 'deactivate', 'active');
    const seen = await reached(first, bulk, ({ progress }: Json) => progress.people >= 200);
    await rollcall.end('SIGKILL');
    expect(seen.progress.people).to.be.below(PEOPLE);

    const second = await start();
    const { outcomes } = await reached(second, bulk, isDone);
    expect(outcomes).to.deep.equal({ done: PEOPLE });
    const people = await everybody(second, base);
    expect(people).to.have.length(PEOPLE);
    expect(new Set(people.map(({ status, version }) => `${status} ${version}`))).to.deep.equal(
      new Set(['deactivated 3']),
    );
  });
});
