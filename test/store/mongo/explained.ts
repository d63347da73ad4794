import { expect } from 'chai';
import type { Stored } from '../../../src/store/mongo/database.ts';
import type { Collection } from '../../../src/store/mongo/driver.ts';

/** How to have the reads explained that were made. */
export type Explanations = (() => Promise<unknown>)[];

/** The collection; of each read it notes how to have it explained. */
export function explained<Row extends Stored>(given: Collection<Row>, explanations: Explanations): Collection<Row> {
  const collection = given as unknown as Collection<Stored>;
  const note = (explain: () => Promise<unknown>) => explanations.push(explain);
  const noting = {
    find(query: object, options: object = {}) {
      const cursor = collection.find(query, options);
      // What the reader puts on the cursor later counts too.
      note(() => cursor.clone().explain('queryPlanner'));
      return cursor;
    },
    findOne(query: object, options: object) {
      note(() => collection.find(query, { ...options, limit: 1 }).explain('queryPlanner'));
      return collection.findOne(query, options);
    },
    countDocuments(query: object) {
      note(() => collection.find(query, { projection: { _id: 1 } }).explain('queryPlanner'));
      return collection.countDocuments(query);
    },
    aggregate(pipeline: object[]) {
      note(() => collection.aggregate(pipeline).explain('queryPlanner'));
      return collection.aggregate(pipeline);
    },
  };
  return noting as unknown as Collection<Row>;
}

/** The indexes that the reads go along, of each read in turn; checks that they walk no collection. */
export async function indexesOf(explanations: Explanations): Promise<readonly string[]> {
  const plans = await Promise.all(explanations.map((explain) => explain()));
  for (const plan of plans) expect(JSON.stringify(plan)).not.to.match(/COLLSCAN|Seq Scan/);
  return plans.flatMap((plan) => [...new Set(indexesIn(plan))]);
}

/** Names of indexes a plan reads: MongoDB's winning plan, or what the engine that stands in for it says. */
function indexesIn(plan: unknown): readonly string[] {
  if (typeof plan !== 'object' || plan === null) return [];
  return Object.entries(plan).flatMap(([name, part]) => {
    if (name === 'rejectedPlans' || name === 'IndexCosts' || name === 'IndexDetails') return [];
    return typeof part === 'string' && (name === 'indexName' || name === 'Index Name') ? [part] : indexesIn(part);
  });
}
