import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Rollcall as its own process, to be killed. */
export interface RollcallProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** Ends it with a signal and waits until it is gone; the exit code, or null when the signal ended it. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null>;
}

export const OPERATOR_KEY = 'operator-key-of-the-tests';

/** Starts `src/main.ts` on a free port; resolves once it listens. */
export async function spawnRollcall(env: { readonly [name: string]: string }): Promise<RollcallProcess> {
  const child = spawn(process.execPath, ['src/main.ts'], {
    env: { PATH: process.env.PATH, PORT: '0', ROLLCALL_OPERATOR_KEY: OPERATOR_KEY, NO_PROXY: '127.0.0.1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  let complaints = '';
  child.stderr.on('data', (chunk) => {
    complaints += chunk;
  });
  const url = await Promise.race([
    readUrl(child),
    exited.then(() => {
      throw new Error(`Rollcall ended before it listened: ${complaints}`);
    }),
  ]);
  child.stdout.resume();
  return {
    url,
    child,
    async end(signal) {
      child.kill(signal);
      const [code] = await exited;
      return code;
    },
  };
}

async function readUrl({ stdout }: ChildProcess): Promise<string> {
  if (!stdout) throw new Error('no output to read');
  const lines = createInterface({ input: stdout });
  for await (const line of lines) {
    const { url, message } = JSON.parse(line) as { url?: string; message?: string };
    if (message === 'Rollcall is listening' && url) return url;
  }
  throw new Error('Rollcall never said that it listens');
}
