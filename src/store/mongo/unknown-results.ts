import { setTimeout as pause } from 'node:timers/promises';
import { isUnknownResult } from './mongo-errors.ts';

/** A write that may be sent twice, since it is conditional, and a way to tell later that it was applied. */
export interface CertainWrite<T> {
  /** Null: the condition did not hold. */
  attempt(): Promise<T | null>;
  /** What the write left, if it was this one; null if it was not. */
  recall(): Promise<T | null>;
}

const TRIES = 4;
const PAUSE_MS = 50;
/** After so long somebody is told that the store cannot answer, rather than that the next try may. */
const PATIENCE_MS = 5_000;

/**
 * Does a write whose answer may get lost: it is applied once or not at all, and the result says which.
 *
 * A refusal is looked into too: the driver or the network may have sent the write twice. Throws when no answer is to be had.
 */
export async function certainly<T>({ attempt, recall }: CertainWrite<T>): Promise<T | null> {
  const started = performance.now();
  for (let tries = 1; ; tries++) {
    try {
      return (await attempt()) ?? (await insistently(recall));
    } catch (error) {
      if (!isUnknownResult(error) || isOver(started)) throw error;
      await pause(PAUSE_MS * tries);
      const applied = await insistently(recall);
      if (applied !== null) return applied;
      if (tries === TRIES) throw error;
    }
  }
}

/** Does work that may be done any number of times, until an answer tells that it was done. */
export async function insistently<T>(work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!isUnknownResult(error) || isOver(started) || tries === TRIES) throw error;
      await pause(PAUSE_MS * tries);
    }
  }
}

const isOver = (started: number): boolean => performance.now() - started > PATIENCE_MS;
