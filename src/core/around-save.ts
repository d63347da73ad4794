import { ENABLED } from './assertions.ts';
import type { HistoryEntry, Undo } from './history.ts';
import { type Access, recordOf, type Status, type User, withRecord } from './user.ts';

type Side = 'from' | 'to';

const OF_ACCESS: ReadonlySet<string> = new Set<keyof Access>(['level', 'roles', 'dormantRoles', 'pools']);

/** Somebody before and after a save of theirs that can be undone: what it did not change is as it is now. */
export function aroundSave(user: User, entry: HistoryEntry & { readonly undo: Undo }) {
  const { settingsVersion, enabled, terminated, since } = entry.undo;
  const manual = recordOf(user, 'manual');
  const sides = { before: onSide(user, entry, 'from'), after: onSide(user, entry, 'to') };
  const asSaid = manual
    ? withRecord(sides.before, { ...manual, enabled, terminated, stamps: { ...manual.stamps, [ENABLED]: since } })
    : sides.before;
  const before: User = { ...asSaid, version: entry.version - 1 };
  return {
    before: withoutLeft(before, sides.after),
    after: { ...sides.after, settingsVersion, version: entry.version },
  };
}

function onSide(user: User, { rows }: HistoryEntry, side: Side): User {
  const values = new Map(rows.flatMap((row) => (row.effective ? [[row.what, row[side]] as const] : [])));
  const access = Object.fromEntries([...values].filter(([what]) => OF_ACCESS.has(what)));
  const status = (values.get('status') ?? user.status) as Status;
  return { ...user, status, access: { ...user.access, ...access } };
}

/** Whatever pools they left by it were none they had left before. */
function withoutLeft({ formerPools = [], ...before }: User, { access }: User): User {
  const left = before.access.pools.filter((pool) => !access.pools.includes(pool));
  const former = formerPools.filter((pool) => !left.includes(pool));
  return former.length > 0 ? { ...before, formerPools: former } : before;
}
