/** The thread behind checkpointer.ts: an entry of its own, never imported. */
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

const { path } = workerData as { readonly path: string };
const connection = new DatabaseSync(path);
connection.exec('PRAGMA synchronous = NORMAL');
const checkpoint = connection.prepare('PRAGMA wal_checkpoint(PASSIVE)');

parentPort?.on('message', (request: 'checkpoint' | 'close') => {
  if (request === 'close') {
    connection.close();
    parentPort?.close();
    return;
  }
  checkpoint.get();
  parentPort?.postMessage('done');
});
