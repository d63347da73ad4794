import type { Clock } from '../../ports/clock.ts';

export interface ServerClock {
  readonly clock: Clock;
  close(): void;
}

export interface ServerClockOptions {
  /** The server's time in milliseconds since the epoch, as it answers. */
  readonly ask: () => Promise<number>;
  /** Milliseconds that only ever go on, from any start. */
  readonly elapsed?: () => number;
  readonly everyMs?: number;
}

const EVERY_MS = 10_000;
/** An answer that took longer says too little about when it was given. */
const SLOWEST_MS = 1_000;
/** The server's clock was set back by more than this: follow it. Less is waited out, so that time does not run backwards. */
const MOST_WAITED_OUT_MS = 5_000;

/**
 * A clock that shows the server's time, whatever this machine's clock says. It is asked again now and then; between the answers, and
 * while there are none, time goes on at the machine's pace.
 */
export async function createServerClock(options: ServerClockOptions): Promise<ServerClock> {
  const { ask, elapsed = () => performance.now(), everyMs = EVERY_MS } = options;
  let offset = (await measure(ask, elapsed)).offset;
  let latest = 0;
  const timer = setInterval(() => void again(), everyMs);
  timer.unref();

  async function again(): Promise<void> {
    const found = await measure(ask, elapsed).catch(() => null);
    if (found && found.tookMs <= SLOWEST_MS) offset = found.offset;
  }

  function now(): number {
    const shown = Math.floor(elapsed() + offset);
    latest = latest - shown > MOST_WAITED_OUT_MS ? shown : Math.max(latest, shown);
    return latest;
  }

  return { clock: { now }, close: () => clearInterval(timer) };
}

/** The answer was given about half-way between question and answer. */
async function measure(ask: () => Promise<number>, elapsed: () => number) {
  const asked = elapsed();
  const serverTime = await ask();
  const answered = elapsed();
  return { offset: serverTime - (asked + answered) / 2, tookMs: answered - asked };
}
