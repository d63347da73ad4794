import { hash } from 'node:crypto';
import type { DirectoryPerson } from '../src/core/directory-person.ts';

/** Over the fields in the order the mapping writes them: the same person always hashes the same. */
export function hashPerson(person: Omit<DirectoryPerson, 'hash'>): string {
  return hash('sha256', JSON.stringify(Object.values(person)), 'base64url');
}
