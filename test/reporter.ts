import { inspect } from 'node:util';
import Mocha from 'mocha';

const LINE_WIDTH = 100;
const SLOW_MS = 2_000;
/** What still runs this long after the last test was left open by one. */
const GRACE_MS = 5_000;

/** A skipped test must say why in its title or in that of a suite around it: `…, skipped because …`. */
const REASON = /\bskipped because (.+)/;

type Fail = (test: Mocha.Runnable, error: unknown) => void;

/**
 * Mocha's reporter for this project: a dot a test, the failures in full, the skipped tests with their reasons, and as the very
 * last line `N passed, N failed, N skipped`.
 *
 * Fails the run, beside for failed tests, when a skip gives no reason, when a rejection is handled by nobody, when there is no
 * test, when the run ends early, and when something a test left open keeps the process alive (for longer than
 * `--reporter-option graceMs=…`).
 */
function countingReporter(runner: Mocha.Runner, options: Mocha.MochaOptions) {
  const graceMs = Number(options.reporterOptions?.graceMs ?? GRACE_MS);
  const failed: Mocha.Runnable[] = [];
  const finished: Mocha.Test[] = [];
  const reasons: string[] = [];
  let passed = 0;
  let ended = false;
  const fail: Fail = (test, error) => failed.push(Object.assign(test, { err: error }));

  runner.on('pass', (test) => {
    passed += 1;
    finished.push(test);
  });
  runner.on('fail', fail);
  runner.on('pending', (test) => skip(test, reasons, fail));
  printDots(runner);
  onLostRejection((reason) => {
    fail(standIn(runner, `rejected behind the back of ${titleOf(runner)}`), reason);
    if (ended) process.stdout.write(`${inspect(reason)}\n`);
  });
  runner.once('end', () => {
    ended = true;
    if (runner.total === 0) fail(standIn(runner, 'the test run'), new Error('there is no test'));
  });
  process.once('exit', () => {
    if (!ended) process.stdout.write('\nThe run ended before its last test.\n');
    process.stdout.write(`${passed} passed, ${failed.length + (ended ? 0 : 1)} failed, ${reasons.length} skipped\n`);
    if (!ended) process.exitCode = 1;
  });

  return {
    done(_failures: number, exit: (failures: number) => void) {
      process.stdout.write('\n');
      if (failed.length > 0) Mocha.reporters.Base.list(failed as Mocha.Test[]);
      printSkipped(reasons);
      printSlow(finished);
      exitWhenIdle(failed, graceMs, exit);
    },
  };
}

function skip(test: Mocha.Test, reasons: string[], fail: Fail): void {
  const reason = test.titlePath().flatMap((title) => REASON.exec(title)?.[1] ?? [])[0];
  if (reason) reasons.push(reason);
  else fail(test, new Error('a skipped test must say "skipped because …" in its title'));
}

/** Mocha itself passes over a rejection nobody handles; Node tells its listeners of one twice, because Mocha repeats it. */
function onLostRejection(report: (reason: unknown) => void): void {
  const seen = new WeakSet<Promise<unknown>>();
  process.on('unhandledRejection', (reason, promise) => {
    if (!seen.has(promise)) report(reason);
    seen.add(promise);
  });
}

/** A test for what failed outside of every test. */
function standIn(runner: Mocha.Runner, title: string): Mocha.Test {
  return Object.assign(new Mocha.Test(title), { parent: runner.suite });
}

function titleOf(runner: Mocha.Runner): string {
  const { currentRunnable } = runner as Mocha.Runner & { readonly currentRunnable?: Mocha.Runnable };
  return currentRunnable?.fullTitle() ?? 'the test run';
}

function printDots(runner: Mocha.Runner): void {
  let printed = 0;
  const dot = (sign: string) => () => {
    printed += 1;
    process.stdout.write(printed % LINE_WIDTH === 0 ? `${sign}\n` : sign);
  };
  runner.on('pass', dot('.'));
  runner.on('fail', dot('F'));
  runner.on('pending', dot('s'));
}

function printSkipped(reasons: readonly string[]): void {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  for (const [reason, count] of counts) process.stdout.write(`  ${count} skipped because ${reason}\n`);
}

function printSlow(tests: readonly Mocha.Test[]): void {
  const slow = tests.filter(({ duration = 0 }) => duration >= SLOW_MS);
  for (const test of slow.sort((left, right) => (right.duration ?? 0) - (left.duration ?? 0)).slice(0, 10))
    process.stdout.write(`  ${((test.duration ?? 0) / 1000).toFixed(1)} s  ${test.fullTitle()}\n`);
}

/** Lets the process end by itself, as it does when every test has closed what it opened; complains and ends it otherwise. */
function exitWhenIdle(failed: Mocha.Runnable[], graceMs: number, exit: (failures: number) => void): void {
  exit(failed.length);
  process.once('exit', () => {
    if (failed.length > 0) process.exitCode = 1;
  });
  // Node itself has been seen to spin for ever over a handle that would not close, once its loop was empty.
  process.once('beforeExit', () => process.exit());
  setTimeout(() => {
    const open = process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap' && name !== 'TTYWrap');
    process.stdout.write(`\nA test left something open: ${[...new Set(open)].join(', ')}\n`);
    failed.push(new Mocha.Test('leaves nothing open'));
    process.exit();
  }, graceMs).unref();
}

// Mocha loads its reporters by require.
export { countingReporter as 'module.exports' };
