import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

/** What must not outlive this process. */
export interface Ward {
  /** The leader of a process group. */
  readonly group?: number | undefined;
  /** Deleted once its processes are gone. */
  readonly folder?: string;
  /** How the group is ended; SIGKILL unless told. */
  readonly signal?: 'SIGKILL' | 'SIGTERM';
}

let guard: ChildProcess | null = null;
let last = 0;

/** Starts the guard if there is none: for whoever is about to start what must not be without one for a moment. */
export function postGuard(): void {
  guard ??= startGuard();
}

/**
 * Sees to it that a process group ends and a folder goes away with this process, however it ends, kill -9 included. Returns how to
 * take that back, for what has ended before.
 *
 * A small process of its own waits for the end of ours. It does not keep ours alive.
 */
export function guarded(ward: Ward): () => void {
  guard ??= startGuard();
  const id = ++last;
  tell(guard, { id, ward });
  return () => guard && tell(guard, { id, ward: null });
}

function tell({ stdin }: ChildProcess, message: object): void {
  stdin?.write(`${JSON.stringify(message)}\n`);
}

function startGuard(): ChildProcess {
  const path = fileURLToPath(new URL('guard-worker.ts', import.meta.url));
  // In a session of its own: ctrl-C ends the tests first, and the guard cleans up after them.
  const child = spawn(process.execPath, [path], { stdio: ['pipe', 'ignore', 'inherit'], detached: true, cwd: '/' });
  child.unref();
  (child.stdin as Socket).unref();
  return child;
}
