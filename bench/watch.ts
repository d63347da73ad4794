import { monitorEventLoopDelay } from 'node:perf_hooks';

/** What a process went through between two looks. */
export interface Watched {
  readonly ms: number;
  /** CPU time, user and system, all threads, in microseconds. */
  readonly cpuUs: number;
  /** Resident memory in bytes: at the first look, and the most that was seen. */
  readonly memory: { readonly before: number; readonly most: number };
  /** How long the event loop was kept from its next turn, at worst, in milliseconds. */
  readonly blockedMs: number;
}

const LOOK_AT_MEMORY_MS = 50;
/** Of the timer by which turns of the event loop are watched; not part of what it reports. */
const TURN_MS = 1;

/** Watches the process it runs in. */
export function watchCommands(cpuUs: () => number) {
  const delay = monitorEventLoopDelay({ resolution: TURN_MS });
  let from = { at: 0, cpu: 0, memory: 0 };
  let most = 0;
  let look: NodeJS.Timeout | null = null;
  return {
    watch() {
      const memory = process.memoryUsage.rss();
      from = { at: performance.now(), cpu: cpuUs(), memory };
      most = memory;
      look ??= setInterval(() => {
        most = Math.max(most, process.memoryUsage.rss());
      }, LOOK_AT_MEMORY_MS);
      delay.reset();
      delay.enable();
      return null;
    },
    watched(): Watched {
      delay.disable();
      if (look) clearInterval(look);
      look = null;
      return {
        ms: performance.now() - from.at,
        cpuUs: cpuUs() - from.cpu,
        memory: { before: from.memory, most: Math.max(most, process.memoryUsage.rss()) },
        blockedMs: Math.max(0, delay.max / 1e6 - TURN_MS),
      };
    },
  };
}
