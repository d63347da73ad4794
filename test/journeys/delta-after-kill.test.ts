import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { until } from '../../demo/expectations.ts';
import { createHttpClient, type Json } from '../../demo/http-client.ts';
import { type GraphSimulator, startGraphSimulator } from '../simulators/graph/start-graph-simulator.ts';
import { type RollcallProcess, spawnRollcall } from '../support/rollcall-process.ts';
import { OPERATOR_KEY } from '../support/shared-keys.ts';

const PEOPLE = 1_000;
const RENAMED = { from: 100, to: 400 };

describe('R23 A process killed while it reads what changed', function () {
  this.timeout(60_000);
  let microsoft: GraphSimulator;
  let dataDir: string;
  let rollcall: RollcallProcess;

  beforeEach(async () => {
    microsoft = await startGraphSimulator({ seed: 3, people: PEOPLE, deltaPage: 100 });
    dataDir = await mkdtemp(join(tmpdir(), 'rollcall-kill-'));
  });
  afterEach(async () => {
    await rollcall.end('SIGKILL');
    await microsoft.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const start = async () => {
    const { origin } = microsoft;
    const urls = { MICROSOFT_LOGIN_URL: origin, MICROSOFT_GRAPH_URL: origin };
    rollcall = await spawnRollcall({ ROLLCALL_DATA_DIR: dataDir, ...urls });
    return createHttpClient(() => rollcall.url, OPERATOR_KEY);
  };
  type Client = Awaited<ReturnType<typeof start>>;
  const end = (client: Client, base: string, id: string) =>
    until(
      'the run to end',
      () => client.get(`${base}/runs/${id}`),
      ({ state }: Json) => !['queued', 'running'].includes(state),
    );

  async function connect(client: Client): Promise<string> {
    const { id } = await client.send('POST', '/api/organizations', { name: 'Kill' }, 201);
    const base = `/api/organizations/${id}`;
    const { tenantId, clientId, clientSecret } = microsoft.application;
    await client.send('PUT', `${base}/integrations/microsoft`, { tenantId, clientId, clientSecret }, 200);
    await client.send('PATCH', `${base}/settings`, { microsoft: { syncUsers: true, autoEnableUsers: true } }, 200);
    const [first] = (await client.get(`${base}/runs`)).items;
    expect((await end(client, base, first.id)).state).to.equal('finished');
    return base;
  }

  for (const page of [1, 2, 4])
    it(`is followed by one that reads on from page ${page}, to what the tenant shows`, async () => {
      const first = await start();
      const base = await connect(first);
      const { control } = microsoft;
      control.mutate(
        { do: 'set', who: RENAMED, fields: { displayName: 'Renamed Meanwhile' } },
        { do: 'disable', who: { from: 400, to: 430 } },
        { do: 'purge', who: { from: 430, to: 450 } },
        { do: 'add', count: 20 },
      );
      control.fault({ match: { operation: 'users.delta', page }, fault: { kind: 'slow-first-byte', ms: 20_000 } });
      const { id } = await first.send('POST', `${base}/integrations/microsoft/runs`, {}, 202);
      await until(
        'the page is asked for',
        async () => control.stats(),
        ({ spoiled }) => spoiled === 1,
      );
      await rollcall.end('SIGKILL');
      control.clearFaults();

      const second = await start();
      const ended = await end(second, base, id);
      expect(ended).to.include({ state: 'finished', kind: 'delta' });
      expect(ended.counts).to.include({ pages: 4, failed: 0 });
      const members = [...control.everybody()].filter(({ userType }) => userType !== 'Guest');
      const active = members.filter(({ accountEnabled }) => accountEnabled === true);
      expect((await second.get(`${base}/users?status=active&limit=1`)).total).to.equal(active.length);
      const renamed = active.filter(({ displayName }) => displayName === 'Renamed Meanwhile');
      expect((await second.get(`${base}/users?status=active&q=Renamed&limit=1`)).total).to.equal(renamed.length);
    });
});
