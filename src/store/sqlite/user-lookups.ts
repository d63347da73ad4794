import { fold } from '../../core/fold.ts';
import type { Activity, User } from '../../core/user.ts';
import type { UserStore } from '../../ports/user-store.ts';
import type { Database } from './database.ts';
import { documentOf, documentsOf } from './documents.ts';
import { LIMIT } from './fragments.ts';
import type { Interning } from './interning.ts';
import { NO_CONNECTION } from './user-columns.ts';

type UserLookups = Pick<
  UserStore,
  | 'get'
  | 'getMany'
  | 'findByScimId'
  | 'findByEmail'
  | 'findByEmails'
  | 'findByUserName'
  | 'findBySourceKeys'
  | 'scanOutdated'
  | 'scanMissing'
  | 'countActive'
>;

const SELECT = 'SELECT d.document FROM users u JOIN documents d ON d.n = u.n WHERE u.organization = ?1';
/** A list of values drives the search, so that its cost is that of the values. */
const FROM_LIST = `SELECT d.document FROM json_each(?2) j
  CROSS JOIN users u ON u.organization = ?1 AND`;
const DOCUMENT = 'CROSS JOIN documents d ON d.n = u.n';

/** Reads by key and the scans of sweeps and runs: each is one indexed statement. */
export function createUserLookups({ sql }: Database, names: Interning): UserLookups {
  const byId = sql(`${SELECT} AND u.id = ?2`);
  const byIds = sql(`${FROM_LIST} u.id = j.value ${DOCUMENT} ORDER BY u.id`);
  const byScimId = sql(`${SELECT} AND u.scim_id = ?2`);
  const byEmail = sql(`${SELECT} AND u.email = ?2`);
  const byEmails = sql(`${FROM_LIST} u.email = j.value ${DOCUMENT} ORDER BY u.id`);
  const byUserName = sql(`${SELECT} AND u.user_name = ?2`);
  const byFormerUserName = sql(`${SELECT} AND u.former_user_name = ?2 ORDER BY d.updated DESC, u.id DESC LIMIT 1`);
  const bySourceKeys = sql(`SELECT d.document FROM json_each(?4) j
    CROSS JOIN source_keys k ON k.organization = ?1 AND k.source = ?2 AND k.external_id = j.value AND k.connection = ?3
    ${DOCUMENT.replace('u.n', 'k.n')} ORDER BY k.external_id`);
  const outdated = sql(`${SELECT} AND u.settings_version < ?2 AND u.id > ?3 ORDER BY u.id ${LIMIT}`);
  const missing = sql(`SELECT k.external_id, u.id, k.activity FROM source_keys k CROSS JOIN users u ON u.n = k.n
    WHERE k.organization = ?1 AND k.source = ?3 AND k.present = 1 AND k.external_id > ?5
      AND k.external_id NOT IN (
        SELECT j.value FROM runs r CROSS JOIN presence p ON p.run = r.id CROSS JOIN json_each(p.external_ids) j
        WHERE r.organization = ?2 AND r.id = ?4)
    ORDER BY k.external_id ${LIMIT}`);
  const active = sql(`SELECT count(*) AS total FROM source_keys
    WHERE organization = ? AND source = ? AND activity = 'active' AND present = 1`);

  return {
    get: async (organization, id) => documentOf<User>(byId.get(names.find(organization), id)),
    getMany: async (organization, ids) => documentsOf<User>(byIds.all(names.find(organization), distinct(ids))),
    findByScimId: async (organization, scimId) => documentOf<User>(byScimId.get(names.find(organization), scimId)),
    findByEmail: async (organization, email) => documentOf<User>(byEmail.get(names.find(organization), fold(email))),
    findByEmails: async (organization, emails) =>
      documentsOf<User>(byEmails.all(names.find(organization), distinct(emails.map(fold)))),
    async findByUserName(organization, userName) {
      const key = [names.find(organization), fold(userName)] as const;
      return documentOf<User>(byUserName.get(...key) ?? byFormerUserName.get(...key));
    },
    async findBySourceKeys(organization, source, connectionId, externalIds) {
      const connection = connectionId === null ? NO_CONNECTION : names.find(connectionId);
      const rows = bySourceKeys.all(names.find(organization), source, connection, distinct(externalIds));
      return documentsOf<User>(rows);
    },
    scanOutdated: async (organization, settingsVersion, afterId, limit) =>
      documentsOf<User>(outdated.all(names.find(organization), settingsVersion, afterId ?? '', limit)),
    scanMissing: async (organization, source, runId, afterKey, limit) =>
      missing.all(names.find(organization), organization, source, runId, afterKey ?? '', limit).map((row) => ({
        externalId: row.external_id as string,
        userId: row.id as string,
        activity: row.activity as Activity,
      })),
    countActive: async (organization, source) => Number(active.get(names.find(organization), source)?.total),
  };
}

function distinct(values: readonly string[]): string {
  return JSON.stringify([...new Set(values)]);
}
