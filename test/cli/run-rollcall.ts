import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { ENVIRONMENT } from '../support/rollcall-process.ts';

export interface CommandEnd {
  /** Null: a signal ended it. */
  readonly code: number | null;
  readonly said: string;
  readonly complained: string;
}

export interface CommandOptions {
  /** Options of Node itself. */
  readonly node?: readonly string[];
  /** Kills it with SIGKILL so long after its first line. */
  readonly killAfterMs?: number;
}

/** Runs the `rollcall` command as a process of its own until it ends. */
export async function runRollcall(words: readonly string[], options: CommandOptions = {}): Promise<CommandEnd> {
  const child = spawn(process.execPath, [...(options.node ?? []), 'src/cli/main.ts', ...words], {
    env: ENVIRONMENT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const gone = once(child, 'close');
  let said = '';
  let complained = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  child.stderr.on('data', (chunk) => {
    complained += chunk;
  });
  if (options.killAfterMs !== undefined) {
    await Promise.race([once(child.stdout, 'data'), gone]);
    await sleep(options.killAfterMs);
    child.kill('SIGKILL');
  }
  const [code] = await gone;
  return { code, said, complained };
}
