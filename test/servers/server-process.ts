import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { guarded } from './guard.ts';

/** A running program that does not keep this process alive and does not outlive it. */
export interface ServerProcess {
  readonly pid: number;
  /** Whether it still runs, frozen or not. */
  isAlive(): boolean;
  /** Sends a signal; nothing when it has ended. */
  signal(signal: NodeJS.Signals): void;
  /** Sends a signal and waits until the process is gone. */
  end(signal?: NodeJS.Signals): Promise<void>;
}

export interface Start {
  readonly command: readonly [string, ...string[]];
  /** What it says goes to the end of this file. */
  readonly log: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Resolves to whether it answers. */
  readonly isReady: () => Promise<boolean>;
}

const PATIENCE_MS = 30_000;
const PAUSE_MS = 20;

/** Starts the program and waits until it is ready; throws, with the end of its log, when it ends before or takes over 30 s. */
export async function startServerProcess({ command, log, env, isReady }: Start): Promise<ServerProcess> {
  const [program, ...words] = command;
  const output = openSync(log, 'a');
  const child = spawn(program, words, { stdio: ['ignore', output, output], detached: true, ...(env ? { env } : {}) });
  closeSync(output);
  const exited = once(child, 'exit');
  const { pid } = child;
  if (!pid) throw (await exited.catch((error: unknown) => error)) as Error;
  const release = guarded({ group: pid });
  exited.then(release, release);
  child.unref();

  const isAlive = () => child.exitCode === null && child.signalCode === null;
  const server: ServerProcess = {
    pid,
    isAlive,
    signal: (signal) => void (isAlive() && child.kill(signal)),
    async end(signal = 'SIGKILL') {
      if (!isAlive()) return;
      child.ref();
      child.kill(signal);
      await exited;
    },
  };
  const giveUp = performance.now() + PATIENCE_MS;
  while (!(await isReady())) {
    if (isAlive() && performance.now() < giveUp) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    else {
      await server.end();
      throw new Error(`${program} did not start:\n${readFileSync(log, 'utf8').slice(-2_000)}`);
    }
  }
  return server;
}
