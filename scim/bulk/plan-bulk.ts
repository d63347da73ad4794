import type { BulkOperation } from './parse-bulk.ts';

/** What is done next for one operation, named by its position. */
export interface Step {
  /** `complete` puts in what `perform` had to leave out. */
  readonly kind: 'perform' | 'complete';
  readonly at: number;
  /** bulkIds whose resources cannot be there before this one, as they refer to it themselves. */
  readonly later: ReadonlySet<string>;
}

/**
 * Orders the operations: as they were sent, but a resource is created before the first operation that refers to it. Where creations
 * refer to each other in a circle, one goes first and is completed as soon as the others are there (RFC 7644 §3.7.1).
 */
export function planBulk(operations: readonly BulkOperation[]): readonly Step[] {
  const creators = creatorsOf(operations);
  const steps: Step[] = [];
  const state: ('open' | 'done' | undefined)[] = [];
  const incomplete = new Set<{
    readonly at: number;
    readonly later: ReadonlySet<string>;
    readonly left: Set<string>;
  }>();

  const visit = (at: number): void => {
    const operation = operations[at];
    if (state[at] !== undefined || !operation) return;
    state[at] = 'open';
    const later = new Set<string>();
    for (const creator of [...operation.references].flatMap((bulkId) => creators.get(bulkId) ?? []).sort(ascending))
      if (state[creator] === 'open') later.add(operations[creator]?.bulkId ?? '');
      else visit(creator);
    state[at] = 'done';
    steps.push({ kind: 'perform', at, later });
    if (later.size > 0) incomplete.add({ at, later, left: new Set(later) });
    if (creators.get(operation.bulkId ?? '') === at) arrive(operation.bulkId ?? '');
  };

  const arrive = (bulkId: string): void => {
    for (const waiting of incomplete)
      if (waiting.left.delete(bulkId) && waiting.left.size === 0) {
        incomplete.delete(waiting);
        steps.push({ kind: 'complete', at: waiting.at, later: waiting.later });
      }
  };

  for (const at of operations.keys()) visit(at);
  return steps;
}

/** Where each resource with a bulkId is created. */
function creatorsOf(operations: readonly BulkOperation[]): ReadonlyMap<string, number> {
  const creators = new Map<string, number>();
  for (const [at, { method, bulkId, refusal }] of operations.entries())
    if (method === 'POST' && bulkId !== undefined && !refusal) creators.set(bulkId, at);
  return creators;
}

const ascending = (left: number, right: number) => left - right;
