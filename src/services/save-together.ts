import type { HistoryTerms } from '../core/history.ts';
import type { Settings } from '../core/organization.ts';
import type { Settled } from '../core/settle.ts';
import type { User } from '../core/user.ts';
import type { Fence, SaveOutcome } from '../ports/user-store.ts';
import { changeOf } from './change-of.ts';
import type { WriteDependencies } from './dependencies.ts';
import { doubtInterviews } from './doubt-interviews.ts';

/** Somebody as they were read, and as they are to be. */
export interface SettledPerson {
  readonly before: User;
  readonly settled: Settled;
}

/**
 * Saves settled people in one write, in the order of their ids, and tells of each what came of it. Whoever was not saved has lost a
 * race; of the others, what a save brings with it is left to do.
 */
export async function saveTogether<Person extends SettledPerson>(
  deps: WriteDependencies,
  settings: Settings,
  people: readonly Person[],
  terms: HistoryTerms,
  fence?: Fence,
): Promise<readonly (readonly [Person, SaveOutcome])[]> {
  if (people.length === 0) return [];
  const ordered = people.toSorted((left, right) => (left.settled.user.id < right.settled.user.id ? -1 : 1));
  for (const { before, settled } of ordered) await doubtInterviews(deps, before, settled.user);
  const outcomes = await deps.stores.users.saveMany(
    ordered.map(({ before, settled: { user, effects } }) => changeOf(before, user, effects, settings, terms)),
    fence,
  );
  deps.onEvents();
  return ordered.map((person, index) => [person, outcomes[index] as SaveOutcome]);
}
