import { DatabaseSync } from 'node:sqlite';
import { createCheckpointer, NO_CHECKPOINTER } from './checkpointer.ts';
import { createStatements, guarded, type Statement } from './statements.ts';

/** One open SQLite file. Trouble with the disk is thrown as `unavailable`. */
export interface Database {
  /** The statement for a text, prepared once. Client text is bound, never part of it. */
  sql(text: string): Statement;
  /** Runs several statements at once. */
  script(text: string): void;
  /** All of `work` or nothing. Synchronous, so that no other work of this process comes between. */
  transaction<T>(work: () => T): T;
  /** Calls back after every transaction that came to nothing. */
  onRollback(listener: () => void): void;
  close(): Promise<void>;
}

/**
 * How the file is used.
 *
 * WAL with `synchronous=NORMAL`: a commit is in the operating system's hands when it returns, so a killed process (kill -9) loses
 * nothing that was acknowledged. A power cut or kernel crash may lose the last commits before the latest checkpoint, never more
 * and never half of one; identity providers and directories say again what was lost. FULL would cost a disk flush on every write.
 * Checkpoints are the checkpointer's; SQLite's own, at 50,000 pages (200 MB), only bound the log should that one fail or fall behind.
 */
const PRAGMAS = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA cache_size = -16384;
  PRAGMA temp_store = MEMORY;
  PRAGMA wal_autocheckpoint = 50000;
`;

const BUSY_TIMEOUT_MS = 5_000;

export const IN_MEMORY = ':memory:';

/** Opens a database file; IN_MEMORY lives as long as the connection. */
export function openDatabase(path: string): Database {
  const connection = guarded(() => new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS }));
  guarded(() => connection.exec(PRAGMAS));
  const checkpointer = path === IN_MEMORY ? NO_CHECKPOINTER : createCheckpointer(path);
  let writes = 0;
  const sql = createStatements(connection, () => {
    writes += 1;
  });
  const rolledBack: (() => void)[] = [];
  const begin = sql('BEGIN IMMEDIATE');
  const commit = sql('COMMIT');
  const rollback = sql('ROLLBACK');
  return {
    sql,
    script: (text) => guarded(() => connection.exec(text)),
    transaction(work) {
      begin.run();
      try {
        const result = work();
        commit.run();
        checkpointer.wrote(writes);
        writes = 0;
        return result;
      } catch (error) {
        if (connection.isTransaction) rollback.run();
        for (const listener of rolledBack) listener();
        throw error;
      }
    },
    onRollback(listener) {
      rolledBack.push(listener);
    },
    async close() {
      connection.close();
      await checkpointer.close();
    },
  };
}
