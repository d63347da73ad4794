import { expect } from 'chai';
import { createCounters } from '../../../src/store/sqlite/counters.ts';
import { openDatabase } from '../../../src/store/sqlite/database.ts';
import { fillEmployeeNumbers } from '../../../src/store/sqlite/fill-employee-numbers.ts';
import { fillFoundBy } from '../../../src/store/sqlite/fill-found-by.ts';
import { createInterning } from '../../../src/store/sqlite/interning.ts';
import { migrate } from '../../../src/store/sqlite/migrations.ts';
import { SEEN } from '../../../src/store/sqlite/user-schema.ts';
import { createUserStore } from '../../../src/store/sqlite/users.ts';
import { chanceOf, randomUser } from '../../contracts/random-people.ts';
import { aClock } from '../../fixtures/clock.ts';

describe('people who were here before SQLite could filter them', () => {
  it('are given what they are filtered by', async () => {
    const database = openDatabase(':memory:');
    migrate(database, aClock());
    const users = createUserStore(database, createInterning(database), createCounters(database));
    const chance = chanceOf(3);
    const people = Array.from({ length: 1_100 }, (_, n) => ({ ...randomUser(chance, n), email: null }));
    await users.saveMany(people.map((user) => ({ user, events: [] })));
    const columns = 'n, name_key, department, location, level, tags';
    const stored = () => [
      database.sql(`SELECT ${columns} FROM users ORDER BY n`).all(),
      database.sql('SELECT * FROM user_tags ORDER BY n, tag').all(),
    ];
    const before = stored();
    database.script(`DELETE FROM user_tags;
      UPDATE users SET name_key = NULL, department = NULL, location = NULL, level = 'limited', tags = '[]'`);
    expect(stored()).not.to.deep.equal(before);
    fillFoundBy(database);
    expect(stored()).to.deep.equal(before);
    const numbers = "SELECT 1 FROM user_tags WHERE tag >= 'employeeNumber:' AND tag < 'employeeNumber;'";
    expect(database.sql(numbers).all().length).to.be.above(100);
    database.script(`DELETE FROM user_tags WHERE tag >= 'employeeNumber:' AND tag < 'employeeNumber;';
      UPDATE users SET tags = '[]' WHERE tags LIKE '%"employeeNumber:%'`);
    expect(stored()).not.to.deep.equal(before);
    fillEmployeeNumbers(database);
    expect(stored()).to.deep.equal(before);
    await database.close();
  });

  it('were last seen to change when they were written last', async () => {
    const database = openDatabase(':memory:');
    migrate(database, aClock());
    const users = createUserStore(database, createInterning(database), createCounters(database));
    const chance = chanceOf(4);
    const people = Array.from({ length: 200 }, (_, n) => {
      const { seenByScim: _seen, ...user } = { ...randomUser(chance, n), email: null };
      return user;
    });
    await users.saveMany(people.map((user) => ({ user, events: [] })));
    const stored = () => [
      database.sql('SELECT n, seen_day FROM users ORDER BY n').all(),
      database.sql('SELECT n, seen FROM documents ORDER BY n').all(),
    ];
    const before = stored();
    database.script(`DROP INDEX users_seen_day;
      ALTER TABLE users DROP COLUMN seen_day;
      ALTER TABLE documents DROP COLUMN seen;
      DELETE FROM sqlite_stat1 WHERE idx = 'users_seen_day'`);
    database.script(SEEN);
    expect(stored()).to.deep.equal(before);
    await database.close();
  });
});
