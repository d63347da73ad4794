import { type Claim, type ClaimRow, keyCode } from '../claims.ts';
import type { Database } from './database.ts';
import type { Row } from './statements.ts';
import { keyRows, textColumn, type UserColumns } from './user-columns.ts';
import type { PreparedChange } from './user-rows.ts';

/** A claim with what to look it up by: a column's value, or source, connection and external id. */
interface StoredClaim extends Claim {
  readonly kind: string;
  readonly value: string | readonly (string | number)[];
}

/** A change with what it holds and claims. */
export interface ClaimingChange extends ClaimRow {
  readonly change: PreparedChange;
  readonly before: readonly StoredClaim[];
  readonly after: readonly StoredClaim[];
}

/** Who holds, as stored, what the changes (of one organization) claim anew: claim key → user id. */
export type FindHolders = (rows: readonly ClaimingChange[]) => ReadonlyMap<string, string>;

const COLUMNS = [
  { name: 'email', code: 'email_taken' },
  { name: 'user_name', code: 'user_name_taken' },
  { name: 'scim_id', code: 'source_key_taken' },
] as const;

const SOURCE_KEY = 'source_key';

export function claiming(change: PreparedChange): ClaimingChange {
  const before = change.stored ? claimsOf(change.stored.columns) : [];
  return { change, userId: change.user.id, before, after: claimsOf(change.columns) };
}

function claimsOf(columns: UserColumns): readonly StoredClaim[] {
  const claims: StoredClaim[] = [];
  for (const { name, code } of COLUMNS) {
    const value = textColumn(columns, name);
    if (value !== null) claims.push({ code, kind: name, value, key: claimKey(name, value) });
  }
  for (const [source, connection, externalId] of keyRows(columns)) {
    const value = [source, connection, externalId];
    claims.push({ code: keyCode(source), kind: SOURCE_KEY, value, key: claimKey(SOURCE_KEY, ...value) });
  }
  return claims;
}

/** Only the last part may hold anything, so that no two claims share a key. */
function claimKey(...parts: readonly unknown[]): string {
  return parts.join('\n');
}

export function createFindHolders({ sql }: Database): FindHolders {
  const lookups = [
    ...COLUMNS.map(({ name }) => ({
      kind: name as string,
      statement: sql(`SELECT u.${name} AS value, u.id FROM json_each(?2) j
        CROSS JOIN users u ON u.organization = ?1 AND u.${name} = j.value`),
      keyOf: ({ value }: Row) => claimKey(name, value),
    })),
    {
      kind: SOURCE_KEY,
      statement: sql(`SELECT k.source, k.connection, k.external_id, u.id FROM json_each(?2) j
        CROSS JOIN source_keys k ON k.organization = ?1 AND k.source = j.value ->> 0
          AND k.external_id = j.value ->> 2 AND k.connection = j.value ->> 1
        CROSS JOIN users u ON u.n = k.n`),
      keyOf: (row: Row) => claimKey(SOURCE_KEY, row.source, row.connection, row.external_id),
    },
  ];
  return (rows) => {
    const organization = rows[0]?.change.organization ?? null;
    const wanted = Map.groupBy(newClaims(rows), ({ kind }) => kind);
    const holders = new Map<string, string>();
    for (const { kind, statement, keyOf } of lookups) {
      const values = wanted.get(kind)?.map(({ value }) => value);
      if (!values) continue;
      for (const row of statement.all(organization, JSON.stringify(values))) holders.set(keyOf(row), row.id as string);
    }
    return holders;
  };
}

function newClaims(rows: readonly ClaimingChange[]): readonly StoredClaim[] {
  return rows.flatMap(({ before, after }) => after.filter(({ key }) => !before.some((held) => held.key === key)));
}
