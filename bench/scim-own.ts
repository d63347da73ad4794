import type { Child } from './child.ts';
import type { ClientCommands } from './client.ts';
import { median, medianRatio, sampleOf } from './measure.ts';
import { BULK, type Operation } from './requests.ts';
import type { Pair, ScimOptions } from './scim.ts';
import { GROUP_SIZES } from './seed.ts';
import { atMost, table, times, verdict, whole } from './table.ts';

/** A way to ask, and how many things one request of it does. */
interface Way {
  readonly title: string;
  readonly operation: Operation;
  readonly count: number;
  readonly does?: number;
  /** Undone after each round, unmeasured. */
  readonly undo?: Operation;
}

/** A row of the table: two ways to have the same done, and what the first may cost in terms of the second. */
interface Comparison {
  readonly way: Way;
  readonly other: Way;
  readonly most: number;
  /** Compared where there are groups of that many people. */
  readonly group?: number;
}

const join = (place: 0 | 1 | 2): Way => ({
  title: `add a member to a group of ${whole(GROUP_SIZES[place])}`,
  operation: `join-${place}`,
  undo: `leave-${place}`,
  count: 300,
});

/** Newcomers last: they make the organization larger. */
const COMPARISONS: readonly Comparison[] = [
  {
    way: { title: 'filter by POST .search', operation: 'search', count: 1_000 },
    other: { title: 'by GET', operation: 'filter', count: 1_000 },
    most: 1.2,
  },
  { way: join(1), other: join(0), most: 1.2, group: GROUP_SIZES[1] },
  { way: join(2), other: join(0), most: 1.2, group: GROUP_SIZES[2] },
  {
    way: { title: 'create, in a bulk of 1,000', operation: 'bulk', count: 1, does: BULK },
    other: { title: 'by a POST each', operation: 'createShort', count: BULK },
    most: 0.67,
  },
];

/** Compares requests of ours with each other: where one way must not cost more than another. */
export async function measureOwn(
  pairs: readonly Pair[],
  client: Child<ClientCommands>,
  options: ScimOptions,
  note: (text: string) => void,
): Promise<string> {
  const rows: string[][] = [];
  for (const comparison of COMPARISONS)
    for (const pair of pairs.filter((candidate) => suits(comparison, candidate))) {
      note(`measuring ${comparison.way.title}`);
      rows.push(await comparisonRow(comparison, pair, client, options));
    }
  return table(['SCIM, ours', 'against', 'people', 'µs', 'against µs', 'ratio', 'aim'], rows);
}

function suits({ group }: Comparison, { organizations, users, grouped }: Pair): boolean {
  return group === undefined ? organizations === 1 && !grouped : grouped === true && users > group;
}

async function comparisonRow(
  { way, other, most }: Comparison,
  { servers, users }: Pair,
  client: Child<ClientCommands>,
  { rounds, share }: ScimOptions,
): Promise<string[]> {
  const { meter, targets } = servers.rollcall;
  const cost = async ({ operation, undo, count, does = 1 }: Way, round: number) => {
    const batch = count === 1 ? 1 : Math.max(32, Math.round(count * share));
    const load = { targets, name: 'rollcall', first: round * batch, count: batch } as const;
    const { cpuUs } = await sampleOf(meter, client, { ...load, operation });
    if (undo) await client.ask('send', { ...load, operation: undo });
    return cpuUs / does;
  };
  const costs: [number[], number[]] = [[], []];
  for (let round = 0; round <= rounds; round++) {
    const both = [await cost(way, round), await cost(other, round)] as const;
    if (round > 0) for (const index of [0, 1] as const) costs[index].push(both[index]);
  }
  const ratio = medianRatio(costs[0], costs[1]);
  const figures = costs.map((of) => whole(median(of)));
  return [way.title, other.title, whole(users), ...figures, times(ratio), verdict(atMost(ratio, most))];
}
