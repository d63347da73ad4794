import { type Bulk, type BulkOutcome, type BulkState, cancelled, isUnderWay } from '../core/bulk.ts';
import { tallyPage } from '../core/tally.ts';
import { timestamp } from '../ports/clock.ts';
import { applyBulkPage } from './apply-bulk-page.ts';
import type { Dependencies, WriteDependencies } from './dependencies.ts';
import { wasFirst } from './lost-races.ts';

export const BULK = 'bulk';

const OVER: ReadonlySet<BulkState> = new Set<BulkState>(['done', 'cancelled', 'expired']);

const MOST_RUNNING = 1_000;
const MOST_EXPIRED = 100;

type Needs = Dependencies & WriteDependencies;

/** Queues the next step of a bulk action. Asking twice is asking once. */
export async function enqueueBulk({ queue }: Pick<Dependencies, 'queue'>, bulk: Bulk): Promise<void> {
  const { organizationId, id: bulkId } = bulk;
  await queue.enqueue(BULK, { organizationId, bulkId }, { key: bulkId });
}

/** Carries out one page of a bulk action. Tells whether there is more to do. */
export async function bulkStep(deps: Needs, organizationId: string, bulkId: string): Promise<boolean> {
  const bulk = await deps.stores.bulks.get(organizationId, bulkId);
  if (!bulk || !isUnderWay(bulk)) return false;
  const page = bulk.carriedOut;
  const outcomes = page < bulk.pages ? await carryOut(deps, bulk, page) : [];
  if (outcomes) await note(deps, bulk, page, outcomes);
  const next = await deps.stores.bulks.get(organizationId, bulkId);
  return next !== null && isUnderWay(next);
}

/** What became of the people of a page: of two who were at it, the first one's word is kept. */
async function carryOut(deps: Needs, bulk: Bulk, page: number): Promise<readonly BulkOutcome[] | null> {
  const { organizationId, id: bulkId } = bulk;
  const outcomes = await applyBulkPage(deps, bulk, page);
  if (outcomes === null) return null;
  const text = JSON.stringify(outcomes);
  const kept = await deps.stores.bulks.addPage({ organizationId, bulkId, part: 'outcome', page, text });
  return JSON.parse(kept) as readonly BulkOutcome[];
}

/** Counts a page once, whoever else was at it; of one that was under way when somebody cancelled, who was changed by then. */
async function note({ stores }: Needs, bulk: Bulk, page: number, outcomes: readonly BulkOutcome[]): Promise<void> {
  const verdicts = outcomes.map(({ verdict }) => verdict);
  for (let now: Bulk | null = bulk; now && isUnderWay(now) && now.carriedOut === page; ) {
    const { counts, pagesOf } = tallyPage(now.outcomes, now.outcomePages, page, verdicts);
    const counted: Bulk = { ...now, version: now.version + 1, outcomes: counts, outcomePages: pagesOf };
    if (await wasFirst(stores.bulks.save({ ...counted, ...placeAfter(counted, page) }))) return;
    now = await stores.bulks.get(bulk.organizationId, bulk.id);
  }
}

function placeAfter(bulk: Bulk, page: number): Partial<Bulk> {
  if (bulk.state === 'cancelling') return cancelled(bulk);
  const carriedOut = Math.min(page + 1, bulk.pages);
  return { state: carriedOut === bulk.pages ? 'done' : 'running', carriedOut };
}

/** Queues again the bulk actions that the store says are under way. */
export async function requeueBulks(deps: Pick<Dependencies, 'stores' | 'queue'>): Promise<void> {
  for (const bulk of await deps.stores.bulks.running(MOST_RUNNING)) await enqueueBulk(deps, bulk);
}

/**
 * Erases the pages of bulk actions whose time is over. What was never confirmed is erased twice, as whoever froze it may still be
 * adding pages: now, and at the next beat.
 */
export async function expireBulks({ stores, clock }: Pick<Dependencies, 'stores' | 'clock'>): Promise<void> {
  for (const bulk of await stores.bulks.expired(timestamp(clock), MOST_EXPIRED)) {
    const { organizationId, id, state } = bulk;
    const next: Bulk = { ...bulk, version: bulk.version + 1 };
    const isOver = OVER.has(state);
    if (!isOver && !(await wasFirst(stores.bulks.save({ ...next, state: 'expired' })))) continue;
    await stores.bulks.erase(organizationId, id);
    // Last, so that a process which dies before is followed by one that erases.
    if (isOver) await wasFirst(stores.bulks.save({ ...next, expiresAt: null }));
  }
}
