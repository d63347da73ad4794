import { employeeNumberOf } from '../../core/person-attributes.ts';
import { tagsOf } from '../../core/tags.ts';
import type { Database } from './database.ts';
import { updatePeople } from './update-people.ts';

const EVERYBODY = { organization: { $exists: true } };

/** Lets people who were here before be found by their employee number. */
export async function fillEmployeeNumbers(database: Database, step: (name: string) => Promise<void>): Promise<void> {
  await updatePeople(database, EVERYBODY, step, (user) =>
    employeeNumberOf(user.attributes) === null ? null : { tags: tagsOf(user) },
  );
}
