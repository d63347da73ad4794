import { Worker } from 'node:worker_threads';

/** Moves what was committed from the write-ahead log into the database file, on a thread of its own. */
export interface Checkpointer {
  /** Says that about so many pages were written. */
  wrote(pages: number): void;
  /** After the database's own connection: copies what is left and waits for that. */
  close(): Promise<void>;
}

/** Pages after which a checkpoint pays: fewer, and the disk is flushed too often. */
const WORTHWHILE_PAGES = 1_000;

/**
 * A checkpoint flushes the disk and takes tens of milliseconds; on the main thread every request would wait for it. The thread is
 * started by the first one. Should it fail, SQLite's own checkpoints, on the main thread and at a far larger log, take over.
 */
export function createCheckpointer(path: string): Checkpointer {
  let worker: Worker | null = null;
  // Shared memory, not messages: a long import may leave the main thread no turn to hear of the end of a checkpoint.
  const busy = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  let pages = 0;

  function start(): Worker {
    const started = new Worker(new URL('./checkpoint-worker.ts', import.meta.url), { workerData: { path, busy } });
    started.unref();
    started.on('error', () => {
      // Stays busy for good, so that it is not asked again.
      worker = null;
    });
    return started;
  }

  return {
    wrote(more) {
      pages += more;
      if (pages < WORTHWHILE_PAGES || Atomics.exchange(busy, 0, 1) === 1) return;
      pages = 0;
      worker ??= start();
      worker.postMessage('checkpoint');
    },
    async close() {
      if (!worker) return;
      const { promise: exited, resolve } = Promise.withResolvers<void>();
      worker.once('exit', () => resolve());
      worker.ref();
      worker.postMessage('close');
      await exited;
    },
  };
}

/** For a database in memory, which has no log. */
export const NO_CHECKPOINTER: Checkpointer = { wrote() {}, close: async () => {} };
