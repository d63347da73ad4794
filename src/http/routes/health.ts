import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
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
    summary: 'Says whether requests may be sent here: the store answers, and the process is not shutting down.',
    answer: z.object({
      status: z.literal('ready'),
      details: z.object({
        store: z.literal('answers'),
        queue: z.object({ waiting: z.int(), running: z.int() }),
        events: z.object({ pending: z.int() }),
      }),
    }),
    async handle({ deps: { stores, queue }, ready }) {
      if (!ready()) throw new AppError('unavailable', 'this process is shutting down');
      await soon(stores.ping());
      const [counts, pending] = await Promise.all([queue.counts(), soon(stores.events.pending())]);
      const { waiting, running } = counts;
      const details = { store: 'answers' as const, queue: { waiting, running }, events: { pending } };
      return { status: 'ready' as const, details };
    },
  }),
];

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
