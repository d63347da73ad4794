import { type Child, startChild } from './child.ts';
import type { ClientCommands } from './client.ts';
import { openInstallation } from './installation.ts';
import { median, medianRatio, type Sample, sampleOf } from './measure.ts';
import type { Operation, Target } from './requests.ts';
import { type Filled, fill, seed } from './seed.ts';
import type { Meter, RollcallCommands } from './server.ts';
import { atMost, table, times, verdict, whole } from './table.ts';

export interface ScaledScimOptions {
  readonly folder: string;
  readonly users: number;
  readonly rounds: number;
  /** Requests of a batch, in parts of the usual number. */
  readonly share: number;
}

interface Case {
  readonly title: string;
  readonly operation: Operation;
  readonly count: number;
}

const CASES: readonly Case[] = [
  { title: 'get by id', operation: 'get', count: 800 },
  { title: 'filter userName eq', operation: 'filter', count: 800 },
  { title: 'list 100, first page', operation: 'list', count: 40 },
  { title: 'PATCH three attributes', operation: 'patch', count: 400 },
  { title: 'PATCH active', operation: 'deactivate', count: 400 },
  { title: 'PUT', operation: 'put', count: 400 },
  { title: 'create', operation: 'create', count: 300 },
];

/** CPU time of our own processes on MongoDB, in that on the embedded store. */
const MOST = 3;

type MeterOf = Pick<Child<Meter>, 'ask'>;

interface Side {
  readonly meter: MeterOf;
  readonly target: Target;
}

const HEAD = ['SCIM', 'embedded µs', 'MongoDB µs', 'ratio', 'aim', 'embedded/s', '1 process/s', '2 processes/s'];

/** The same requests on the embedded store and on MongoDB, one right after the other; and over two processes that answer. */
export async function measureScaledScim(options: ScaledScimOptions, note: (text: string) => void): Promise<string> {
  note(`seeding ${whole(options.users)} people, twice`);
  const embedded = await openEmbedded(options);
  const installation = await openInstallation();
  const filled = await installation.withStores((stores) => fill(stores, options.users));
  const apis = [await installation.start('api'), await installation.start('api')];
  const [first, second] = apis as [(typeof apis)[0], (typeof apis)[0]];
  const token = await first.child.ask('makeToken', filled.organizationId);
  const side = ({ child, port }: typeof first): Side => ({
    meter: child,
    target: targetOf(filled, port, token),
  });
  const clients = [startChild<ClientCommands>('client'), startChild<ClientCommands>('client')] as const;
  const sides = { embedded: embedded.side, one: side(first), two: side(second) };
  const rows: string[][] = [];
  for (const row of CASES) {
    note(`measuring ${row.title}`);
    rows.push(await measureCase(row, sides, clients, options));
  }
  for (const client of clients) await client.end();
  await installation.end();
  await embedded.end();
  return table(HEAD, rows);
}

async function openEmbedded({ folder, users }: ScaledScimOptions) {
  const { rollcallDir, organizations } = await seed(folder, users);
  const [filled] = organizations as [Filled];
  const child = startChild<RollcallCommands>('rollcall');
  const { port } = await child.ask('start', { folder: rollcallDir });
  const token = await child.ask('makeToken', filled.organizationId);
  return {
    side: { meter: child, target: targetOf(filled, port, token) },
    async end() {
      await child.ask('stop');
      await child.end();
    },
  };
}

export function targetOf({ organizationId, users, sample, cursor }: Filled, port: number, scimToken: string): Target {
  const scimRoot = `/scim/v2/${organizationId}`;
  return { scimRoot, port, scimToken, users, sample, cursor, groups: [], outsiders: [] };
}

async function measureCase(
  { title, operation, count }: Case,
  { embedded, one, two }: Readonly<Record<'embedded' | 'one' | 'two', Side>>,
  [client, other]: readonly [Child<ClientCommands>, Child<ClientCommands>],
  { rounds, share }: ScaledScimOptions,
): Promise<string[]> {
  const size = Math.max(32, Math.round(count * share));
  const samples = { embedded: [] as Sample[], one: [] as Sample[], both: [] as number[] };
  let next = 0;
  const load = ({ target }: Side, requests = size) => {
    next += requests;
    return { targets: [target], name: 'rollcall' as const, operation, first: next - requests, count: requests };
  };
  for (let round = -1; round < rounds; round++) {
    const alone = await sampleOf(embedded.meter, client, load(embedded));
    const scaled = await sampleOf(one.meter, client, load(one));
    const half = Math.ceil(size / 2);
    const pair = [client.ask('send', load(one, half)), other.ask('send', load(two, half))];
    const slowest = Math.max(...(await Promise.all(pair)).map(({ ms }) => ms));
    if (round < 0) continue;
    samples.embedded.push(alone);
    samples.one.push(scaled);
    samples.both.push((half * 2_000) / slowest);
  }
  const cost = (of: readonly Sample[]) => of.map(({ cpuUs }) => cpuUs);
  const rate = (of: readonly Sample[]) => whole(median(of.map(({ perSecond }) => perSecond)));
  const ratio = medianRatio(cost(samples.one), cost(samples.embedded));
  return [
    title,
    whole(median(cost(samples.embedded))),
    whole(median(cost(samples.one))),
    times(ratio),
    verdict(atMost(ratio, MOST)),
    rate(samples.embedded),
    rate(samples.one),
    whole(median(samples.both)),
  ];
}
