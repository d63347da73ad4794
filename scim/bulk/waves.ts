import { identifyingTexts } from './identifying-texts.ts';
import type { BulkOperation } from './parse-bulk.ts';
import type { Step } from './plan-bulk.ts';

/** Creations done at the same time at most. */
const LARGEST = 32;

interface Wave {
  readonly steps: Step[];
  readonly path: string;
  readonly bulkIds: Set<string | undefined>;
  readonly texts: Set<string>;
}

/**
 * Cuts a plan into waves to be done one after the other. The steps of one wave are creations of resources that have nothing to do with
 * each other: done at the same time they end as one by one, and share the store's transactions and waiting. Anything else is a wave
 * of its own.
 */
export function wavesOf(steps: readonly Step[], operations: readonly BulkOperation[]): readonly (readonly Step[])[] {
  const waves: (readonly Step[])[] = [];
  let open: Wave | undefined;
  for (const step of steps) {
    const operation = operations[step.at];
    const isFree = operation?.method === 'POST' && step.kind === 'perform' && step.later.size === 0;
    if (!operation || !isFree) {
      open = undefined;
      waves.push([step]);
      continue;
    }
    const texts = identifyingTexts(operation.data);
    if (!open || !fits(open, operation, texts)) {
      open = { steps: [], path: operation.path.segments.join('/'), bulkIds: new Set(), texts: new Set() };
      waves.push(open.steps);
    }
    open.steps.push(step);
    open.bulkIds.add(operation.bulkId);
    for (const text of texts) open.texts.add(text);
  }
  return waves;
}

function fits({ steps, path, bulkIds, texts }: Wave, operation: BulkOperation, own: ReadonlySet<string>): boolean {
  if (steps.length === LARGEST || path !== operation.path.segments.join('/')) return false;
  const isFollower = [...operation.references].some((bulkId) => bulkIds.has(bulkId));
  return !isFollower && [...own].every((text) => !texts.has(text));
}
