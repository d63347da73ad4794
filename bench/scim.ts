import { type Child, startChild } from './child.ts';
import type { ClientCommands } from './client.ts';
import { median, medianRatio, type Sample, sampleOf } from './measure.ts';
import type { Operation, Target, TargetName } from './requests.ts';
import { measureOwn } from './scim-own.ts';
import { type Population, seed } from './seed.ts';
import type { BareCommands, Meter, RollcallCommands } from './server.ts';
import { type Aim, atMost, table, times, verdict, whole } from './table.ts';

export interface ScimOptions {
  readonly folder: string;
  readonly sizes: readonly Size[];
  readonly rounds: number;
  /** Requests of a batch, in parts of the usual number. */
  readonly share: number;
}

/** How many organizations are asked in turn, and how many people each has. */
export interface Size {
  readonly organizations: number;
  readonly users: number;
  /** Only to change the members of its groups: whoever is in groups costs more to show. */
  readonly grouped?: boolean;
}

/** A row of the table: what is asked, how many at a time, and what it may cost in bare routes. */
interface Case {
  readonly title: string;
  readonly operation: Operation;
  readonly count: number;
  readonly most: number | null;
  /** Must cost the same whatever the number of people, and no more than so many milliseconds. */
  readonly flat?: boolean;
  /** Asked of one organization only. */
  readonly alone?: boolean;
}

/** Reads come first and newcomers last, so that the lists stay as long as they were seeded. */
const CASES: readonly Case[] = [
  { title: 'get by id', operation: 'get', count: 1_500, most: 1.5 },
  { title: 'filter userName eq', operation: 'filter', count: 1_500, most: 1.5 },
  { title: 'list 100, first page', operation: 'list', count: 60, most: null, flat: true, alone: true },
  { title: 'list 100, by cursor near the end', operation: 'listDeep', count: 60, most: null, flat: true, alone: true },
  { title: 'list 100, startIndex near the end', operation: 'listIndex', count: 60, most: null, alone: true },
  { title: 'PATCH three attributes', operation: 'patch', count: 1_000, most: 2 },
  { title: 'PATCH active', operation: 'deactivate', count: 1_000, most: 2 },
  { title: 'PUT', operation: 'put', count: 1_000, most: 2 },
  { title: 'create', operation: 'create', count: 500, most: 2 },
];

const MOST_LIST_US = 3_000;
const FLAT = 1.2;
const WARM_UP_BATCHES = 2;

/** Bare routes and Rollcall on equal databases. */
export interface Pair extends Size {
  readonly servers: Readonly<Record<TargetName, Side>>;
  end(): Promise<void>;
}

interface Side {
  readonly meter: Pick<Child<Meter>, 'ask'>;
  /** One for each organization. */
  readonly targets: readonly Target[];
}

type Samples = Record<TargetName, Sample[]>;

/** Measures SCIM against bare routes on equal databases, round by round, and returns the tables. */
export async function measureScim(options: ScimOptions, note: (text: string) => void): Promise<string> {
  const pairs: Pair[] = [];
  for (const size of options.sizes) {
    note(`seeding ${peopleOf(size)} people`);
    pairs.push({
      ...(await openPair(await seed(options.folder, size.users, size.organizations, size.grouped))),
      ...size,
    });
  }
  const client = startChild<ClientCommands>('client');
  const rows: string[][] = [];
  for (const row of CASES) {
    note(`measuring ${row.title}`);
    const asked = pairs.filter(({ organizations, grouped }) => !grouped && (organizations === 1 || !row.alone));
    const samples = await measureCase(row, asked, client, options);
    for (const [index, pair] of asked.entries()) rows.push(pairRow(row, pair, samples[index]));
    if (row.flat && asked.length > 1) rows.push(flatRow(row, asked, samples));
  }
  const own = await measureOwn(pairs, client, options, note);
  for (const { end } of pairs) await end();
  await client.end();
  return `${table(HEAD, rows)}\n\n${own}`;
}

const HEAD = ['SCIM', 'people', 'bare µs', 'ours µs', 'ratio', 'aim', 'bare/s', 'ours/s', 'bare B', 'ours B'];

export const peopleOf = ({ organizations, users }: Size): string =>
  organizations === 1 ? whole(users) : `${whole(organizations)} × ${whole(users)}`;

/** Different people asked about in each of many organizations. */
const SAMPLE_OF_MANY = 8;

