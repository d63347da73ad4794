import type { Run, RunReason } from '../../core/run.ts';
import type { Database } from './database.ts';

/**
 * The reasons of runs, beside their rows: a run is read and written several times for every page, and may have a thousand reasons,
 * most of them as they were.
 */
export interface RunReasons {
  read(run: string): readonly RunReason[];
  /** Makes the stored reasons those of the run. What only grew is added to. Belongs inside a transaction. */
  write(run: Run, goesOn: boolean): void;
}

/** Runs whose reasons are kept at hand while they go on. */
const MOST_KNOWN = 100;

export function createRunReasons(database: Database): RunReasons {
  const { sql } = database;
  const known = new Map<string, readonly RunReason[]>();
  const select = sql('SELECT reasons FROM run_reasons WHERE run = ? ORDER BY first');
  const insert = sql('INSERT INTO run_reasons (run, first, reasons) VALUES (?, ?, ?)');
  const forget = sql('DELETE FROM run_reasons WHERE run = ?');
  database.onRollback(() => known.clear());

  function read(run: string): readonly RunReason[] {
    return known.get(run) ?? select.all(run).flatMap((row) => JSON.parse(row.reasons as string) as RunReason[]);
  }

  return {
    read,
    write({ id, reasons }, goesOn) {
      const stored = read(id);
      const grew = stored.every((reason, index) => reason === reasons[index]);
      if (!grew) forget.run(id);
      const first = grew ? stored.length : 0;
      if (reasons.length > first) insert.run(id, first, JSON.stringify(reasons.slice(first)));
      if (known.size >= MOST_KNOWN) known.clear();
      known.delete(id);
      if (goesOn) known.set(id, reasons);
    },
  };
}
