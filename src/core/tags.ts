import { employeeNumberOf } from './person-attributes.ts';
import type { User } from './user.ts';

/** What a person has any number of, or hardly anybody has: kept as one list of texts, so that one index leads to all of it. */
export type TagField = 'roles' | 'jobs' | 'pools' | 'agency' | 'hostId' | 'employeeNumber';

/** How a value of a field is spelled in the list. Only the last part may hold anything. */
export function tagOf(field: TagField, value: string): string {
  return `${field}:${value}`;
}

/**
 * Everything a person is tagged with, each once: the roles they are granted, the jobs they are granted one for, their pools, their
 * agency, the host's id, and their effective employee number, trimmed. Dormant roles do not count: they have no effect.
 */
export function tagsOf({ access, agencyId, hostId, attributes }: User): readonly string[] {
  const number = employeeNumberOf(attributes);
  const tags = [
    ...access.roles.map(({ role }) => tagOf('roles', role)),
    ...access.roles.flatMap(({ scope }) => (scope.kind === 'job' ? [tagOf('jobs', scope.id)] : [])),
    ...access.pools.map((pool) => tagOf('pools', pool)),
    ...(agencyId === undefined ? [] : [tagOf('agency', agencyId)]),
    ...(hostId === undefined ? [] : [tagOf('hostId', hostId)]),
    ...(number === null ? [] : [tagOf('employeeNumber', number)]),
  ];
  return [...new Set(tags)];
}
