import type { User } from '../../core/user.ts';
import type { Database } from './database.ts';
import { LIMIT } from './fragments.ts';
import { readUser } from './user-document.ts';

const BATCH = 500;

/** Shows everybody of all organizations to a migration, with the numbers of their row and of their organization. */
export function eachPerson({ sql }: Database, show: (user: User, n: number, organization: number) => void): void {
  const page = sql(`SELECT u.n, u.organization, d.document FROM users u CROSS JOIN documents d ON d.n = u.n
    WHERE u.n > ? ORDER BY u.n ${LIMIT}`);
  for (let after = 0; ; ) {
    const rows = page.all(after, BATCH);
    for (const row of rows) {
      const user = readUser(row);
      if (user) show(user, row.n as number, row.organization as number);
    }
    const last = rows.at(-1);
    if (!last || rows.length < BATCH) return;
    after = last.n as number;
  }
}
