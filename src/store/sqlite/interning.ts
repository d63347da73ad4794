import type { Database } from './database.ts';

/**
 * Numbers for ids that stand in many rows, such as the organization's: an index of small entries is written in half the time.
 * A number is given once and never changes.
 */
export interface Interning {
  /** The number of a text, given now if it has none. Belongs inside a transaction. */
  give(text: string): number;
  /** The number of a text; null, which equals nothing in SQL, when it has none. */
  find(text: string): number | null;
}

export function createInterning(database: Database): Interning {
  const known = new Map<string, number>();
  const select = database.sql('SELECT n FROM interned WHERE text = ?');
  const insert = database.sql('INSERT INTO interned (text) VALUES (?)');
  // A number given in a transaction that failed was never given.
  database.onRollback(() => known.clear());

  function find(text: string): number | null {
    const cached = known.get(text);
    if (cached !== undefined) return cached;
    const stored = select.get(text)?.n;
    if (typeof stored !== 'number') return null;
    known.set(text, stored);
    return stored;
  }

  function give(text: string): number {
    const number = find(text) ?? insert.run(text).lastInsertRowid;
    known.set(text, number);
    return number;
  }

  return { find, give };
}
