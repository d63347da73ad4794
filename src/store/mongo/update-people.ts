import type { User } from '../../core/user.ts';
import type { Database } from './database.ts';
import { PERSON_FIELDS, userOf } from './user-document.ts';
import { USERS, type UserRow } from './user-schema.ts';

const BATCH = 500;

/**
 * Sets fields of the people a migration looks for, some at a time, each step told before it is done; null: nothing of them.
 *
 * Who is changed meanwhile is left alone: a writer of this version puts the fields there itself.
 */
export async function updatePeople(
  database: Database,
  filter: { readonly [field: string]: { readonly $exists: boolean } },
  step: (name: string) => Promise<void>,
  fieldsOf: (user: User) => Partial<UserRow> | null,
): Promise<void> {
  const users = database.collection<UserRow>(USERS);
  for (let after = ''; ; ) {
    await step(`people after ${after === '' ? 'nobody' : after}`);
    const page = { projection: { ...PERSON_FIELDS, _id: 1 }, sort: { _id: 1 }, limit: BATCH } as const;
    const rows = await users.find({ ...filter, _id: { $gt: after } }, page).toArray();
    const updates = rows.flatMap((row) => {
      const { _id, version } = row;
      const fields = fieldsOf(userOf(row));
      return fields === null ? [] : [{ updateOne: { filter: { _id, version }, update: { $set: fields } } }];
    });
    if (updates.length > 0) await users.bulkWrite(updates, { ordered: false });
    const last = rows.at(-1);
    if (!last || rows.length < BATCH) return;
    after = last._id;
  }
}
