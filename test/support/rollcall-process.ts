import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { guarded } from '../servers/guard.ts';

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

export const OPERATOR_KEY = 'operator-key-of-the-tests';

export const SECRET_KEY = Buffer.alloc(32, 7).toString('base64');

export interface ProcessOptions {
  /** What to run in the place of `src/main.ts`; it must log as that does. */
  readonly entry?: string;
  /** Arguments of Node, such as `--import` of what the process shall find changed. */
  readonly nodeArguments?: readonly string[];
  /** Where it runs; the project unless told. */
  readonly cwd?: string;
}

/** Starts `src/main.ts` on a free port, in a role that the environment names; resolves once it listens. */
export async function spawnRollcall(
  env: { readonly [name: string]: string },
  { entry = 'src/main.ts', nodeArguments = [], cwd = '.' }: ProcessOptions = {},
): Promise<RollcallProcess> {
  const keepsKey = env.ROLLCALL_DATA_DIR !== undefined && env.ROLLCALL_DATA_DIR !== ':memory:';
  const keys = { ROLLCALL_OPERATOR_KEY: OPERATOR_KEY, ...(keepsKey ? {} : { ROLLCALL_SECRET_KEY: SECRET_KEY }) };
  const child = spawn(process.execPath, [...nodeArguments, entry], {
    // As under npm, it ends with the process that started it.
    env: { PATH: process.env.PATH, PORT: '0', NO_PROXY: '127.0.0.1', npm_lifecycle_event: 'test', ...keys, ...env },
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
