import type { Database } from './database.ts';
import { column, textColumn, type UserColumns } from './user-columns.ts';

/** What a transaction adds to the counters: organization (its number) → name → difference. */
export type Tally = Map<number, Map<string, number>>;

/** Exact totals of an organization, kept in the transaction that changes them. */
export interface Counters {
  /** Adds and returns the new value. */
  add(organization: number, name: string, difference: number): number;
  addAll(tally: Tally): void;
  /** The sum of the named counters. */
  sum(organization: number | null, names: readonly string[]): number;
}

export const STATUSES = ['unprovisioned', 'active', 'deactivated', 'terminated'] as const;

export const statusCounter = (status: string) => `status:${status}`;
/** Agency people by status: all others are employees. */
export const agencyCounter = (status: string) => `agency:${status}`;
export const scopeCounter = (scope: number | null) => `scope:${scope}`;

export function createCounters({ sql }: Database): Counters {
  const add = sql(`
    INSERT INTO counters (organization, name, value) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET value = value + excluded.value RETURNING value`);
  const sum = sql(`
    SELECT coalesce(sum(value), 0) AS total FROM counters
    WHERE organization = ? AND name IN (SELECT value FROM json_each(?))`);
  return {
    add: (organization, name, difference) => Number(add.get(organization, name, difference)?.value),
    addAll(tally) {
      for (const [organization, differences] of tally)
        for (const [name, difference] of differences) if (difference !== 0) add.get(organization, name, difference);
    },
    sum: (organization, names) => Number(sum.get(organization, JSON.stringify(names))?.total),
  };
}

/** Counts a person out of the totals of `before` and into those of `after`; null: not there. */
export function tallyMove(tally: Tally, organization: number, before: UserColumns | null, after: UserColumns): void {
  const unmoved = before !== null && COUNTED.every((name) => column(before, name) === column(after, name));
  if (unmoved) return;
  const differences = tally.get(organization) ?? new Map<string, number>();
  tally.set(organization, differences);
  if (before) count(differences, before, -1);
  count(differences, after, 1);
}

const COUNTED = ['status', 'scope', 'kind'] as const;

function count(differences: Map<string, number>, columns: UserColumns, by: number): void {
  const scope = column(columns, 'scope');
  const status = textColumn(columns, 'status') ?? '';
  increase(differences, statusCounter(status), by);
  if (column(columns, 'kind') === 'agency') increase(differences, agencyCounter(status), by);
  if (typeof scope === 'number') increase(differences, scopeCounter(scope), by);
}

function increase(differences: Map<string, number>, name: string, by: number): void {
  differences.set(name, (differences.get(name) ?? 0) + by);
}
