import type { Context } from 'mocha';

const PLACE = /\b([\w.-]+\.ts):(\d+):\d+/;

/**
 * A test that may be about real people: when it fails it says where, and nothing of what it saw.
 *
 * Assertions put what they compared into their words, and directories put addresses into theirs.
 */
export function anonymously(work: () => Promise<void>): (this: Context) => Promise<void> {
  return async () => {
    try {
      await work();
    } catch (error) {
      throw new Error(`did not hold (${kindOf(error)}, at ${placeOf(error)}); what was seen is not shown`);
    }
  };
}

const kindOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);

/** File and line of the test where it failed, without the words before it. */
function placeOf(error: unknown): string {
  const frames = error instanceof Error ? String(error.stack).split('\n    at ').slice(1) : [];
  const own = frames.find((frame) => frame.includes('.contract.ts')) ?? frames[0] ?? '';
  const [, file = 'an unknown place', line = ''] = PLACE.exec(own) ?? [];
  return line === '' ? file : `${file}, line ${line}`;
}
