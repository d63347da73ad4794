import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { guarded } from '../servers/guard.ts';

/** A worker in a process of its own, to be killed. */
export interface WorkerProcess {
  readonly child: ChildProcess;
  /** What it has begun and done so far, in order. */
  readonly events: readonly { readonly begun?: number; readonly done?: number; readonly ready?: boolean }[];
  readonly gone: Promise<unknown>;
  kill(): Promise<void>;
}

/** Starts a worker; resolves once it takes jobs. */
export async function startWorkerProcess(url: string, prefix: string): Promise<WorkerProcess> {
  const path = fileURLToPath(new URL('queue-worker-main.ts', import.meta.url));
  const child = spawn(process.execPath, [path, url, prefix], { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  const release = guarded({ group: child.pid });
  const gone = once(child, 'exit').then(release);
  const events: WorkerProcess['events'][number][] = [];
  const lines = createInterface({ input: child.stdout });
  const ready = new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      events.push(JSON.parse(line));
      resolve();
    });
  });
  await ready;
  return {
    child,
    events,
    gone,
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}
