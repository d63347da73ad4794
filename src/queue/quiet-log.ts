import type { LogFacts, Logger } from '../ports/logger.ts';

type Level = 'info' | 'warn' | 'error';

/** Writes about trouble that repeats itself. */
export type QuietLog = (level: Level, facts: LogFacts, message: string) => void;

interface Line {
  readonly level: Level;
  readonly facts: LogFacts;
  readonly message: string;
}

/**
 * A log of at most one line every `everyMs`, whatever the lines say: an outage is told, not recited. The first line is written at
 * once and the last one always, with the number of those left out before it.
 */
export function createQuietLog(logger: Logger, everyMs: number): QuietLog {
  let timer: NodeJS.Timeout | null = null;
  let held: Line | null = null;
  let leftOut = 0;

  function write({ level, facts, message }: Line): void {
    logger[level]({ ...facts, ...(leftOut > 0 && { leftOut }) }, message);
    leftOut = 0;
    timer = setTimeout(next, everyMs);
    timer.unref();
  }

  function next(): void {
    timer = null;
    const line = held;
    held = null;
    if (line) write(line);
  }

  return (level, facts, message) => {
    const line = { level, facts, message };
    if (timer === null) {
      write(line);
      return;
    }
    if (held) leftOut++;
    held = line;
  };
}

/** What an error of the connection says. Never the error itself: it carries the command, and with it payloads and passwords. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
