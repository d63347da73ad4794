import { type ColumnName, POOLS, ruleOf, type ValueColumn, withCell } from './csv-columns.ts';
import { sameAddress } from './email-claim.ts';
import type { JudgedRow } from './import.ts';
import type { Json } from './json.ts';
import { poolsIn } from './judge-pools.ts';
import type { Settings } from './organization.ts';
import { withPools } from './pool-membership.ts';
import type { User } from './user.ts';

/** What an admin would say to bring a row's changes about. */
export interface RowEdit {
  /** Attributes by canonical name, null = "no value". */
  readonly attributes: { readonly [attribute: string]: Json };
  /** Absent: the address stays. */
  readonly email?: string;
}

export function editOfRow(user: User, changes: JudgedRow['changes'], settings: Settings): RowEdit {
  const attributes = { ...user.attributes };
  const said: { [attribute: string]: Json } = {};
  for (const [name, pair] of Object.entries(changes) as [ColumnName, readonly [string, string]][]) {
    const rule = name === POOLS ? null : ruleOf(name as ValueColumn, settings);
    if (rule === null || rule.attribute === null) continue;
    const value = withCell(attributes[rule.attribute], rule, pair[1]);
    attributes[rule.attribute] = value;
    said[rule.attribute] = value;
  }
  const email = changes.email?.[1];
  return email === undefined || (email === user.email && sameAddress(email, user.email))
    ? { attributes: said }
    : { attributes: said, email };
}

/** The person in the pools a row puts them into. */
export function withPoolsOfRow(user: User, { [POOLS]: pair }: JudgedRow['changes']): User {
  return pair === undefined ? user : withPools(user, poolsIn(pair[1]));
}
