import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Member } from '../../core/scim-resource.ts';
import { shadowOf } from '../../core/shadow.ts';
import type { GroupReference, ResourceSpace, ResourceStore } from '../../ports/resource-store.ts';
import { showMembers } from '../show-members.ts';
import type { Database } from './database.ts';
import type { Interning } from './interning.ts';
import { memberOf, spaceText } from './resource-rows.ts';
import { UNOWNED } from './user-columns.ts';
import { readUsers } from './user-document.ts';
import { distinct } from './user-lookups.ts';

/** Members whose names are looked up between two turns of the event loop. */
const BATCH = 1_000;

/** Who is in which group. The rows of a group are read in one statement; the names of its members may be a moment younger. */
export function createMemberReads(
  database: Database,
  names: Interning,
): Pick<ResourceStore, 'members' | 'membersAmong' | 'groupsOf'> {
  const { sql } = database;
  const shownNames = createShownNames(database, names);
  const groups = sql(`SELECT r.n, r.id, r.version FROM json_each(?2) j
    CROSS JOIN resources r ON r.space = ?1 AND r.id = j.value ORDER BY r.n`);
  const inGroup = sql('SELECT member, kind, display FROM memberships WHERE n = ? ORDER BY since, place');
  const among = sql(`SELECT m.member, m.kind, m.display FROM resources r CROSS JOIN json_each(?3) j
    CROSS JOIN memberships m ON m.n = r.n AND m.member = j.value WHERE r.space = ?1 AND r.id = ?2`);
  const groupsOf = sql(`SELECT m.member, r.id, r.shown_name FROM json_each(?2) j
    CROSS JOIN memberships m ON m.member = j.value CROSS JOIN resources r ON r.n = m.n
    WHERE r.space = ?1 ORDER BY r.n`);

  return {
    async members(space, groupIds) {
      const found = groups.all(names.find(spaceText(space)), distinct(groupIds)).map((row) => ({
        id: row.id as string,
        version: row.version as number,
        members: inGroup.all(row.n as number).map(memberOf),
      }));
      return showMembers(found, (kind, ids) => shownNames(space, kind, ids));
    },
    async membersAmong(space, groupId, ids) {
      const rows = among.all(names.find(spaceText(space)), groupId, distinct(ids));
      return new Map(rows.map(memberOf).map((member) => [member.id, member]));
    },
    async groupsOf(space, memberIds) {
      const found = new Map<string, GroupReference[]>();
      for (const row of groupsOf.all(names.find(spaceText(space)), distinct(memberIds))) {
        const known = found.get(row.member as string) ?? [];
        known.push({ id: row.id as string, displayName: row.shown_name as string | null });
        found.set(row.member as string, known);
      }
      return found;
    },
  };
}

/** The names of those a connection sees, by SCIM id; '' for somebody without any. */
function createShownNames({ sql }: Database, names: Interning) {
  const people = sql(`SELECT u.scim_id AS id, u.shown_name AS name FROM json_each(?2) j
    CROSS JOIN users u ON u.organization = ?1 AND u.scim_id = j.value WHERE u.scope IN (${UNOWNED}, ?3)`);
  const documents = sql(`SELECT d.document FROM json_each(?2) j
    CROSS JOIN users u ON u.organization = ?1 AND u.scim_id = j.value CROSS JOIN documents d ON d.n = u.n`);
  const resources = sql(`SELECT r.id, r.shown_name AS name FROM json_each(?2) j
    CROSS JOIN resources r ON r.space = ?1 AND r.id = j.value`);

  /** Rows written before they carried a name: their documents tell it. */
  function readNames(organization: number | null, ids: readonly string[]): ReadonlyMap<string, string> {
    if (ids.length === 0) return new Map();
    const users = readUsers(documents.all(organization, JSON.stringify(ids)));
    return new Map(users.map((user) => [user.scim.id ?? '', shadowOf(user).shownName]));
  }

  function peopleNames(space: ResourceSpace, ids: string): ReadonlyMap<string, string> {
    const organization = names.find(space.organizationId);
    const rows = people.all(organization, ids, names.find(space.connectionId));
    const told = rows.filter(({ name }) => name === null).map(({ id }) => id as string);
    const read = readNames(organization, told);
    return new Map(rows.map(({ id, name }) => [id as string, (name as string | null) ?? read.get(id as string) ?? '']));
  }

  return async (space: ResourceSpace, kind: Member['kind'], ids: readonly string[]) => {
    const found = new Map<string, string>();
    for (let at = 0; at < ids.length; at += BATCH) {
      if (at > 0) await nextTurn();
      const batch = JSON.stringify(ids.slice(at, at + BATCH));
      if (kind === 'User') for (const [id, name] of peopleNames(space, batch)) found.set(id, name);
      else
        for (const { id, name } of resources.all(names.find(spaceText(space)), batch))
          found.set(id as string, (name as string | null) ?? '');
    }
    return found;
  };
}
