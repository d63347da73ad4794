import { AppError, stale } from '../../core/errors.ts';
import { type MemberChange, type ScimResource, settledMembers } from '../../core/scim-resource.ts';
import type { ResourceChange, ResourceStore } from '../../ports/resource-store.ts';
import type { Counters } from './counters.ts';
import type { Database } from './database.ts';
import type { Interning } from './interning.ts';
import { RESOURCE_COLUMNS, resourceValues, spaceText } from './resource-rows.ts';

/** Name of the counter of a space's living resources. */
export const RESOURCE_COUNTER = 'resources';

/** The writes, inside a transaction each. */
export interface ResourceRows {
  /** Writes a resource that is not stored yet, or is stored as row `n`; returns its row. */
  put(resource: ScimResource, claims: readonly string[], n: number | null): number;
}

export function createResourceRows({ sql }: Database, names: Interning, counters: Counters): ResourceRows {
  const insert = sql(`INSERT INTO resources (space, id, ${RESOURCE_COLUMNS.join(', ')})
    VALUES (?, ?, ${RESOURCE_COLUMNS.map(() => '?').join(', ')})`);
  const update = sql(`UPDATE resources SET ${RESOURCE_COLUMNS.map((name) => `${name} = ?`).join(', ')} WHERE n = ?`);
  const claimsOf = sql('SELECT claims FROM resources WHERE n = ?');
  const insertClaim = sql('INSERT INTO resource_claims (space, claim, n) VALUES (?, ?, ?)');
  const deleteClaim = sql('DELETE FROM resource_claims WHERE space = ? AND claim = ?');

  return {
    put(resource, given, stored) {
      const space = names.give(spaceText(resource));
      const claims = [...new Set(given)];
      const known = stored === null ? [] : (JSON.parse(claimsOf.get(stored)?.claims as string) as readonly string[]);
      const values = resourceValues(resource, JSON.stringify(claims));
      if (stored === null) counters.add(space, RESOURCE_COUNTER, 1);
      else update.run(...values, stored);
      const n = stored ?? insert.run(space, resource.id, ...values).lastInsertRowid;
      for (const claim of known) if (!claims.includes(claim)) deleteClaim.run(space, claim);
      for (const claim of claims) if (!known.includes(claim)) insertClaim.run(space, claim, n);
      return n;
    },
  };
}

/** Writes resources with their members, one transaction each. */
export function createSaveResources(
  database: Database,
  names: Interning,
  counters: Counters,
): Pick<ResourceStore, 'save' | 'remove' | 'repair'> {
  const { sql } = database;
  const rows = createResourceRows(database, names, counters);
  const changeMembers = createChangeMembers(database);
  const find = sql('SELECT n, version FROM resources WHERE space = ? AND id = ?');
  const wasRemoved = sql('SELECT 1 FROM removed_resources WHERE space = ? AND id = ?');
  const holder =
    sql(`SELECT r.id FROM json_each(?2) j CROSS JOIN resource_claims c ON c.space = ?1 AND c.claim = j.value
    CROSS JOIN resources r ON r.n = c.n WHERE r.id <> ?3`);
  const claimsOf = sql('SELECT claims FROM resources WHERE n = ?');
  const freeClaims = sql('DELETE FROM resource_claims WHERE space = ? AND claim IN (SELECT value FROM json_each(?))');
  const forget = sql('DELETE FROM resources WHERE n = ?');
  const empty = sql('DELETE FROM memberships WHERE n = ?');
  const leaveGroups = sql(`DELETE FROM memberships WHERE member = ?2
    AND n IN (SELECT r.n FROM memberships m CROSS JOIN resources r ON r.n = m.n WHERE m.member = ?2 AND r.space = ?1)`);
  const remember = sql('INSERT INTO removed_resources (space, id) VALUES (?, ?)');

  function save({ resource, claims, members }: ResourceChange): void {
    const space = names.find(spaceText(resource));
    const stored = find.get(space, resource.id);
    const version = Number(stored?.version ?? 0);
    if (version !== resource.version - 1 || wasRemoved.get(space, resource.id)) throw stale('this resource');
    const rival = holder.get(space, JSON.stringify(claims), resource.id);
    if (rival) throw nameTaken(rival.id as string);
    const n = rows.put(resource, claims, stored ? (stored.n as number) : null);
    if (members) changeMembers(n, resource.version, members);
  }

  function remove(space: number | null, id: string, version: number | undefined): boolean {
    const stored = find.get(space, id);
    if (!stored || space === null) return false;
    if (version !== undefined && version !== stored.version) throw stale('this resource');
    const n = stored.n as number;
    freeClaims.run(space, claimsOf.get(n)?.claims as string);
    empty.run(n);
    leaveGroups.run(space, id);
    forget.run(n);
    remember.run(space, id);
    counters.add(space, RESOURCE_COUNTER, -1);
    return true;
  }

  return {
    save: async (change) => database.transaction(() => save(change)),
    remove: async (space, id, version) => database.transaction(() => remove(names.find(spaceText(space)), id, version)),
    repair: async () => 0,
  };
}

export const nameTaken = (resourceId: string) =>
  new AppError('resource_name_taken', 'another resource has this name', { resourceId });

/** Changes the members of a group: touches no row but those of whom the change names, and of those who leave. */
function createChangeMembers({ sql }: Database) {
  const insert = sql(`INSERT INTO memberships (n, member, kind, display, since, place) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
    ON CONFLICT (n, member) DO UPDATE SET kind = excluded.kind,
      display = CASE WHEN ?7 THEN excluded.display ELSE coalesce(excluded.display, display) END`);
  const remove = sql('DELETE FROM memberships WHERE n = ?1 AND member IN (SELECT value FROM json_each(?2))');
  const removeOthers = sql('DELETE FROM memberships WHERE n = ?1 AND member NOT IN (SELECT value FROM json_each(?2))');

  return (n: number, version: number, change: MemberChange): void => {
    const { replace, add, remove: leaving } = settledMembers(change);
    if (replace) removeOthers.run(n, JSON.stringify(add.map(({ id }) => id)));
    else if (leaving.length > 0) remove.run(n, JSON.stringify(leaving));
    for (const [place, { id, kind, display = null }] of add.entries())
      insert.run(n, id, kind, display, version, place, Number(replace));
  };
}
