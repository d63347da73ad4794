import { stale } from '../../core/errors.ts';
import type { Fence, UserChange } from '../../ports/user-store.ts';
import { REFUSALS } from '../outcomes.ts';
import type { SaveUsers } from './save-users.ts';

interface Waiting {
  readonly change: UserChange;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Saves. People who are new in the same turn of the event loop share a transaction: to begin and commit one costs as much as what is
 * written in it. Each is refused for itself; a transaction that fails fails all of them.
 *
 * Changes of people who are there do not wait: writers of one person would lose races that are none on a store in the same process.
 */
export function gatherInserts(people: SaveUsers): (change: UserChange, fence: Fence | undefined) => Promise<void> {
  let waiting: Waiting[] = [];

  function saveAll(): void {
    const gathered = waiting;
    waiting = [];
    try {
      settle(people, gathered);
    } catch (error) {
      for (const { reject } of gathered) reject(error);
    }
  }

  return async (change, fence) => {
    if (fence || change.user.version > 1) return people.save(change, fence);
    return new Promise((resolve, reject) => {
      if (waiting.push({ change, resolve, reject }) === 1) setImmediate(saveAll);
    });
  };
}

function settle(people: SaveUsers, gathered: readonly Waiting[]): void {
  const [first, second] = gathered;
  if (first && !second) {
    people.save(first.change, undefined);
    first.resolve();
    return;
  }
  const changes = gathered.map(({ change }) => change);
  for (const [index, outcome] of people.saveMany(changes, undefined).entries()) {
    const { resolve, reject } = gathered[index] as Waiting;
    if (outcome.saved) resolve();
    else reject(outcome.code === 'stale' ? stale('this person') : REFUSALS[outcome.code](outcome.userId ?? ''));
  }
}
