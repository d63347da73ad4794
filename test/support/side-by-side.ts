import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MOCHA = fileURLToPath(new URL('../../node_modules/mocha/bin/mocha.js', import.meta.url));
/** What Node has made of the sources: a process that finds it there begins in half the time. */
const COMPILED = fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url));
/** As many as there are cores on the smallest machine these run on. */
const AT_ONCE = 2;
const COUNTS = /^(\d+) passed, (\d+) failed, (\d+) skipped$/m;

/** Files played one after the other in one process. */
export interface Batch {
  readonly name: string;
  readonly files: readonly string[];
}

interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * Plays batches side by side in the order given, each in a process with servers of its own, and adds up what they count.
 *
 * Prints the report of each when it ends; the last line is `N passed, N failed, N skipped`. A batch that ends without its counts has
 * failed once, and so has having no batch at all. `timeoutMs`: of each test that names none itself.
 */
export async function playSideBySide(batches: readonly Batch[], timeoutMs: number, atOnce = AT_ONCE): Promise<void> {
  const begun = performance.now();
  const waiting = [...batches];
  const outcomes: Outcome[] = [];
  const work = async () => {
    for (let batch = waiting.shift(); batch; batch = waiting.shift()) outcomes.push(await play(batch, timeoutMs));
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const total = (name: keyof Outcome) => outcomes.reduce((sum, outcome) => sum + outcome[name], 0);
  const failed = outcomes.length === 0 ? 1 : total('failed');
  process.stdout.write(`\n${batches.flatMap(({ files }) => files).length} files in ${secondsSince(begun)} s\n`);
  process.stdout.write(`${total('passed')} passed, ${failed} failed, ${total('skipped')} skipped\n`);
  if (failed > 0) process.exitCode = 1;
}

const secondsSince = (begun: number): number => Math.round((performance.now() - begun) / 1_000);

async function play({ name, files }: Batch, timeoutMs: number): Promise<Outcome> {
  const begun = performance.now();
  const child = spawn(process.execPath, [MOCHA, '--forbid-only', '--timeout', String(timeoutMs), ...files], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { NODE_COMPILE_CACHE: COMPILED, ...process.env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const counts = COUNTS.exec(output);
  const [passed = 0, failed = 0, skipped = 0] = counts ? counts.slice(1).map(Number) : [];
  const report = output
    .replace(COUNTS, '')
    .replaceAll(/\n{2,}/g, '\n')
    .trim();
  process.stdout.write(`\n${name} (${secondsSince(begun)} s): ${counts?.[0] ?? 'ended early'}\n${report}\n`);
  return { passed, failed: failed === 0 && (code !== 0 || !counts) ? 1 : failed, skipped };
}
