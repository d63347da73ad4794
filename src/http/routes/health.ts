import { z } from 'zod';
import { AppError, isAppError } from '../../core/errors.ts';
import type { JobQueue } from '../../ports/job-queue.ts';
import { type Route, route } from '../route.ts';

/** How long the store may take to say that it is there. */
const PATIENCE_MS = 2_000;

/** For whoever starts, stops and balances processes. */
export const healthRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/health/live',
    policy: 'public',
    name: 'live',
    summary: 'Says that the process is there.',
    answer: z.object({ status: z.literal('live') }),
    handle: () => ({ status: 'live' as const }),
  }),
  route({
    method: 'get',
    path: '/health/ready',
    policy: 'public',
    name: 'ready',
    summary:
      'Says whether requests may be sent here: the store answers, and the process is not shutting down. Degraded: they may, but queued work is late or at risk, as the details say.',
    answer: z.object({
      status: z.enum(['ready', 'degraded']),
      details: z.object({
        store: z.literal('answers'),
        queue: z.object({
          state: z.enum(['ok', 'degraded']),
          waiting: z.int().nullable().meta({ description: 'null: the queue does not answer.' }),
          running: z.int().nullable(),
          notes: z.array(z.string()),
        }),
        events: z.object({ pending: z.int() }),
      }),
    }),
    async handle({ deps: { stores, queue }, ready }) {
      if (!ready()) throw new AppError('unavailable', 'this process is shutting down');
      await soon(stores.ping());
      const [work, pending] = await Promise.all([queueDetails(queue), soon(stores.events.pending())]);
      const status = work.state === 'ok' ? ('ready' as const) : ('degraded' as const);
      return { status, details: { store: 'answers' as const, queue: work, events: { pending } } };
    },
  }),
];

/** How the queue is; requests do not depend on it, so that its silence is told and no more. */
async function queueDetails(queue: JobQueue) {
  const { state, details: notes } = await queue.health();
  try {
    return { state, ...(await soon(queue.counts())), notes };
  } catch (error) {
    if (!isAppError(error, 'unavailable')) throw error;
    return { state: 'degraded' as const, waiting: null, running: null, notes: notes.length > 0 ? notes : [SILENT] };
  }
}

const SILENT = 'the queue does not answer';

/** What the store answers; `unavailable` when it fails or takes too long. */
async function soon<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('the store took too long')), PATIENCE_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } catch (cause) {
    throw new AppError('unavailable', 'the store does not answer', {}, cause);
  } finally {
    clearTimeout(timer);
  }
}
