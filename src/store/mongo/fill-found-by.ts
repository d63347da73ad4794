import { foundBy } from '../../core/shadow.ts';
import type { Database } from './database.ts';
import { updatePeople } from './update-people.ts';

/** Who is here without them: a writer of an older version leaves them to the next save. */
const UNFILLED = { organization: { $exists: true }, level: { $exists: false } };

/** Gives people who were here before the fields they are filtered and sorted by. */
export async function fillFoundBy(database: Database, step: (name: string) => Promise<void>): Promise<void> {
  await updatePeople(database, UNFILLED, step, (user) => {
    const { name, department, location, level, tags } = foundBy(user);
    return {
      name,
      level,
      ...(department === null ? {} : { department }),
      ...(location === null ? {} : { location }),
      ...(tags.length === 0 ? {} : { tags }),
    };
  });
}
