import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { isAppError } from '../../../src/core/errors.ts';
import { type Database, openDatabase } from '../../../src/store/sqlite/database.ts';

describe('the SQLite file', () => {
  let directory = '';
  let path = '';
  let database: Database;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'rollcall-file-'));
    path = join(directory, 'test.db');
    database = openDatabase(path);
    database.script('CREATE TABLE things (n INTEGER PRIMARY KEY, text TEXT UNIQUE)');
  });
  afterEach(async () => {
    await database.close();
    rmSync(directory, { recursive: true });
  });
  const add = (text: string) => database.sql('INSERT INTO things (text) VALUES (?)').run(text);
  const count = () => database.sql('SELECT count(*) AS total FROM things').get()?.total;

  it('keeps all of a transaction or nothing', () => {
    let rolledBack = 0;
    database.onRollback(() => {
      rolledBack += 1;
    });
    const failing = () =>
      database.transaction(() => {
        add('a');
        throw new Error('in the middle');
      });
    expect(failing).to.throw('in the middle');
    expect(count()).to.equal(0);
    expect(rolledBack).to.equal(1);
    database.transaction(() => add('a'));
    expect(count()).to.equal(1);
    expect(rolledBack).to.equal(1);
  });

  it('calls a full disk unavailable and goes on when there is room again', () => {
    database.script('PRAGMA max_page_count = 20');
    const fill = () =>
      database.transaction(() => Array.from({ length: 50 }, (_, n) => add(`${n}${'x'.repeat(4_000)}`)));
    expect(fill).to.throw('the store cannot answer just now').with.property('code', 'unavailable');
    expect(count()).to.equal(0);
    database.script('PRAGMA max_page_count = 100000');
    fill();
    expect(count()).to.equal(50);
  });

  it('leaves a broken promise of uniqueness to the caller', () => {
    add('a');
    expect(() => add('a')).to.throw('UNIQUE constraint failed: things.text');
    try {
      add('a');
    } catch (error) {
      expect(isAppError(error)).to.equal(false);
    }
  });

  it('prepares a statement once', () => {
    expect(database.sql('SELECT 1')).to.equal(database.sql('SELECT 1'));
    for (let n = 0; n < 1_000; n++) expect(database.sql(`SELECT ${n} AS n`).get()?.n).to.equal(n);
  });

  it('moves the log into the file while it is open', async () => {
    const before = statSync(path).size;
    for (let n = 0; n < 30; n++)
      database.transaction(() => {
        for (let m = 0; m < 100; m++) add(`${n}-${m}-${'x'.repeat(2_000)}`);
      });
    for (let tries = 0; tries < 500 && statSync(path).size < before + 1_000_000; tries++) await sleep(10);
    expect(statSync(path).size).to.be.above(before + 1_000_000);
    expect(count()).to.equal(3_000);
  });
});
