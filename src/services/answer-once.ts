import { AppError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import { KEEP_HOURS, type KeptAnswer, standingOf } from '../core/kept-answer.ts';
import { later, timestamp } from '../ports/clock.ts';
import type { Dependencies } from './dependencies.ts';
import { wasFirst } from './lost-races.ts';

/** A request that its client may send again. */
export interface OnceRequest {
  readonly organizationId: string;
  readonly key: string;
  /** Of all that was asked. */
  readonly fingerprint: string;
}

export interface OnceAnswer {
  readonly body: unknown;
  /** Nothing was done: this is the answer of the first time. */
  readonly replayed: boolean;
}

/** Expired entries forgotten with each new one, so that they never pile up. */
const PRUNED_AT_A_TIME = 20;

/**
 * Does a request once for its key, and answers it again the same for 24 h. What is refused or fails frees the key.
 *
 * Throws `idempotency_key_reused` for another request under the key, and `request_in_progress` while the first is being worked on.
 */
export async function answerOnce(
  deps: Pick<Dependencies, 'stores' | 'clock'>,
  request: OnceRequest,
  work: () => Promise<unknown> | unknown,
): Promise<OnceAnswer> {
  const { keptAnswers } = deps.stores;
  const kept = await keptAnswers.get(request.organizationId, request.key);
  const standing = standingOf(kept, request.fingerprint, deps.clock.now());
  if (standing === 'other')
    throw new AppError('idempotency_key_reused', 'this Idempotency-Key came with another request before');
  if (standing === 'working') throw inProgress();
  if (standing === 'done') return { body: kept?.answer?.body, replayed: true };
  const claimed = await claim(deps, request, kept);
  try {
    const body = await work();
    await keptAnswers.save({ ...claimed, version: claimed.version + 1, answer: { body: body as Json } });
    return { body, replayed: false };
  } catch (error) {
    const freed = { ...claimed, version: claimed.version + 1, expiresAt: timestamp(deps.clock) };
    await keptAnswers.save(freed).catch(() => undefined);
    throw error;
  }
}

async function claim(
  { stores: { keptAnswers }, clock }: Pick<Dependencies, 'stores' | 'clock'>,
  request: OnceRequest,
  kept: KeptAnswer | null,
): Promise<KeptAnswer> {
  const claimedAt = timestamp(clock);
  const expiresAt = later(clock, KEEP_HOURS);
  const claimed = { ...request, version: (kept?.version ?? 0) + 1, answer: null, claimedAt, expiresAt };
  if (!(await wasFirst(keptAnswers.save(claimed)))) throw inProgress();
  await keptAnswers.prune(claimedAt, PRUNED_AT_A_TIME);
  return claimed;
}

const inProgress = () =>
  new AppError('request_in_progress', 'the request with this Idempotency-Key is being worked on; try again');
