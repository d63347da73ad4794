import { withoutGrants } from './catalog.ts';
import { effectiveRoles, type HeldAccess } from './held-access.ts';
import { type Json, sameJson } from './json.ts';
import type { GroupChange, User } from './user.ts';

/** What a change of a group made of somebody's access; null when they hold the same, from elsewhere or not at all. */
export function groupChangeOf(
  { group, joined, mark }: Pick<GroupChange, 'group' | 'joined' | 'mark'>,
  before: HeldAccess,
  after: HeldAccess,
): GroupChange | null {
  const [had, has] = [effectiveRoles(before), effectiveRoles(after)];
  const isSame = withoutGrants(has, had).length + withoutGrants(had, has).length === 0;
  if (isSame && before.effectiveLevel === after.effectiveLevel) return null;
  return { group, joined, mark, level: [before.effectiveLevel, after.effectiveLevel], roles: [had, has] };
}

/** Name → [before, after] of what groups just made of the access of a person; empty where the change is not about that. */
export function groupChangesIn(
  { lastGroupChange: known }: Pick<User, 'lastGroupChange'>,
  { lastGroupChange: told }: Pick<User, 'lastGroupChange'>,
): readonly (readonly [name: string, from: Json, to: Json])[] {
  if (!told || sameJson((known ?? null) as unknown as Json, told as unknown as Json)) return [];
  const { group, joined, level, roles } = told;
  const rows = [
    ['group', joined ? null : group, joined ? group : null],
    ['effectiveLevel', ...level],
    ['effectiveRoles', ...(roles as unknown as readonly [Json, Json])],
  ] as const;
  return rows.filter(([, from, to]) => !sameJson(from, to));
}
