import { checkStatus } from './checks.ts';
import { complaintIn } from './complaint.ts';
import { createDesk, type Desk, type Target } from './desk.ts';
import type { Player, Step } from './player.ts';

const CLEAN_UP = 'clean up';

/**
 * Plays a provider from its first step to its last; throws a Complaint at the first thing its administrator would be shown as an
 * error. However it ends, what it made is deleted, as far as SCIM can.
 */
export async function play(
  player: Player,
  target: Target,
  afterStep: (step: Step) => Promise<void> | void = () => {},
): Promise<void> {
  const desk = createDesk(player, target);
  const inStep = async (name: string, act: () => Promise<void>) => {
    await act().catch((error: unknown) => {
      throw complaintIn(player.provider, name, error);
    });
  };
  let went = false;
  try {
    for (const step of player.steps(desk)) {
      await inStep(step.name, () => step.play());
      await afterStep(step);
    }
    went = true;
  } finally {
    await inStep(CLEAN_UP, () => cleanUp(desk)).catch((error: unknown) => {
      if (went) throw error;
    });
  }
}

async function cleanUp(desk: Desk): Promise<void> {
  for (const path of [...desk.left()]) checkStatus(await desk.delete(path), 204, 404);
}
