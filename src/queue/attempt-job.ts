import type { Job } from '../ports/job-queue.ts';
import type { Logger } from '../ports/logger.ts';

export type Outcome = 'done' | 'retry' | 'given up';

export const DEFAULT_ATTEMPTS = 5;

/**
 * Runs a job once and says what comes of it. Never throws: a failure is logged, without the payload, and tried again as long as the
 * job allows; a payload that cannot be read is given up at once, as it will not be readable the next time either.
 */
export async function attemptJob<Payload>(
  job: Job<Payload>,
  payload: string,
  failuresBefore: number,
  logger: Logger,
): Promise<Outcome> {
  const { name, attempts = DEFAULT_ATTEMPTS } = job;
  try {
    await job.run(read(job, payload));
    return 'done';
  } catch (error) {
    const failures = failuresBefore + 1;
    const unreadable = error instanceof UnreadablePayload;
    const facts = { job: name, failures, error: unreadable ? error.cause : error };
    if (unreadable || failures >= attempts) {
      logger.error(facts, 'a job was given up');
      return 'given up';
    }
    logger.warn(facts, 'a job failed and will be tried again');
    return 'retry';
  }
}

class UnreadablePayload extends Error {}

function read<Payload>(job: Job<Payload>, payload: string): Payload {
  try {
    return job.parse(JSON.parse(payload));
  } catch (error) {
    throw new UnreadablePayload('unreadable payload', { cause: error });
  }
}
