import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { guarded } from '../servers/guard.ts';
import { OPERATOR_KEY, SHARED_KEYS } from './shared-keys.ts';

/** Rollcall as its own process, to be killed. */
export interface RollcallProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** Every line it logged so far. */
  readonly log: () => readonly string[];
  /** Stops it where it stands, and lets it go on. */
  freeze(): void;
  thaw(): void;
  /** Ends it with a signal and waits until it is gone; the exit code, or null when the signal ended it. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null>;
}

export interface ProcessOptions {
  /** What to run in the place of `src/main.ts`; it must log as that does. */
  readonly entry?: string;
  /** Arguments of Node, such as `--import` of what the process shall find changed. */
  readonly nodeArguments?: readonly string[];
  /** Where it runs; the project unless told. */
  readonly cwd?: string;
}

/** What programs of ours are given of the environment of the tests, and nothing else. */
export const ENVIRONMENT = { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE } as const;

/** Starts `src/main.ts` on a free port, in a role that the environment names; resolves once it listens. */
export async function spawnRollcall(
  env: { readonly [name: string]: string },
  { entry = 'src/main.ts', nodeArguments = [], cwd = '.' }: ProcessOptions = {},
): Promise<RollcallProcess> {
  const keepsKey = env.ROLLCALL_DATA_DIR !== undefined && env.ROLLCALL_DATA_DIR !== ':memory:';
  const keys = keepsKey ? { ROLLCALL_OPERATOR_KEY: OPERATOR_KEY } : SHARED_KEYS;
  const child = spawn(process.execPath, [...nodeArguments, entry], {
    env: { ...ENVIRONMENT, PORT: '0', NO_PROXY: '127.0.0.1', ...keys, ...env },
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const release = guarded({ group: child.pid });
  const lines: string[] = [];
  const exited = once(child, 'exit');
  exited.then(release, release);
  let complaints = '';
  child.stderr.on('data', (chunk) => {
    complaints += chunk;
  });
  const url = await Promise.race([
    readUrl(child, lines),
    // Only then has everything it said arrived.
    once(child, 'close').then(() => {
      throw new Error(`Rollcall ended before it listened: ${complaints}`);
    }),
  ]);
  return {
    url,
    child,
    log: () => lines,
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    async end(signal) {
      child.kill(signal);
      const [code] = await exited;
      return code;
    },
  };
}

/** Goes on collecting what is logged after the address was found. */
function readUrl({ stdout }: ChildProcess, lines: string[]): Promise<string> {
  if (!stdout) throw new Error('no output to read');
  const output = createInterface({ input: stdout });
  return new Promise((resolve) => {
    output.on('line', (line) => {
      lines.push(line);
      if (line.includes('Rollcall is listening')) resolve((JSON.parse(line) as { url: string }).url);
    });
  });
}
