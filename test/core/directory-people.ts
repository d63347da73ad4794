import type { DirectoryPerson } from '../../src/core/directory-person.ts';

/** Somebody Google lists as active; equal facts give equal hashes. */
export function aDirectoryPerson(facts: Partial<DirectoryPerson> = {}): DirectoryPerson {
  const person = {
    source: 'google' as const,
    externalId: 'google-1',
    tenant: null,
    email: 'ada@example.com',
    aliases: [],
    givenName: null,
    familyName: null,
    displayName: null,
    activity: 'active' as const,
    reasons: [],
    kind: 'member' as const,
    title: null,
    department: null,
    employeeNumber: null,
    orgUnit: null,
    ...facts,
  };
  return { ...person, hash: JSON.stringify(person) };
}
