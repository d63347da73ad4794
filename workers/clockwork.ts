import type { Dependencies } from '../src/services/dependencies.ts';
import { relayEvents, requeueUnfinished, startDueRuns } from '../src/services/reconcile.ts';

const TICK_MS = 1_000;
const RECONCILE_MS = 15_000;
/** How long events gather before they are published together. */
const GATHER_MS = 100;

/** The repeating work of a process: due runs, unfinished work, events that wait. */
export interface Clockwork {
  /** Sees to what was left unfinished, then repeats. */
  start(): Promise<void>;
  /** Publishes waiting events soon; never throws or waits. */
  publishSoon(): void;
  stop(): Promise<void>;
}

/**
 * Winds up a process's clockwork: every second it claims due runs, every 15 s it queues again what the store says is unfinished
 * and publishes what is left in the outbox. A failing beat is logged and tried at the next.
 */
export function createClockwork(deps: Dependencies): Clockwork {
  const timers = new Set<NodeJS.Timeout>();
  const running = new Set<Promise<void>>();
  let stopped = false;
  let publishing = false;

  const beat = (name: string, work: () => Promise<void>): Promise<void> => {
    const done = work()
      .catch((error: unknown) => deps.logger.error({ beat: name, error }, 'a repeating task failed'))
      .finally(() => running.delete(done));
    running.add(done);
    return done;
  };

  const repeat = (name: string, everyMs: number, work: () => Promise<void>): void => {
    const timer = setTimeout(async () => {
      timers.delete(timer);
      await beat(name, work);
      if (!stopped) repeat(name, everyMs, work);
    }, everyMs);
    timers.add(timer);
  };

  const publish = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
    publishing = false;
    await relayEvents(deps);
  };

  return {
    async start() {
      await requeueUnfinished(deps);
      await relayEvents(deps);
      repeat('due runs', TICK_MS, () => startDueRuns(deps));
      repeat('unfinished work', RECONCILE_MS, async () => {
        await requeueUnfinished(deps);
        await relayEvents(deps);
      });
    },
    publishSoon() {
      if (publishing || stopped) return;
      publishing = true;
      void beat('publishing', publish);
    },
    async stop() {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(running);
    },
  };
}
