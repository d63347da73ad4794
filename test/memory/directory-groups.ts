import type { DirectoryGroup, DirectoryMember } from '../../src/core/directory-group.ts';
import type { DirectoryGroupStore } from '../../src/ports/directory-group-store.ts';

/** Who is in the directory groups that mappings name, in memory. */
export function createMemoryDirectoryGroups(): DirectoryGroupStore {
  const runs = new Map<string, string>();
  let rows: DirectoryMember[] = [];
  const key = ({ organizationId, source, group }: DirectoryGroup) => JSON.stringify([organizationId, source, group]);
  const same = (left: DirectoryMember, right: DirectoryMember) => JSON.stringify(left) === JSON.stringify(right);
  const counting = () => rows.filter((row) => runs.get(key(row)) === row.runId);
  return {
    async addMembers({ organizationId, source, group, runId }, externalIds) {
      for (const externalId of externalIds) {
        const row = { organizationId, source, group, runId, externalId };
        if (!rows.some((other) => same(other, row))) rows.push(row);
      }
    },
    async complete(reading) {
      const place = key(reading);
      const run = [runs.get(place) ?? '', reading.runId].sort().at(-1) as string;
      runs.set(place, run);
      rows = rows.filter((row) => key(row) !== place || row.runId >= run);
    },
    async groupsOf(organization, source, externalIds) {
      const own = counting().filter((row) => row.organizationId === organization && row.source === source);
      const people = Map.groupBy(
        own.filter(({ externalId }) => externalIds.includes(externalId)),
        (row) => row.externalId,
      );
      return new Map([...people].map(([id, found]) => [id, found.map(({ group }) => group).sort()]));
    },
    async members(group, afterKey, limit) {
      if (!runs.has(key(group))) return null;
      const ids = counting().flatMap((row) => (key(row) === key(group) ? [row.externalId] : []));
      return ids
        .filter((id) => id > (afterKey ?? ''))
        .sort()
        .slice(0, limit);
    },
    async list(organization, source, beginning, afterKey, limit) {
      const keys = [...runs.keys()].map((place) => JSON.parse(place) as readonly [string, string, string]);
      const own = keys.filter(
        ([of, from, group]) => of === organization && from === source && group.startsWith(beginning),
      );
      return own
        .flatMap(([, , group]) => (group > (afterKey ?? '') ? [group] : []))
        .sort()
        .slice(0, limit);
    },
    async forget(organization, source, group) {
      const goes = (row: DirectoryGroup) =>
        row.organizationId === organization && row.source === source && (group === null || row.group === group);
      for (const place of [...runs.keys()]) {
        const [organizationId, from, name] = JSON.parse(place);
        if (goes({ organizationId, source: from, group: name })) runs.delete(place);
      }
      rows = rows.filter((row) => !goes(row));
    },
  };
}
