import type { Bulk, BulkOutcome } from '../core/bulk.ts';
import { tallyPage } from '../core/tally.ts';
import { timestamp } from '../ports/clock.ts';
import { applyBulkPage } from './apply-bulk-page.ts';
import type { Dependencies, WriteDependencies } from './dependencies.ts';
import { wasFirst } from './lost-races.ts';

export const BULK = 'bulk';

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
  if (bulk?.state !== 'running') return false;
  const page = bulk.carriedOut;
  await note(deps, bulk, page, page < bulk.pages ? await carryOut(deps, bulk, page) : []);
  const next = await deps.stores.bulks.get(organizationId, bulkId);
  return next?.state === 'running';
}

/** What became of the people of a page: of two who were at it, the first one's word is kept. */
async function carryOut(deps: Needs, bulk: Bulk, page: number): Promise<readonly BulkOutcome[]> {
  const { organizationId, id: bulkId } = bulk;
  const text = JSON.stringify(await applyBulkPage(deps, bulk, page));
  const kept = await deps.stores.bulks.addPage({ organizationId, bulkId, part: 'outcome', page, text });
  return JSON.parse(kept) as readonly BulkOutcome[];
}

/** Counts a page once, whoever else was at it. */
async function note({ stores }: Needs, bulk: Bulk, page: number, outcomes: readonly BulkOutcome[]): Promise<void> {
  const verdicts = outcomes.map(({ verdict }) => verdict);
  const { counts, pagesOf } = tallyPage(bulk.outcomes, bulk.outcomePages, page, verdicts);
  const carriedOut = Math.min(page + 1, bulk.pages);
  const next: Bulk = {
    ...bulk,
    version: bulk.version + 1,
    state: carriedOut === bulk.pages ? 'done' : 'running',
    carriedOut,
    outcomes: counts,
    outcomePages: pagesOf,
  };
  await wasFirst(stores.bulks.save(next));
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
    const isOver = state === 'done' || state === 'expired';
    if (!isOver && !(await wasFirst(stores.bulks.save({ ...next, state: 'expired' })))) continue;
    await stores.bulks.erase(organizationId, id);
    // Last, so that a process which dies before is followed by one that erases.
    if (isOver) await wasFirst(stores.bulks.save({ ...next, expiresAt: null }));
  }
}
