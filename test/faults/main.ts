import { globSync } from 'node:fs';
import { playSideBySide } from '../support/side-by-side.ts';

const TIMEOUT_MS = 60_000;
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
  'mass-killed-at-every-page',
  'mass-kill-points',
  'embedded-kill',
  'run-frozen',
  'api-mongo-away',
];

/** The files of fault tests, each for itself; arguments choose them by a part of their name. */
function chosen(wanted: readonly string[]): readonly string[] {
  const files = globSync('test/faults/*.test.ts').sort();
  const rank = (file: string) => {
    const at = LONGEST_FIRST.findIndex((name) => file.includes(`/${name}.`));
    return at < 0 ? LONGEST_FIRST.length : at;
  };
  return files
    .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
    .sort((left, right) => rank(left) - rank(right));
}

await playSideBySide(
  chosen(process.argv.slice(2)).map((file) => ({ name: file, files: [file] })),
  TIMEOUT_MS,
);
