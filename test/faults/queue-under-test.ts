import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../../src/core/json.ts';
import type { Job, JobQueue } from '../../src/ports/job-queue.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { type BullQueueOptions, openBullQueue } from '../../src/queue/bullmq.ts';

/** Recovery in seconds instead of half a minute. */
export const SHORT = { lockDurationMs: 1_000, stalledIntervalMs: 500, backoffBaseMs: 2, backoffCapMs: 10 } as const;

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly facts: object;
  /** On the clock of `performance.now()`. */
  readonly at: number;
}

export interface QueueUnderTest {
  readonly queue: JobQueue;
  readonly lines: readonly LogLine[];
}

/** A queue with short settings whose log is kept. Close it before its Redis ends. */
export async function openQueueUnderTest(
  url: string,
  options: Partial<BullQueueOptions> & { readonly prefix: string },
): Promise<QueueUnderTest> {
  const lines: LogLine[] = [];
  const at = (level: string) => (facts: object, message: string) =>
    void lines.push({ level, message, facts, at: performance.now() });
  const logger: Logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  return { queue: await openBullQueue({ ...SHORT, lookEveryMs: 500, url, logger, ...options }), lines };
}

/** A job that keeps what it was given. */
export function recording(name: string, seen: JsonObject[], more: Partial<Job<JsonObject>> = {}): Job<JsonObject> {
  return { name, parse: (payload) => payload as JsonObject, run: async (payload) => void seen.push(payload), ...more };
}

/** Milliseconds until it holds. */
export async function timeUntil(
  what: string,
  holds: () => boolean | Promise<boolean>,
  patienceMs = 15_000,
): Promise<number> {
  const begin = performance.now();
  while (!(await holds())) {
    if (performance.now() - begin > patienceMs) throw new Error(`did not happen in ${patienceMs} ms: ${what}`);
    await sleep(5);
  }
  return performance.now() - begin;
}

/** The most lines within any second. */
export function mostInASecond(lines: readonly LogLine[]): number {
  return Math.max(0, ...lines.map(({ at }) => lines.filter((other) => other.at >= at && other.at < at + 990).length));
}

/** Puts a measured figure beside its requirement into the output of the tests. */
export function figure(requirement: string, sentence: string): void {
  process.stdout.write(`\n${requirement}: ${sentence}\n`);
}
