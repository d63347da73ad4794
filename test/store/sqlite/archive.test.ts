import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import { openEmbeddedStores } from '../../../src/store/open.ts';
import { archiveContract, moveArchive } from '../../contracts/archive.contract.ts';
import type { OpenStores } from '../../contracts/open-stores.ts';
import { aClock } from '../../fixtures/clock.ts';
import { fillRichly } from '../../fixtures/rich-store.ts';

const open: OpenStores = (clock) => openEmbeddedStores({ dataDir: ':memory:', clock });

/** Tables that tell of the file itself and not of what it holds. */
const OWN_AFFAIRS = ['migrations', 'moves', 'sqlite_stat1'];

describe('moving from SQLite to SQLite', () => {
  archiveContract(open, open);

  it('forgets no table', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'rollcall-archive-'));
    try {
      const [source, target] = ['source', 'target'].map((name) =>
        openEmbeddedStores({ dataDir: join(directory, name), clock: aClock() }),
      );
      if (!source || !target) throw new Error('two stores were opened');
      await fillRichly(source);
      await moveArchive(source.archive, target.archive);
      await Promise.all([source.close(), target.close()]);
      const before = rowsByTable(join(directory, 'source'));
      expect([...before].filter(([, rows]) => rows === 0)).to.deep.equal([]);
      expect(rowsByTable(join(directory, 'target'))).to.deep.equal(before);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

/** Rows of every table; the richly filled store has some in each. */
function rowsByTable(directory: string): ReadonlyMap<string, number> {
  const file = new DatabaseSync(join(directory, 'rollcall.db'), { readOnly: true });
  const tables = file.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
  const names = tables.map(({ name }) => String(name)).filter((name) => !OWN_AFFAIRS.includes(name));
  const rows = names.map((name) => [name, Number(file.prepare(`SELECT count(*) AS n FROM ${name}`).get()?.n)] as const);
  file.close();
  return new Map(rows);
}
