import { AppError, type ErrorCode, isAppError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import { KEEP_HOURS, type KeptAnswer, type Standing, standingOf } from '../core/kept-answer.ts';
import { later, timestamp } from '../ports/clock.ts';
import type { Dependencies } from './dependencies.ts';
import { goOnClaiming } from './go-on-claiming.ts';
import { wasFirst } from './lost-races.ts';

/** A request that its client may send again. */
export interface OnceRequest {
  readonly organizationId: string;
  readonly key: string;
  /** Of all that was asked, but for a file that came with it. */
  readonly fingerprint: string;
  /** Of that file; reads it to its end. */
  content?(): Promise<string>;
}

export interface OnceAnswer {
  readonly body: unknown;
  /** Nothing was done: this is the answer of the first time. */
  readonly replayed: boolean;
}

type OnceDependencies = Pick<Dependencies, 'stores' | 'clock' | 'logger' | 'tuning'>;

/** Expired entries forgotten with each that ends, so that they never pile up. */
const PRUNED_AT_A_TIME = 20;

/** What a key that is taken is refused with. */
const REFUSALS: Readonly<Record<Exclude<Standing, 'free' | 'done'>, readonly [ErrorCode, string]>> = {
  other: ['idempotency_key_reused', 'this Idempotency-Key came with another request before'],
  working: ['request_in_progress', 'the request with this Idempotency-Key is being worked on; try again'],
  unknown: [
    'outcome_unknown',
    'the request with this Idempotency-Key was cut short, and may have been done or not: look before asking again under another key',
  ],
};

/**
 * Does a request at most once for its key, and answers it again the same for 24 h. What is refused frees the key; what fails, or dies,
 * does not, as it may have been done.
 *
 * Throws `idempotency_key_reused` for another request under the key, `request_in_progress` while the first is being worked on, and
 * `outcome_unknown` when that ended without an answer.
 */
export async function answerOnce(
  deps: OnceDependencies,
  request: OnceRequest,
  work: () => Promise<unknown> | unknown,
): Promise<OnceAnswer> {
  const kept = await deps.stores.keptAnswers.get(request.organizationId, request.key);
  const standing = standingOf(kept, request.fingerprint, deps.clock.now());
  if (standing === 'done') return { body: await replay(request, kept), replayed: true };
  if (standing !== 'free') throw refusal(standing);
  const claimed = await claim(deps, request, kept);
  return { body: await workOn(deps, request, claimed, work), replayed: false };
}

async function replay(request: OnceRequest, kept: KeptAnswer | null): Promise<Json | undefined> {
  const { content } = await contentOf(request);
  if (content !== kept?.content) throw refusal('other');
  return kept?.answer?.body;
}

const contentOf = async ({ content }: OnceRequest): Promise<Pick<KeptAnswer, 'content'>> =>
  content ? { content: await content() } : {};

async function workOn(
  deps: OnceDependencies,
  request: OnceRequest,
  claimed: KeptAnswer,
  work: () => Promise<unknown> | unknown,
): Promise<unknown> {
  const endClaiming = goOnClaiming(deps, claimed);
  let outcome: Partial<KeptAnswer> = { failed: true };
  let isDone = false;
  try {
    const body = await work();
    isDone = true;
    outcome = { answer: { body: body as Json }, ...(await contentOf(request)) };
    return body;
  } catch (error) {
    if (!isDone && isAppError(error)) outcome = { expiresAt: timestamp(deps.clock) };
    throw error;
  } finally {
    await keep(deps, await endClaiming(), outcome);
  }
}

/** Notes what became of it. It has become of it anyhow: without the note, the key tells that its outcome is not known. */
async function keep({ stores, clock, logger }: OnceDependencies, claimed: KeptAnswer, outcome: Partial<KeptAnswer>) {
  try {
    await stores.keptAnswers.save({ ...claimed, version: claimed.version + 1, ...outcome });
    await stores.keptAnswers.prune(timestamp(clock), PRUNED_AT_A_TIME);
  } catch (error) {
    const { organizationId } = claimed;
    logger.warn({ error, organizationId }, 'the answer to a request with an Idempotency-Key could not be kept');
  }
}

async function claim(
  { stores: { keptAnswers }, clock }: OnceDependencies,
  request: OnceRequest,
  kept: KeptAnswer | null,
): Promise<KeptAnswer> {
  const claimedAt = timestamp(clock);
  const expiresAt = later(clock, KEEP_HOURS);
  const { organizationId, key, fingerprint } = request;
  const version = (kept?.version ?? 0) + 1;
  const claimed = { organizationId, key, fingerprint, version, answer: null, claimedAt, expiresAt };
  if (!(await wasFirst(keptAnswers.save(claimed)))) throw refusal('working');
  return claimed;
}

const refusal = (standing: keyof typeof REFUSALS) => new AppError(...REFUSALS[standing]);
