import { employeeNumberOf } from '../../core/person-attributes.ts';
import { tagsOf } from '../../core/tags.ts';
import type { Database } from './database.ts';
import { eachPerson } from './each-person.ts';

/** Lets people who were here before be found by their employee number. */
export function fillEmployeeNumbers(database: Database): void {
  const update = database.sql('UPDATE users SET tags = ? WHERE n = ?');
  const insertTag = database.sql('INSERT OR IGNORE INTO user_tags (organization, tag, n) VALUES (?, ?, ?)');
  eachPerson(database, (user, n, organization) => {
    if (employeeNumberOf(user.attributes) === null) return;
    const tags = tagsOf(user);
    update.run(JSON.stringify(tags), n);
    for (const tag of tags) insertTag.run(organization, tag, n);
  });
}
