import type { Interview, Replaced } from '../core/interview.ts';
import { isTold } from '../core/replacement.ts';
import type { Replacement, User } from '../core/user.ts';
import type { WriteDependencies } from './dependencies.ts';
import { wasFirst } from './lost-races.ts';
import { recordChange } from './record-change.ts';
import type { InterviewDependencies } from './report-interview.ts';

export type TellDependencies = WriteDependencies & InterviewDependencies;

const MOST_UNTOLD = 200;

/**
 * Puts into the history of both people, and into the feed, who took whose place in an interview; then forgets that there was
 * something to tell. Done again it tells nobody twice.
 */
export async function tellReplaced(deps: TellDependencies, interview: Interview): Promise<void> {
  const { untold = [], ...told } = interview;
  if (untold.length === 0) return;
  for (const replaced of untold) {
    await tell(deps, interview, replaced, 'left');
    await tell(deps, interview, replaced, 'joined');
  }
  // Whoever was faster has it all to tell once more.
  await wasFirst(deps.stores.interviews.save(told, interview.version));
}

async function tell(
  deps: TellDependencies,
  { organizationId, id }: Interview,
  { version, from, to, by }: Replaced,
  part: Replacement['part'],
): Promise<void> {
  const replacement: Replacement = { interview: id, version, part };
  await recordChange(deps, {
    organizationId,
    by,
    onTaken: 'hold',
    find: () => deps.stores.users.get(organizationId, part === 'left' ? from : to),
    draft: (user: User) =>
      user.version === 0 || isTold(user, replacement) ? null : { user: { ...user, lastReplacement: replacement } },
  });
}

/** Tells what whoever reassigned an interview died before they could tell. */
export async function tellAllReplaced(deps: TellDependencies): Promise<void> {
  for (const interview of await deps.stores.interviews.untold(MOST_UNTOLD)) await tellReplaced(deps, interview);
}
