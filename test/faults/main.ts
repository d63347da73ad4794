import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const MOCHA = fileURLToPath(new URL('../../node_modules/mocha/bin/mocha.js', import.meta.url));
/** Files at once: most of their time they wait for leases, locks and the dead. */
const AT_ONCE = 2;
/**
 * What takes longest begins first, so that nothing long is left for the end; two that each keep the machine busy are apart, as leases of
 * a second run out where a process has to wait for its turn.
 */
const LONGEST_FIRST = [
  'api-outbox',
  'api-lost-replies',
  'run-crashes',
  'queue-redis-away',
  'run-kill-points',
  'embedded-kill',
  'run-frozen',
  'api-mongo-away',
];
const COUNTS = /^(\d+) passed, (\d+) failed, (\d+) skipped$/m;

interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * Runs the files of fault tests side by side, each in a process with servers of its own, and adds up what they count.
 *
 * Arguments choose files by a part of their name. The last line is `N passed, N failed, N skipped`.
 */
async function main(wanted: readonly string[]): Promise<void> {
  const begun = performance.now();
  const waiting = chosen(wanted);
  const outcomes: Outcome[] = [];
  const work = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) outcomes.push(await play(file));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const total = (name: keyof Outcome) => outcomes.reduce((sum, outcome) => sum + outcome[name], 0);
  process.stdout.write(`\n${outcomes.length} files in ${Math.round((performance.now() - begun) / 1_000)} s\n`);
  process.stdout.write(`${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped\n`);
  if (total('failed') > 0 || outcomes.length === 0) process.exitCode = 1;
}

function chosen(wanted: readonly string[]): string[] {
  const files = globSync('test/faults/*.test.ts').sort();
  const rank = (file: string) => {
    const at = LONGEST_FIRST.findIndex((name) => file.includes(`/${name}.`));
    return at < 0 ? LONGEST_FIRST.length : at;
  };
  return files
    .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
    .sort((left, right) => rank(left) - rank(right));
}

/** A file that ends without its counts has failed once. */
async function play(file: string): Promise<Outcome> {
  const child = spawn(process.execPath, [MOCHA, '--forbid-only', '--timeout', '60000', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  await new Promise((resolve) => child.once('close', resolve));
  const counts = COUNTS.exec(output);
  const [passed, failed, skipped] = counts ? counts.slice(1).map(Number) : [0, 1, 0];
  const report = output
    .replace(COUNTS, '')
    .replaceAll(/\n{2,}/g, '\n')
    .trim();
  process.stdout.write(`\n${file}: ${counts?.[0] ?? 'ended early'}\n${report}\n`);
  return { passed: passed ?? 0, failed: failed ?? 1, skipped: skipped ?? 0 };
}

await main(process.argv.slice(2));
