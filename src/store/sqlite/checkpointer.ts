import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** Moves what was committed from the write-ahead log into the database file, on a thread of its own. */
export interface Checkpointer {
  /** Says that about so many pages were written. */
  wrote(pages: number): void;
  /** Waits for a checkpoint under way. */
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
  let busy = false;
  let pages = 0;

  function start(): Worker {
    const started = new Worker(new URL('./checkpoint-worker.ts', import.meta.url), { workerData: { path } });
    started.unref();
    started.on('message', () => {
      busy = false;
    });
    started.on('error', () => {
      // Stays busy for good, so that it is not asked again.
      worker = null;
    });
    return started;
  }

  return {
    wrote(more) {
      pages += more;
      if (busy || pages < WORTHWHILE_PAGES) return;
      busy = true;
      pages = 0;
      worker ??= start();
      worker.postMessage('checkpoint');
    },
    async close() {
      if (!worker) return;
      const exited = once(worker, 'exit');
      worker.ref();
      worker.postMessage('close');
      await exited;
    },
  };
}

/** For a database in memory, which has no log. */
export const NO_CHECKPOINTER: Checkpointer = { wrote() {}, close: async () => {} };
