import type { Condition } from '../../ports/condition.ts';
import type { ScimQuery } from '../../ports/user-store.ts';
import { conditionSql } from './conditions.ts';
import { type Counters, STATUSES, scopeCounter, statusCounter } from './counters.ts';
import type { Database } from './database.ts';
import { type Fragment, TRUE } from './fragments.ts';
import type { Interning } from './interning.ts';
import { UNOWNED } from './user-columns.ts';

/** Whom a query is about, in terms of rows. */
export interface Visible {
  readonly organization: number | null;
  readonly scopes: readonly [unowned: number, owned: number | null];
  readonly where: Fragment;
}

/** Totals of what a connection sees: from counters as far as those tell, else counted along an index. */
export interface ScimTotals {
  visible(query: ScimQuery): Visible;
  /** Exactly those the condition of the query selects. */
  count(query: ScimQuery): number;
  /** Whether the connection sees so few of an organization's people that its indexes mostly lead to others. */
  seesFew(query: ScimQuery): boolean;
  /** The same with another condition, but not beyond `most`. */
  countUpTo(query: ScimQuery, condition: Condition | undefined, most: number): number;
}

export function createScimTotals({ sql }: Database, names: Interning, counters: Counters): ScimTotals {
  function visible({ organizationId, connectionId, condition }: ScimQuery): Visible {
    const organization = names.find(organizationId);
    const where = condition ? conditionSql(condition, organization) : TRUE;
    return { organization, scopes: [UNOWNED, names.find(connectionId)], where };
  }

  function everybody({ organization, scopes }: Visible): number {
    return counters.sum(organization, scopes.map(scopeCounter));
  }

  function counted({ organization, scopes, where }: Visible): number {
    const total = sql(`SELECT count(*) AS total FROM users u
      WHERE u.organization = ? AND u.scope IN (?, ?) AND ${where.sql}`);
    return Number(total.get(organization, ...scopes, ...where.values)?.total);
  }

  return {
    visible,
    count(query) {
      if (!query.condition) return everybody(visible(query));
      const active = activeIn(query.condition);
      if (active !== true) return counted(visible(query));
      // Nearly everybody is active: those who are not are far fewer to count.
      return everybody(visible(query)) - counted(visible({ ...query, condition: INACTIVE }));
    },
    seesFew(query) {
      const seen = visible(query);
      return everybody(seen) * FEW < counters.sum(seen.organization, STATUSES.map(statusCounter));
    },
    countUpTo(query, condition, most) {
      if (!condition) return everybody(visible(query));
      const { organization, scopes, where } = visible({ ...query, condition });
      const total = sql(`SELECT count(*) AS total FROM (SELECT 1 FROM users u
        WHERE u.organization = ? AND u.scope IN (?, ?) AND ${where.sql} LIMIT (? + 0))`);
      return Number(total.get(organization, ...scopes, ...where.values, most)?.total);
    },
  };
}

/** Of this many people, one is few: to put those in order is less work than to pass over the others. */
const FEW = 20;

const INACTIVE: Condition = { field: 'active', op: 'eq', value: false };

/** Which people a condition on nothing but `active` selects; undefined when it says something else. */
function activeIn(condition: Condition): boolean | undefined {
  const isPlain = 'field' in condition && condition.field === 'active' && condition.op === 'eq';
  return isPlain && typeof condition.value === 'boolean' ? condition.value : undefined;
}
