import { setTimeout as sleep } from 'node:timers/promises';
import { type QuietLog, reasonOf } from './quiet-log.ts';
import { within } from './within.ts';

/** Somebody asked for work, and Redis does not know yet. */
export interface WorkRequest {
  /** Its own for ever: sent twice it is one job. */
  readonly id: string;
  readonly name: string;
  readonly payload: string;
  readonly key: string | null;
  /** On the clock of `performance.now()`. */
  readonly dueAt: number;
  readonly askedAt: number;
}

export interface OutgoingOptions {
  send(request: WorkRequest): Promise<void>;
  readonly quiet: QuietLog;
  /** The most requests that are held. */
  readonly limit: number;
  /** How long a request is held that cannot be sent. */
  readonly holdMs: number;
}

/** Requests on their way to Redis. Whoever asks never waits. */
export interface Outgoing {
  put(request: WorkRequest): void;
  /** Requests not handed over yet. */
  size(): number;
  /** Resolves when all are handed over, or after so long. */
  settled(patienceMs: number): Promise<void>;
  /** Forgets what is left. */
  close(): void;
}

const BATCH = 100;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Holds requests for work until Redis has taken them, in the order of asking; asking again under the same key takes the place of
 * what still waits here. What cannot be held or handed over is dropped with a line in the log: the intent is in the store, and
 * whoever finds it unfinished asks again.
 */
export function createOutgoing({ send, quiet, limit, holdMs }: OutgoingOptions): Outgoing {
  const waiting = new Map<string, WorkRequest>();
  let sending: readonly WorkRequest[] = [];
  let draining: Promise<void> | null = null;
  let failures = 0;
  let closed = false;

  async function drain(): Promise<void> {
    try {
      while (!closed && waiting.size > 0) {
        failures = (await sendSome()) ? 0 : failures + 1;
        if (failures > 0) await sleep(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures, 10)));
      }
    } finally {
      draining = null;
    }
  }

  /** Whether Redis took all of them. */
  async function sendSome(): Promise<boolean> {
    sending = [...waiting.values()].slice(0, BATCH);
    for (const request of sending) waiting.delete(placeOf(request));
    const results = await Promise.allSettled(sending.map(send));
    const refused = results.flatMap((result, index) => (result.status === 'rejected' ? [{ result, index }] : []));
    for (const { result, index } of refused) keep(sending[index], result.reason);
    sending = [];
    return refused.length === 0;
  }

  /** Back into the row, unless the same has been asked for anew meanwhile. */
  function keep(request: WorkRequest | undefined, error: unknown): void {
    if (!request || closed) return;
    const facts = { job: request.name, reason: reasonOf(error) };
    if (performance.now() - request.askedAt > holdMs) quiet('warn', facts, DROPPED);
    else {
      quiet('warn', facts, 'a job could not be handed to Redis yet');
      if (!waiting.has(placeOf(request))) waiting.set(placeOf(request), request);
    }
  }

  return {
    put(request) {
      if (closed) return;
      const place = placeOf(request);
      const earlier = waiting.get(place);
      if (!earlier && waiting.size >= limit) {
        quiet('warn', { job: request.name, reason: 'too many jobs wait to be handed over' }, DROPPED);
        return;
      }
      waiting.set(place, earlier ? { ...request, dueAt: Math.min(earlier.dueAt, request.dueAt) } : request);
      draining ??= drain();
    },
    size: () => waiting.size + sending.length,
    settled: async (patienceMs) => {
      if (draining) await within(draining, patienceMs);
    },
    close() {
      closed = true;
      waiting.clear();
    },
  };
}

const DROPPED = 'a job was not handed to Redis; it will be asked for again from the store';

const placeOf = ({ id, name, key }: WorkRequest): string => (key === null ? id : `${name} ${key}`);
