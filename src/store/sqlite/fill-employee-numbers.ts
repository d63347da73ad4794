import { employeeNumberOf } from '../../core/person-attributes.ts';
import { tagsOf } from '../../core/tags.ts';
import type { Database } from './database.ts';
import { LIMIT } from './fragments.ts';
import { readUser } from './user-document.ts';

const BATCH = 500;

/** Lets people who were here before be found by their employee number. */
export function fillEmployeeNumbers({ sql }: Database): void {
  const page = sql(`SELECT u.n, u.organization, d.document FROM users u CROSS JOIN documents d ON d.n = u.n
    WHERE u.n > ? ORDER BY u.n ${LIMIT}`);
  const update = sql('UPDATE users SET tags = ? WHERE n = ?');
  const insertTag = sql('INSERT OR IGNORE INTO user_tags (organization, tag, n) VALUES (?, ?, ?)');
  for (let after = 0; ; ) {
    const rows = page.all(after, BATCH);
    for (const row of rows) {
      const user = readUser(row);
      if (!user || employeeNumberOf(user.attributes) === null) continue;
      const tags = tagsOf(user);
      const n = row.n as number;
      update.run(JSON.stringify(tags), n);
      for (const tag of tags) insertTag.run(row.organization as number, tag, n);
    }
    const last = rows.at(-1);
    if (!last || rows.length < BATCH) return;
    after = last.n as number;
  }
}
