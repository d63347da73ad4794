import type { Activity } from '../../core/user.ts';
import type { UserStore } from '../../ports/user-store.ts';
import type { Database } from './database.ts';
import { LIMIT } from './fragments.ts';
import type { Interning } from './interning.ts';
import { NO_CONNECTION } from './user-columns.ts';

type UserScans = Pick<UserStore, 'directoryNews' | 'scanMissing' | 'countActive' | 'repair'>;

/** The reads of sweeps and runs: each is one statement along an index. */
export function createUserScans({ sql }: Database, names: Interning): UserScans {
  const news = sql(`SELECT j.key FROM json_each(?3) j
    LEFT JOIN source_keys k ON k.organization = ?1 AND k.source = ?2 AND k.external_id = j.key
      AND k.connection = ${NO_CONNECTION} AND k.present = 1
    WHERE k.hash IS NOT j.value OR (?4 AND k.activity = 'active' AND k.granted = 0)`);
  const missing = sql(`SELECT k.external_id, u.id, k.activity FROM source_keys k CROSS JOIN users u ON u.n = k.n
    WHERE k.organization = ?1 AND k.source = ?3 AND k.present = 1 AND k.external_id > ?5
      AND k.external_id NOT IN (
        SELECT j.value FROM runs r CROSS JOIN presence p ON p.run = r.id CROSS JOIN json_each(p.external_ids) j
        WHERE r.organization = ?2 AND r.id = ?4)
    ORDER BY k.external_id ${LIMIT}`);
  const active = sql(`SELECT count(*) AS total FROM source_keys
    WHERE organization = ? AND source = ? AND activity = 'active' AND present = 1`);

  return {
    async directoryNews(organization, source, people, ungranted) {
      const asked = `{${people.map(({ externalId, hash }) => `${JSON.stringify(externalId)}:${JSON.stringify(hash)}`).join()}}`;
      const rows = news.all(names.find(organization), source, asked, Number(ungranted));
      return new Set(rows.map(({ key }) => key as string));
    },
    scanMissing: async (organization, source, runId, afterKey, limit) =>
      missing.all(names.find(organization), organization, source, runId, afterKey ?? '', limit).map((row) => ({
        externalId: row.external_id as string,
        userId: row.id as string,
        activity: row.activity as Activity,
      })),
    repair: async () => [],
    countActive: async (organization, source) => Number(active.get(names.find(organization), source)?.total),
  };
}
