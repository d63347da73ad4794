import { type Bulk, cancelled, isUnderWay, needsCount } from '../core/bulk.ts';
import { AppError } from '../core/errors.ts';
import { later, timestamp } from '../ports/clock.ts';
import { KEPT_HOURS, readBulk } from './bulk-parts.ts';
import { enqueueBulk } from './bulk-step.ts';
import type { Dependencies } from './dependencies.ts';
import { orLost, untilWon } from './lost-races.ts';
import { isSameDigest } from './same-digest.ts';

type Needs = Pick<Dependencies, 'stores' | 'clock' | 'queue'>;

/** What was looked at. */
export interface BulkConfirmation {
  readonly digest: string;
  /** How many people are to be changed. */
  readonly confirmCount?: number | undefined;
}

/**
 * Has a frozen action carried out. Asked again it answers the same.
 *
 * Throws `bulk_changed` for another digest, `bulk_state` once it was cancelled, `bulk_expired` after 24 hours, and
 * `confirmation_required` where the number of people must be named and is not, or is another one.
 */
export async function confirmBulk(
  deps: Needs,
  organizationId: string,
  id: string,
  { digest, confirmCount }: BulkConfirmation,
): Promise<Bulk> {
  const next = await untilWon<Bulk>(undefined, () =>
    orLost(id, () => confirmOnce(deps, organizationId, id, { digest, confirmCount })),
  );
  if (next.state === 'running') await enqueueBulk(deps, next);
  return next;
}

/**
 * Stops an action: who was not changed by then never is, and who was stays so. Asked again it answers the same.
 *
 * One that is being carried out is `cancelling` until those who were changed are counted. Throws `bulk_state` once it is over.
 */
export async function cancelBulk(deps: Needs, organizationId: string, id: string): Promise<Bulk> {
  const next = await untilWon<Bulk>(undefined, () => orLost(id, () => cancelOnce(deps, organizationId, id)));
  if (isUnderWay(next)) await enqueueBulk(deps, next);
  return next;
}

async function cancelOnce(deps: Needs, organizationId: string, id: string): Promise<Bulk> {
  const bulk = await readBulk(deps, organizationId, id);
  const { state } = bulk;
  if (state === 'cancelling' || state === 'cancelled') return bulk;
  if (state !== 'ready' && state !== 'running') throw bulkState(bulk);
  const stopped = state === 'running' ? ({ state: 'cancelling' } as const) : cancelled(bulk);
  const next: Bulk = { ...bulk, ...stopped, version: bulk.version + 1 };
  await deps.stores.bulks.save(next);
  return next;
}

const bulkState = ({ state }: Bulk) => new AppError('bulk_state', `the bulk action is ${state}`, { state });

async function confirmOnce(
  deps: Needs,
  organizationId: string,
  id: string,
  { digest, confirmCount }: BulkConfirmation,
): Promise<Bulk> {
  const bulk = await readBulk(deps, organizationId, id);
  const { state, counts, expiresAt } = bulk;
  if (bulk.digest === null || !isSameDigest(digest, bulk.digest))
    throw new AppError('bulk_changed', 'this is not the digest of this bulk action; look at it again');
  if (state === 'running' || state === 'done') return bulk;
  if (state === 'cancelling' || state === 'cancelled') throw bulkState(bulk);
  if (state === 'expired' || expiresAt === null || expiresAt <= timestamp(deps.clock))
    throw new AppError('bulk_expired', 'the bulk action was not confirmed in time; ask for it again');
  const { done = 0 } = counts;
  if (confirmCount === undefined ? needsCount(bulk) : confirmCount !== done)
    throw new AppError(
      'confirmation_required',
      'so many people would be changed that confirmCount must name their number',
      { count: done },
    );
  const next: Bulk = {
    ...bulk,
    version: bulk.version + 1,
    state: 'running',
    expiresAt: later(deps.clock, KEPT_HOURS),
  };
  await deps.stores.bulks.save(next);
  return next;
}
