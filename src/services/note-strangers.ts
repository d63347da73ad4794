import type { Run } from '../core/run.ts';
import { EVERYBODY, groupsOf } from '../core/scope.ts';
import type { SyncOptions } from '../core/sync-options.ts';
import { withGroupNotices } from './run-progress.ts';
import type { SyncDependencies } from './sync-step.ts';

/**
 * The run with a word on each group of the scope that has members whom its complete listing did not show: people from outside of the
 * directory, who are nobody's to take. Nothing is asked for, and nothing stored.
 */
export async function noteStrangers({ stores }: SyncDependencies, run: Run, { scope }: SyncOptions): Promise<Run> {
  if (run.kind !== 'full' || groupsOf(scope).length === 0) return run;
  const strangers = await stores.runs.countStrangers(run.id);
  const everybody = await stores.runs.membersAmong(run.id, [EVERYBODY]);
  const marked = new Set(everybody.get(EVERYBODY));
  const notices = [...strangers].flatMap(([group, count]) => {
    // The mark of a group of everybody is a row, and nobody.
    const people = marked.has(group) ? count - 1 : count;
    return people > 0 ? [[group, wordsOn(people)] as const] : [];
  });
  return withGroupNotices(run, notices);
}

const wordsOn = (count: number): string =>
  count === 1
    ? '1 member is not in the listing of the directory, and not taken: from outside of it, or deleted meanwhile'
    : `${count} members are not in the listing of the directory, and not taken: from outside of it, or deleted meanwhile`;
