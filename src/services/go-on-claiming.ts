import type { KeptAnswer } from '../core/kept-answer.ts';
import { timestamp } from '../ports/clock.ts';
import type { Dependencies } from './dependencies.ts';

type Needs = Pick<Dependencies, 'stores' | 'clock' | 'logger' | 'tuning'>;

/**
 * Says of a key again and again that its request is being worked on, so that nobody takes for dead whoever works on it for long.
 * What it answers with ends that, and tells how the claim stands then.
 */
export function goOnClaiming(deps: Needs, claimed: KeptAnswer): () => Promise<KeptAnswer> {
  let standing = claimed;
  let renewing: Promise<void> | null = null;
  const renew = async () => {
    standing = await renewed(deps, standing);
    renewing = null;
  };
  const heartbeat = setInterval(() => {
    renewing ??= renew();
  }, deps.tuning.claimMs);
  return async () => {
    clearInterval(heartbeat);
    await renewing;
    return standing;
  };
}

async function renewed({ stores: { keptAnswers }, clock, logger }: Needs, claim: KeptAnswer): Promise<KeptAnswer> {
  const { organizationId, key } = claim;
  try {
    // An earlier one may have been written though it seemed to fail.
    const now = (await keptAnswers.get(organizationId, key)) ?? claim;
    const next = { ...now, version: now.version + 1, claimedAt: timestamp(clock) };
    await keptAnswers.save(next);
    return next;
  } catch (error) {
    logger.warn({ error, organizationId }, 'the claim of an Idempotency-Key could not be renewed');
    return claim;
  }
}
