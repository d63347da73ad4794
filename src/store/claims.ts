import type { SaveOutcome } from '../ports/user-store.ts';

/** The refusals a claim can meet. */
export type ClaimCode = Exclude<Extract<SaveOutcome, { saved: false }>['code'], 'stale'>;

/** Where source keys are kept, the values of unique attributes are too: in the place of a source stands this. */
export const UNIQUE_VALUE = 'value';
/** And this for the host's ids. */
export const HOST_ID = 'host';

/** What a claim on a key of that kind is refused with. */
export function keyCode(source: string): ClaimCode {
  if (source === HOST_ID) return 'host_id_taken';
  return source === UNIQUE_VALUE ? 'value_taken' : 'source_key_taken';
}

/** Something only one person of an organization may hold. `key` tells kinds and values apart. */
export interface Claim {
  readonly code: ClaimCode;
  readonly key: string;
}

/** One row of a bulk write: who it is about, what they hold as stored, and what they shall hold. */
export interface ClaimRow {
  readonly userId: string;
  readonly before: readonly Claim[];
  readonly after: readonly Claim[];
}

export interface ClaimRefusal<Row> {
  readonly row: Row;
  readonly code: ClaimCode;
  /** Who holds what the row claims, or got it first. */
  readonly userId: string;
}

export interface SettledClaims<Row> {
  readonly accepted: readonly Row[];
  readonly refused: readonly ClaimRefusal<Row>[];
}

/**
 * Decides which rows of a bulk write may have what they claim, when all that accepted rows release is released first.
 *
 * Swaps in any number of steps work; of two rows that claim the same the earlier wins. `holders` says who holds each claimed key
 * as stored. At least one row is accepted as long as any could be alone, so that repeating with the refused rows against the
 * new state ends with every refusal caused by somebody who truly holds the claim. A person must not occur twice.
 */
export function settleClaims<Row extends ClaimRow>(
  rows: readonly Row[],
  holders: ReadonlyMap<string, string>,
): SettledClaims<Row> {
  const together = shrink(rows, holders);
  if (together.accepted.length > 0) return together;
  const alone = rows.find((row) => shrink([row], holders).accepted.length > 0);
  if (!alone) return together;
  return { accepted: [alone], refused: together.refused.filter(({ row }) => row !== alone) };
}

/** Drops blocked rows until none is: a dropped row releases nothing, which may block others in turn. */
function shrink<Row extends ClaimRow>(rows: readonly Row[], holders: ReadonlyMap<string, string>): SettledClaims<Row> {
  const accepted = new Map(rows.map((row) => [row.userId, row]));
  const refused: ClaimRefusal<Row>[] = [];
  for (let before = -1; before !== accepted.size; ) {
    before = accepted.size;
    const winners = new Map<string, string>();
    for (const row of [...accepted.values()]) {
      const blocked = firstBlocked(row, holders, accepted, winners);
      if (blocked) {
        accepted.delete(row.userId);
        refused.push({ row, ...blocked });
      } else for (const { key } of row.after) winners.set(key, row.userId);
    }
  }
  return { accepted: [...accepted.values()], refused };
}

function firstBlocked(
  row: ClaimRow,
  holders: ReadonlyMap<string, string>,
  accepted: ReadonlyMap<string, ClaimRow>,
  winners: ReadonlyMap<string, string>,
): { readonly code: ClaimCode; readonly userId: string } | null {
  for (const { code, key } of row.after) {
    const winner = winners.get(key);
    if (winner !== undefined) return { code, userId: winner };
    const holder = holders.get(key);
    if (holder !== undefined && holder !== row.userId && !releases(accepted.get(holder), key))
      return { code, userId: holder };
  }
  return null;
}

function releases(row: ClaimRow | undefined, key: string): boolean {
  return row !== undefined && !row.after.some((claim) => claim.key === key);
}
