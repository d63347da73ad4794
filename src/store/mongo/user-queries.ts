import type { Condition } from '../../ports/condition.ts';
import { conditionQuery } from './conditions.ts';
import type { Query } from './field-queries.ts';
import { userKey } from './user-schema.ts';

/** People of the organization whom the condition selects. */
export function queryOf(organization: string, condition: Condition | null | undefined): Query {
  return condition ? both({ organization }, conditionQuery(condition, organization)) : { organization };
}

/** Fields of the second query that the first one has too are put beside it, so that none is lost. */
export function both(first: Query, second: Query): Query {
  const clash = Object.keys(second).some((name) => Object.hasOwn(first, name) && first[name] !== second[name]);
  return clash ? { $and: [first, second] } : { ...first, ...second };
}

/** People created after somebody, by the key; `0` is what comes after `/`. */
export function idsAfter(organization: string, id: string): Query {
  return { _id: { $gt: userKey(organization, id), $lt: `${organization}0` } };
}
