import { cellOf, POOL_SEPARATOR, ruleOf, valueColumns } from './csv-columns.ts';
import type { Settings } from './organization.ts';
import type { User } from './user.ts';

/** What an export tells beside attributes. Of these an import takes pools, and finds people by id. */
const BESIDE: readonly (readonly [name: string, read: (user: User) => string])[] = [
  ['kind', ({ kind }) => kind],
  ['status', ({ status }) => status],
  ['level', ({ access }) => access.level],
  ['pools', ({ access }) => access.pools.join(POOL_SEPARATOR)],
];

/** The header of an export. */
export function exportHeader(settings: Settings): readonly string[] {
  return ['id', ...valueColumns(settings), ...BESIDE.map(([name]) => name)];
}

/** A person as a row of an export. */
export function exportRow(settings: Settings): (user: User) => readonly string[] {
  const rules = valueColumns(settings).flatMap((name) => ruleOf(name, settings) ?? []);
  return (user) => [user.id, ...rules.map((rule) => cellOf(user, rule)), ...BESIDE.map(([, read]) => read(user))];
}
