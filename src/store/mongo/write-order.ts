import type { ClaimRow } from '../claims.ts';

/** Either people who make room for the moment, or people who are written, all at once. */
export interface Step<Row> {
  readonly kind: 'park' | 'write';
  readonly rows: readonly Row[];
}

/**
 * The order in which accepted changes meet no claim of one another: whoever releases something is written before whoever claims it.
 *
 * Where they wait for each other in a circle, one of them parks (gives up what the change releases) and is written when its own
 * turn comes.
 */
export function writeOrder<Row extends ClaimRow>(rows: readonly Row[]): readonly Step<Row>[] {
  const waits = waitsOf(rows);
  const steps: Step<Row>[] = [];
  const released = new Set<Row>();
  const isWaiting = (row: Row) => waits.get(row)?.some((other) => !released.has(other)) ?? false;
  for (let pending = rows; pending.length > 0; ) {
    const ready = pending.filter((row) => !isWaiting(row));
    if (ready.length > 0) steps.push({ kind: 'write', rows: ready });
    else steps.push({ kind: 'park', rows: [onCircle(pending[0] as Row, waits, released)] });
    for (const row of steps.at(-1)?.rows ?? []) released.add(row);
    pending = ready.length > 0 ? pending.filter((row) => !ready.includes(row)) : pending;
  }
  return steps;
}

/** For whom each row waits: those who hold what it claims, and release it. */
function waitsOf<Row extends ClaimRow>(rows: readonly Row[]): ReadonlyMap<Row, readonly Row[]> {
  const releasers = new Map<string, Row>();
  for (const row of rows) for (const { key } of minus(row.before, row.after)) releasers.set(key, row);
  const waits = new Map<Row, readonly Row[]>();
  if (releasers.size === 0) return waits;
  for (const row of rows) {
    const others = minus(row.after, row.before).flatMap(({ key }) => releasers.get(key) ?? []);
    if (others.length > 0) waits.set(row, others);
  }
  return waits;
}

function minus(claims: ClaimRow['before'], others: ClaimRow['before']): ClaimRow['before'] {
  return claims === others ? [] : claims.filter(({ key }) => !others.some((other) => other.key === key));
}

/** Everybody waits for somebody: following them from anyone leads into a circle. */
function onCircle<Row>(start: Row, waits: ReadonlyMap<Row, readonly Row[]>, released: ReadonlySet<Row>): Row {
  const seen = new Set<Row>();
  let row = start;
  while (!seen.has(row)) {
    seen.add(row);
    row = waits.get(row)?.find((other) => !released.has(other)) ?? row;
  }
  return row;
}
