import { randomFillSync } from 'node:crypto';
import type { Clock, Identifiers } from '../ports/clock.ts';

const COUNTER_LIMIT = 0x1000;
const RANDOM_BYTES = 8;
/** Of random bytes fetched at once: one by one they cost twenty times as much. */
const SUPPLY = 256 * RANDOM_BYTES;

/**
 * Makes UUIDs of version 7 (RFC 9562 §5.7): unique, not to be guessed, and each greater as text than the one before it, even when
 * the clock stands still or goes back.
 */
export function createIdentifiers(clock: Clock): Identifiers {
  let lastMs = 0;
  let counter = 0;
  const nextRandom = createSupply();
  return {
    next() {
      const now = clock.now();
      if (now > lastMs) {
        lastMs = now;
        counter = 0;
      } else if (++counter === COUNTER_LIMIT) {
        lastMs++;
        counter = 0;
      }
      return uuidOf(lastMs, counter, nextRandom());
    },
  };
}

/** Random bytes, none of them twice; what is handed out is good until the next call. */
function createSupply(): () => Buffer {
  const supply = Buffer.alloc(SUPPLY);
  let at = SUPPLY;
  return () => {
    if (at === SUPPLY) {
      randomFillSync(supply);
      at = 0;
    }
    at += RANDOM_BYTES;
    return supply.subarray(at - RANDOM_BYTES, at);
  };
}

function uuidOf(ms: number, counter: number, random: Buffer): string {
  const time = ms.toString(16).padStart(12, '0');
  random.writeUInt8((random.readUInt8(0) & 0x3f) | 0x80, 0);
  const tail = random.toString('hex');
  const middle = counter.toString(16).padStart(3, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${middle}-${tail.slice(0, 4)}-${tail.slice(4)}`;
}
