import { sameJson } from '../../core/json.ts';
import { type Claim, type ClaimRow, keyCode } from '../claims.ts';
import type { PreparedChange } from './user-rows.ts';
import type { UserCollection } from './user-schema.ts';
import { CLAIM_FIELDS, type ClaimFields, claimSource } from './user-shadow.ts';

/** A claim with the field and the value to look it up by. */
interface StoredClaim extends Claim {
  readonly field: keyof ClaimFields;
  readonly value: string;
}

/** A change with what it holds and claims. */
export interface ClaimingChange extends ClaimRow {
  readonly change: PreparedChange;
  readonly before: readonly StoredClaim[];
  readonly after: readonly StoredClaim[];
}

const CODES = {
  emailKey: 'email_taken',
  userNameKey: 'user_name_taken',
  scimId: 'source_key_taken',
} as const satisfies Record<Exclude<keyof ClaimFields, 'sourceClaims'>, Claim['code']>;

export function claiming(change: PreparedChange): ClaimingChange {
  const after = claimsOf(change.fields);
  return { change, userId: change.user.id, before: claimsBefore(change, after), after };
}

/** Most changes leave the claims alone: then both lists are one. */
function claimsBefore({ stored, fields }: PreparedChange, after: readonly StoredClaim[]): readonly StoredClaim[] {
  if (!stored) return [];
  const same = CLAIM_FIELDS.every((field) => sameJson(stored[field], fields[field]));
  return same ? after : claimsOf(stored);
}

function claimsOf(fields: ClaimFields): readonly StoredClaim[] {
  const claims: StoredClaim[] = [];
  for (const field of CLAIM_FIELDS) {
    const values = fields[field];
    if (values === undefined) continue;
    for (const value of typeof values === 'string' ? [values] : values)
      claims.push({ code: codeOf(field, value), field, value, key: claimKey(field, value) });
  }
  return claims;
}

function codeOf(field: keyof ClaimFields, value: string): Claim['code'] {
  return field === 'sourceClaims' ? keyCode(claimSource(value)) : CODES[field];
}

function claimKey(field: string, value: string): string {
  return `${field}\n${value}`;
}

/** Who holds, as stored, what the changes (of one organization) claim anew: claim key → user id. */
export async function findHolders(
  users: UserCollection,
  organization: string,
  rows: readonly ClaimingChange[],
): Promise<ReadonlyMap<string, string>> {
  const wanted = newClaims(rows);
  if (wanted.length === 0) return new Map();
  const branches = [...Map.groupBy(wanted, ({ field }) => field)].map(([field, claims]) => ({
    organization,
    [field]: { $in: claims.map(({ value }) => value) },
  }));
  const found = await users.find({ $or: branches }, { projection: HOLDER, batchSize: wanted.length + 1 }).toArray();
  return new Map(found.flatMap((row) => claimsOf(row).map(({ key }) => [key, row.id] as const)));
}

const HOLDER = { _id: 0, id: 1, ...Object.fromEntries(CLAIM_FIELDS.map((field) => [field, 1])) };

function newClaims(rows: readonly ClaimingChange[]): readonly StoredClaim[] {
  return rows.flatMap(({ before, after }) => {
    if (before === after) return [];
    const held = new Set(before.map(({ key }) => key));
    return after.filter(({ key }) => !held.has(key));
  });
}
