import type { JsonObject } from '../core/json.ts';

/** A kind of work. It may run twice; its payload carries ids only and is parsed when read, like a request body. */
export interface Job<Payload> {
  readonly name: string;
  /** Jobs of this kind that may run at once; 1 unless told. */
  readonly concurrency?: number;
  /** Tries before the job is given up (the intent stays in the store); 5 unless told. */
  readonly attempts?: number;
  parse(payload: unknown): Payload;
  run(payload: Payload): Promise<void>;
}

export interface EnqueueOptions {
  readonly delayMs?: number;
  /**
   * Deduplication id within the job's name: while one waits, another replaces its payload; while one runs, exactly one more
   * (the last asked for) runs after it. Free again after success or failure.
   */
  readonly key?: string;
}

/** Carries work between processes, at least once. Adapters pass test/contracts/job-queue.contract.ts. */
export interface JobQueue {
  /** Before `start`. */
  register<Payload>(job: Job<Payload>): void;
  enqueue(name: string, payload: JsonObject, options?: EnqueueOptions): Promise<void>;
  start(): void;
  /** Takes no new job, waits for the running ones (at most `graceMs`), forgets the rest. */
  close(graceMs?: number): Promise<void>;
  /** Jobs waiting or delayed, and running. Answers within about a second, or throws `unavailable`. */
  counts(): Promise<{ readonly waiting: number; readonly running: number }>;
  /** Whether work gets through, and in plain sentences what stands in its way. Never throws, never waits. */
  health(): Promise<QueueHealth>;
}

/** `degraded`: jobs are late or at risk; nothing is lost, as the intent is in the store. */
export interface QueueHealth {
  readonly state: 'ok' | 'degraded';
  readonly details: readonly string[];
}