async function openPair({ users, organizations, bareDir, rollcallDir }: Population): Promise<Pair> {
  const bare = startChild<BareCommands>('bare');
  const rollcall = startChild<RollcallCommands>('rollcall');
  const { port: barePort } = await bare.ask('start', { folder: bareDir });
  const { port } = await rollcall.ask('start', { folder: rollcallDir });
  const targets: Record<TargetName, Target[]> = { bare: [], rollcall: [] };
  for (const { organizationId, sample, cursor, groups, outsiders } of organizations) {
    const scimToken = await rollcall.ask('makeToken', organizationId);
    const some = organizations.length === 1 ? sample : sample.slice(0, SAMPLE_OF_MANY);
    const common = { scimToken, users, sample: some, groups, outsiders };
    const ours = { ...common, scimRoot: `/scim/v2/${organizationId}`, port };
    targets.bare.push({ ...common, scimRoot: `/${organizationId}`, port: barePort, cursor });
    targets.rollcall.push({ ...ours, cursor: organizations.length === 1 ? await deepCursor(ours) : '' });
  }
  return {
    users,
    organizations: organizations.length,
    servers: {
      bare: { meter: bare, targets: targets.bare },
      rollcall: { meter: rollcall, targets: targets.rollcall },
    },
    async end() {
      await rollcall.ask('stop');
      await Promise.all([bare.end(), rollcall.end()]);
    },
  };
}

/** Cursors are the server's own: one near the end is found by going there. */
async function deepCursor({ port, scimRoot, scimToken, users }: Omit<Target, 'cursor'>): Promise<string> {
  const headers = { authorization: `Bearer ${scimToken}` };
  const root = `http://127.0.0.1:${port}${scimRoot}/Users?count=100&attributes=id`;
  let cursor = '';
  for (let passed = 0; passed < users - 200; passed += 100) {
    const query = `&cursor=${encodeURIComponent(cursor)}`;
    const answer = await fetch(`${root}${query}`, { headers, signal: AbortSignal.timeout(30_000) });
    cursor = ((await answer.json()) as { nextCursor: string }).nextCursor;
  }
  return cursor;
}

/** Every round measures every size and both servers, one right after the other. */
async function measureCase(
  { operation, count }: Case,
  pairs: readonly Pair[],
  client: Child<ClientCommands>,
  { rounds, share }: ScimOptions,
): Promise<readonly Samples[]> {
  const batch = Math.max(32, Math.round(count * share));
  const samples = pairs.map((): Samples => ({ bare: [], rollcall: [] }));
  const warmUp = count * WARM_UP_BATCHES;
  for (let round = -1; round < rounds; round++)
    for (const [index, { servers }] of pairs.entries())
      for (const name of ['bare', 'rollcall'] as const) {
        const { meter, targets } = servers[name];
        const size = round < 0 ? { first: 0, count: warmUp } : { first: warmUp + round * batch, count: batch };
        const sample = await sampleOf(meter, client, { targets, name, operation, ...size });
        if (round >= 0) samples[index]?.[name].push(sample);
      }
  return samples;
}

function pairRow({ title, most, flat }: Case, size: Size, samples: Samples | undefined): string[] {
  const { bare = [], rollcall = [] } = samples ?? {};
  const ratio = medianRatio(cpuOf(rollcall), cpuOf(bare));
  const cost = median(cpuOf(rollcall));
  const aim: Aim | null = flat ? atMost(cost, MOST_LIST_US, 'µs') : most === null ? null : atMost(ratio, most);
  const rate = (of: readonly Sample[]) => whole(median(of.map(({ perSecond }) => perSecond)));
  const bytes = (of: readonly Sample[]) => whole(median(of.map((sample) => sample.bytes)));
  const costs = [whole(median(cpuOf(bare))), whole(cost), times(ratio), verdict(aim)];
  return [title, peopleOf(size), ...costs, rate(bare), rate(rollcall), bytes(bare), bytes(rollcall)];
}

/** The largest organization against the smallest. */
function flatRow({ title }: Case, pairs: readonly Pair[], samples: readonly Samples[]): string[] {
  const [small, large] = [samples[0], samples.at(-1)];
  const ratioOf = (name: TargetName) => medianRatio(cpuOf(large?.[name] ?? []), cpuOf(small?.[name] ?? []));
  const ratio = ratioOf('rollcall');
  const sizes = `${whole(pairs.at(-1)?.users ?? 0)} : ${whole(pairs[0]?.users ?? 0)}`;
  return [
    `  ${title.split(',')[1]?.trim()}, ${sizes}`,
    '',
    times(ratioOf('bare')),
    times(ratio),
    '',
    verdict(atMost(ratio, FLAT)),
  ];
}

const cpuOf = (samples: readonly Sample[]): readonly number[] => samples.map(({ cpuUs }) => cpuUs);
