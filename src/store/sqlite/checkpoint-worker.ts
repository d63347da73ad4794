/** The thread behind checkpointer.ts: an entry of its own, never imported. */
import { closeSync, fdatasyncSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

/**
 * Pages (100 MB) from which the log must be begun anew, for which writers have to stand still, for a flush of the disk. A log that is
 * copied whole in a quiet moment begins anew by itself, so only long work without a pause gets there.
 */
const LONG_LOG_PAGES = 25_000;
/** The longest wait for a writer to finish. */
const BUSY_TIMEOUT_MS = 1_000;

const { path, busy } = workerData as { readonly path: string; readonly busy: Int32Array };
const connection = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
connection.exec('PRAGMA synchronous = NORMAL');
const copy = connection.prepare('PRAGMA wal_checkpoint(PASSIVE)');
const restart = connection.prepare('PRAGMA wal_checkpoint(RESTART)');
// Open until both connections are closed: closing any descriptor of a file gives up the locks the process has on it.
const file = openSync(path, 'r+');

/**
 * Copies the log into the file, beside running writers. The last of it can only be copied, and the log begun anew, while no writer
 * writes and with a flush of the whole file; so all but a little is flushed before, and that moment is short.
 */
function checkpoint(): void {
  const pages = Number(copy.get()?.log);
  if (pages < LONG_LOG_PAGES) return;
  fdatasyncSync(file);
  copy.get();
  fdatasyncSync(file);
  restart.get();
}

parentPort?.on('message', (request: 'checkpoint' | 'close') => {
  if (request === 'checkpoint') {
    checkpoint();
    Atomics.store(busy, 0, 0);
    return;
  }
  connection.close();
  closeSync(file);
  parentPort?.close();
});
