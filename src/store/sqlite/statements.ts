import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { translated } from './sqlite-errors.ts';

export type Row = Readonly<Record<string, SQLOutputValue>>;
export type Value = SQLInputValue;

/** A prepared statement. Reads all its rows at once: an iterator left open would block checkpoints. */
export interface Statement {
  get(...values: readonly Value[]): Row | undefined;
  all(...values: readonly Value[]): readonly Row[];
  run(...values: readonly Value[]): Written;
}

/** How many rows changed, and the id of the row inserted last. */
export interface Written {
  readonly changes: number;
  readonly lastInsertRowid: number;
}

/** Statements kept prepared; conditions of many shapes must not pile up. */
const MOST_STATEMENTS = 400;

/** Prepares each text once and keeps the statement; `onRun` hears of every write. */
export function createStatements(connection: DatabaseSync, onRun: () => void): (text: string) => Statement {
  const kept = new Map<string, Statement>();
  return (text) => {
    const known = kept.get(text);
    if (known) return known;
    const statement = wrap(
      guarded(() => connection.prepare(text)),
      onRun,
    );
    const [oldest] = kept.keys();
    if (kept.size >= MOST_STATEMENTS && oldest !== undefined) kept.delete(oldest);
    kept.set(text, statement);
    return statement;
  };
}

/** Try by try instead of through `guarded`: these run several times for every write. */
function wrap(statement: StatementSync, onRun: () => void): Statement {
  return {
    get(...values) {
      try {
        return statement.get(...values);
      } catch (error) {
        throw translated(error);
      }
    },
    all(...values) {
      try {
        return statement.all(...values);
      } catch (error) {
        throw translated(error);
      }
    },
    run(...values) {
      onRun();
      try {
        return statement.run(...values) as Written;
      } catch (error) {
        throw translated(error);
      }
    },
  };
}

/** Trouble with the disk comes out as `unavailable`. */
export function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw translated(error);
  }
}
