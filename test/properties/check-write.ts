import { assertionsOf } from '../../src/core/assertions.ts';
import { type Json, sameJson } from '../../src/core/json.ts';
import type { SourceRecord, User } from '../../src/core/user.ts';
import type { UserChange } from '../../src/ports/user-store.ts';

/** What must hold of every single accepted save, whoever made it. Returns what does not. */
export function checkWrite(before: User | null, { user }: UserChange): readonly string[] {
  return [
    ...(user.version === (before?.version ?? 0) + 1 ? [] : [`version ${before?.version} became ${user.version}`]),
    ...checkLifecycle(user),
    ...user.records.flatMap((record) => checkRecord(before, user, record)),
  ].map((fault) => `${user.id} v${user.version}: ${fault}`);
}

function checkLifecycle({ status, access, records }: User): readonly string[] {
  if (status === 'active')
    return records.some(({ terminated }) => terminated) ? ['a terminated mark outlives the return to active'] : [];
  const bare = access.level === 'limited' && access.roles.length === 0 && access.pools.length === 0;
  return bare ? [] : [`${status} and still ${JSON.stringify(access)}`];
}

function checkRecord(before: User | null, user: User, record: SourceRecord): readonly string[] {
  const former = before?.records.find(
    ({ source, connectionId }) => source === record.source && connectionId === record.connectionId,
  );
  return [...checkStamps(user, former, record), ...checkGrant(user, former, record)];
}

/** A new word carries the version that brought it; an old one keeps its stamp, but for what an admin says again on purpose. */
function checkStamps({ version }: User, former: SourceRecord | undefined, record: SourceRecord): readonly string[] {
  const said = new Map<string, Json>(former ? assertionsOf(former) : []);
  const faults: string[] = [];
  for (const [name, value] of assertionsOf(record)) {
    const kept = said.has(name) && sameJson(said.get(name), value);
    const stamp = record.stamps[name];
    const right = stamp === version ? !kept || record.source === 'manual' : kept && stamp === former?.stamps[name];
    if (!right) faults.push(`${record.source} ${name} stamped ${stamp}, before ${former?.stamps[name]}`);
  }
  return faults;
}

function checkGrant({ records }: User, former: SourceRecord | undefined, record: SourceRecord): readonly string[] {
  const { directory } = record;
  if (!directory?.granted) return [];
  if (!directory.present || directory.activity === 'inactive')
    return [`${record.source} granted while gone or inactive`];
  if (former?.directory?.granted) return [];
  if (directory.activity !== 'active') return [`${record.source} granted while ${directory.activity}`];
  return records.some(({ enabled }) => enabled === false) ? [`${record.source} granted against a false`] : [];
}
