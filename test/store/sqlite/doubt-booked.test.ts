import { openDatabase } from '../../../src/store/sqlite/database.ts';
import { DOUBT_BOOKED } from '../../../src/store/sqlite/interview-schema.ts';
import { createInterviewStore } from '../../../src/store/sqlite/interviews.ts';
import { migrate } from '../../../src/store/sqlite/migrations.ts';
import { expectBookedInDoubt } from '../../contracts/doubt-booked.ts';
import { aClock } from '../../fixtures/clock.ts';

describe('interviews that were here before SQLite could doubt them', () => {
  it('are in doubt where they are booked', async () => {
    const database = openDatabase(':memory:');
    migrate(database, aClock());
    await expectBookedInDoubt(createInterviewStore(database), async () => database.script(DOUBT_BOOKED));
    await database.close();
  });
});
