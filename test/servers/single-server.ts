import { rm } from 'node:fs/promises';
import type { OwnServer } from './own-server.ts';
import type { ServerProcess } from './server-process.ts';

export interface SingleServerOptions {
  readonly url: string;
  readonly port: number;
  /** Of its data; deleted at the end. */
  readonly folder: string;
  /** Takes the guard off, once nothing is left to guard. */
  readonly release: () => void;
  start(): Promise<ServerProcess>;
}

/** Starts a server that is one process, with the handles to maltreat it. */
export async function startSingleServer({ start, release, ...facts }: SingleServerOptions): Promise<OwnServer> {
  let running = await start();
  return {
    ...facts,
    pids: () => [running.pid],
    kill: () => running.end('SIGKILL'),
    async restart() {
      await running.end('SIGKILL');
      running = await start();
    },
    freeze: () => running.signal('SIGSTOP'),
    thaw: () => running.signal('SIGCONT'),
    async stop() {
      await running.end('SIGKILL');
      await rm(facts.folder, { recursive: true, force: true });
      release();
    },
  };
}
