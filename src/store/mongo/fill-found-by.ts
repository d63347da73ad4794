import { foundBy } from '../../core/shadow.ts';
import type { Database } from './database.ts';
import { PERSON_FIELDS, userOf } from './user-document.ts';
import { USERS, type UserRow } from './user-schema.ts';

const BATCH = 500;

/** Who is here without them. A writer of this version puts them there with everything else. */
const UNFILLED = { organization: { $exists: true }, level: { $exists: false } };

/** Gives people who were here before the fields they are filtered and sorted by. */
export async function fillFoundBy(database: Database, step: (name: string) => Promise<void>): Promise<void> {
  const users = database.collection<UserRow>(USERS);
  for (let after = ''; ; ) {
    await step(`people after ${after === '' ? 'nobody' : after}`);
    const page = { projection: { ...PERSON_FIELDS, _id: 1 }, sort: { _id: 1 }, limit: BATCH } as const;
    const rows = await users.find({ ...UNFILLED, _id: { $gt: after } }, page).toArray();
    const updates = rows.map((row) => {
      const { _id, version } = row;
      const { name, department, location, level, tags } = foundBy(userOf(row));
      const given = {
        ...(department === null ? {} : { department }),
        ...(location === null ? {} : { location }),
        ...(tags.length === 0 ? {} : { tags }),
      };
      // Who was changed meanwhile by a writer of this version has them; by an older one, they are filled by the next save.
      return { updateOne: { filter: { _id, version }, update: { $set: { name, level, ...given } } } };
    });
    if (updates.length > 0) await users.bulkWrite(updates, { ordered: false });
    const last = rows.at(-1);
    if (!last || rows.length < BATCH) return;
    after = last._id;
  }
}
