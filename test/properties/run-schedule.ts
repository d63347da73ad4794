import { isAppError } from '../../src/core/errors.ts';
import type { SeededBug } from '../../src/services/dependencies.ts';
import { checkAgain } from './check-again.ts';
import { checkEnd } from './check-end.ts';
import { directoryStream } from './directory-stream.ts';
import { manualStream } from './manual-stream.ts';
import { createRandom } from './random.ts';
import { drawSchedule, type Schedule } from './schedule.ts';
import { scimStream } from './scim-stream.ts';
import { toggleStream } from './toggle-stream.ts';
import { createTurns } from './turns.ts';
import { createWorld, type Opened, type World } from './world.ts';

export interface Outcome {
  readonly schedule: Schedule;
  /** Store calls. */
  readonly calls: number;
  /** Promises broken on the way, told by the single writes. */
  readonly noticed: readonly string[];
  /** Where the end differs from the reference. */
  readonly divergences: readonly string[];
}

/** Plays the schedule of a seed on fresh stores and compares the end with the reference. */
export async function runSchedule(seed: number, opened: Opened, bug: SeededBug | null = null): Promise<Outcome> {
  const random = createRandom(seed);
  const schedule = drawSchedule(seed, random);
  const turns = createTurns(random);
  const world = await createWorld(opened, schedule.settings, turns, bug);
  try {
    await turns.dealUntil(play(world, schedule));
    const ended = await checkEnd(world);
    const divergences = ended.length > 0 ? ended : await checkAgain(world, turns, random);
    return { schedule, calls: turns.dealt(), noticed: world.faults, divergences };
  } catch (error) {
    const message = isAppError(error) ? `refused with ${error.code}: ${error.message}` : String((error as Error).stack);
    return { schedule, calls: turns.dealt(), noticed: world.faults, divergences: [message] };
  }
}

async function play(world: World, schedule: Schedule): Promise<void> {
  await Promise.all([
    scimStream(world, schedule.scim),
    directoryStream(world, 'google', schedule.google),
    directoryStream(world, 'microsoft', schedule.microsoft),
    manualStream(world, schedule.manual),
    toggleStream(world, schedule.toggles),
  ]);
  await Promise.all(world.background);
}
