import { employeeNumberOf } from '../../core/person-attributes.ts';
import { tagsOf } from '../../core/tags.ts';
import type { Database } from './database.ts';
import { PERSON_FIELDS, userOf } from './user-document.ts';
import { USERS, type UserRow } from './user-schema.ts';

const BATCH = 500;

/** Lets people who were here before be found by their employee number. */
export async function fillEmployeeNumbers(database: Database, step: (name: string) => Promise<void>): Promise<void> {
  const users = database.collection<UserRow>(USERS);
  for (let after = ''; ; ) {
    await step(`people after ${after === '' ? 'nobody' : after}`);
    const page = { projection: { ...PERSON_FIELDS, _id: 1 }, sort: { _id: 1 }, limit: BATCH } as const;
    const rows = await users.find({ organization: { $exists: true }, _id: { $gt: after } }, page).toArray();
    const updates = rows.flatMap((row) => {
      const { _id, version } = row;
      const user = userOf(row);
      if (employeeNumberOf(user.attributes) === null) return [];
      // Who was changed meanwhile by a writer of this version has it.
      return [{ updateOne: { filter: { _id, version }, update: { $set: { tags: tagsOf(user) } } } }];
    });
    if (updates.length > 0) await users.bulkWrite(updates, { ordered: false });
    const last = rows.at(-1);
    if (!last || rows.length < BATCH) return;
    after = last._id;
  }
}
