import { expireBulks, requeueBulks } from '../src/services/bulk-step.ts';
import { expireImports, requeueImports } from '../src/services/import-step.ts';
import {
  relayEvents,
  repairGroups,
  repairPeople,
  requeueRuns,
  requeueSweeps,
  retryFreeAddresses,
} from '../src/services/reconcile.ts';
import { startDueRuns } from '../src/services/start-due-runs.ts';
import type { SyncDependencies } from '../src/services/sync-step.ts';
import { tellAllReplaced } from '../src/services/tell-replaced.ts';

const TICK_MS = 1_000;
/** With the lease of a run this bounds how long one waits for a worker that died. */
const UNHELD_MS = 2_500;
const RECONCILE_MS = 15_000;
/** How long events gather before they are published together, unless the process stops. */
const GATHER_MS = 100;
/** How long a process that stops goes on publishing: while others write there is always more, and they publish it. */
const FAREWELL_MS = 2_000;

/** The repeating work of a process: due runs, unfinished work, events that wait. */
export interface Clockwork {
  /** Sees to what was left unfinished, then repeats: for processes that work. */
  start(): Promise<void>;
  /** Publishes waiting events soon; never throws or waits. */
  publishSoon(): void;
  stop(): Promise<void>;
}

/**
 * Winds up a process's clockwork: every second it claims due runs, every 2.5 s it queues runs again that nobody works on, and every
 * 15 s whatever else the store says is unfinished: sweeps, imports, bulk actions, events in the outbox, changes of groups whose
 * writers died, reassigned interviews whose people were not told, people whose address has become free. A failing beat is logged and tried at the next.
 */
export function createClockwork(deps: SyncDependencies): Clockwork {
  const timers = new Set<NodeJS.Timeout>();
  const running = new Set<Promise<void>>();
  let stopped = false;
  let publishing = false;
  let toldMeanwhile = false;
  let endGathering = () => {};
  let lastMoment = Number.POSITIVE_INFINITY;

  const relay = (): Promise<void> => relayEvents(deps, () => performance.now() > lastMoment);

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

  const reconcile = async (): Promise<void> => {
    await requeueSweeps(deps);
    await requeueImports(deps);
    await expireImports(deps);
    await requeueBulks(deps);
    await expireBulks(deps);
    await relay();
    await repairPeople(deps);
    await tellAllReplaced(deps);
    await repairGroups(deps);
    await retryFreeAddresses(deps);
  };

  const gathered = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, GATHER_MS);
      endGathering = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  /** One at a time: several would move the same events, and keep a slow store from everything else. */
  const publish = async (): Promise<void> => {
    try {
      do {
        toldMeanwhile = false;
        if (!stopped) await gathered();
        await relay();
      } while (toldMeanwhile);
    } finally {
      publishing = false;
    }
  };

  return {
    async start() {
      // What fails now is tried again like at every later beat: it must not keep a process from starting.
      await beat('runs nobody works on', () => requeueRuns(deps));
      await beat('unfinished work', reconcile);
      repeat('due runs', TICK_MS, () => startDueRuns(deps));
      repeat('runs nobody works on', UNHELD_MS, () => requeueRuns(deps));
      repeat('unfinished work', RECONCILE_MS, reconcile);
    },
    publishSoon() {
      if (stopped) return;
      toldMeanwhile = true;
      if (publishing) return;
      publishing = true;
      void beat('publishing', publish);
    },
    async stop() {
      stopped = true;
      lastMoment = performance.now() + FAREWELL_MS;
      endGathering();
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(running);
    },
  };
}
