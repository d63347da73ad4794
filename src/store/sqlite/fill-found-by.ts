import { foundBy } from '../../core/shadow.ts';
import type { Database } from './database.ts';
import { eachPerson } from './each-person.ts';

/** Gives people who were here before the columns what they are filtered and sorted by. */
export function fillFoundBy(database: Database): void {
  const update = database.sql(
    'UPDATE users SET name_key = ?, department = ?, location = ?, level = ?, tags = ? WHERE n = ?',
  );
  const insertTag = database.sql('INSERT INTO user_tags (organization, tag, n) VALUES (?, ?, ?)');
  eachPerson(database, (user, n, organization) => {
    const { name, department, location, level, tags } = foundBy(user);
    update.run(name, department, location, level, JSON.stringify(tags), n);
    for (const tag of tags) insertTag.run(organization, tag, n);
  });
}
