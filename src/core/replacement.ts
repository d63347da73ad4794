import type { User } from './user.ts';

/** The interview somebody had before a change and has after it; null where the change is not about one. */
export function replacementIn(
  before: Pick<User, 'lastReplacement'>,
  { lastReplacement: told }: Pick<User, 'lastReplacement'>,
): readonly [from: string | null, to: string | null] | null {
  if (!told || isTold(before, told)) return null;
  return told.part === 'left' ? [told.interview, null] : [null, told.interview];
}

/** Whether the person was told of this version of the interview, or of a later one. */
export function isTold(
  { lastReplacement: known }: Pick<User, 'lastReplacement'>,
  { interview, version }: { readonly interview: string; readonly version: number },
): boolean {
  return known?.interview === interview && known.version >= version;
}
