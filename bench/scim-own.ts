import type { Child } from './child.ts';
import type { ClientCommands } from './client.ts';
import { median, medianRatio, sampleOf } from './measure.ts';
import { BULK, type Operation } from './requests.ts';
import type { Pair, ScimOptions } from './scim.ts';
import { atMost, table, times, verdict, whole } from './table.ts';

/** A way to ask, and how many things one request of it does. */
interface Way {
  readonly title: string;
  readonly operation: Operation;
  readonly count: number;
  readonly does?: number;
}

/** A row of the table: two ways to have the same done, and what the first may cost in terms of the second. */
interface Comparison {
  readonly way: Way;
  readonly other: Way;
  readonly most: number;
}

const COMPARISONS: readonly Comparison[] = [
  {
    way: { title: 'create, in a bulk of 1,000', operation: 'bulk', count: 1, does: BULK },
    other: { title: 'by a POST each', operation: 'createShort', count: BULK },
    most: 1 / 1.5,
  },
];

/** Compares requests of ours with each other: where one way must not cost more than another. */
export async function measureOwn(
  pairs: readonly Pair[],
  client: Child<ClientCommands>,
  { rounds, share }: ScimOptions,
  note: (text: string) => void,
): Promise<string> {
  const rows: string[][] = [];
  for (const { way, other, most } of COMPARISONS)
    for (const { servers, users } of pairs.filter(({ organizations }) => organizations === 1)) {
      note(`measuring ${way.title}`);
      const { meter, targets } = servers.rollcall;
      const cost = async ({ operation, count, does = 1 }: Way, round: number) => {
        const batch = count === 1 ? 1 : Math.max(32, Math.round(count * share));
        const load = { targets, name: 'rollcall', operation, first: round * batch, count: batch } as const;
        return (await sampleOf(meter, client, load)).cpuUs / does;
      };
      const costs: [number[], number[]] = [[], []];
      for (let round = 0; round <= rounds; round++) {
        const both = [await cost(way, round), await cost(other, round)] as const;
        if (round > 0) for (const index of [0, 1] as const) costs[index].push(both[index]);
      }
      const ratio = medianRatio(costs[0], costs[1]);
      const names = [way.title, other.title, whole(users)];
      rows.push([
        ...names,
        ...costs.map((of) => whole(median(of))),
        times(ratio),
        verdict(atMost(ratio, round2(most))),
      ]);
    }
  return table(['SCIM, ours', 'against', 'people', 'µs', 'against µs', 'ratio', 'aim'], rows);
}

const round2 = (value: number) => Math.round(value * 100) / 100;
