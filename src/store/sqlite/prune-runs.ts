import type { RunStore } from '../../ports/stores.ts';
import type { Database } from './database.ts';
import { LIMIT } from './fragments.ts';

const BESIDE = ['run_reasons', 'presence', 'staged', 'run_members'] as const;

/** Forgets old runs in SQLite, each with all that lies beside it. */
export function createPrune(database: Database): RunStore['prune'] {
  const { sql } = database;
  const old = sql(`SELECT id FROM runs INDEXED BY runs_created
    WHERE organization = ?1 AND source = ?2 AND unfinished = 0 AND json_extract(document, '$.createdAt') < ?4
    AND id < (SELECT id FROM runs WHERE organization = ?1 AND source = ?2 ORDER BY id DESC LIMIT 1 OFFSET ?3)
    AND id IS NOT ?5 ORDER BY json_extract(document, '$.createdAt') ${LIMIT}`);
  const beside = BESIDE.map((table) => sql(`DELETE FROM ${table} WHERE run IN (SELECT value FROM json_each(?))`));
  const runs = sql('DELETE FROM runs WHERE id IN (SELECT value FROM json_each(?))');
  return async (organization, source, { before, newest, runId }, limit) => {
    const ids = old.all(organization, source, newest - 1, before, runId, limit).map(({ id }) => id as string);
    if (ids.length === 0) return 0;
    const list = JSON.stringify(ids);
    database.transaction(() => {
      for (const statement of [...beside, runs]) statement.run(list);
    });
    return ids.length;
  };
}
