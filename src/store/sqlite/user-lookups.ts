import { fold } from '../../core/fold.ts';
import { tagOf } from '../../core/tags.ts';
import type { UserStore } from '../../ports/user-store.ts';
import { CHANGE_TIMES } from './change-times.ts';
import type { Database } from './database.ts';
import type { Interning } from './interning.ts';
import type { Row } from './statements.ts';
import { NO_CONNECTION, UNOWNED } from './user-columns.ts';
import { readUser, readUsers } from './user-document.ts';

type UserLookups = Pick<
  UserStore,
  | 'get'
  | 'getMany'
  | 'findByScimId'
  | 'findByEmail'
  | 'findByEmails'
  | 'findByEmployeeNumbers'
  | 'findByUserName'
  | 'findBySourceKeys'
  | 'knownScimIds'
>;

const SELECT = 'SELECT d.document FROM users u JOIN documents d ON d.n = u.n WHERE u.organization = ?1';
/** A list of values drives the search, so that its cost is that of the values. */
const FROM_LIST = `SELECT d.document FROM json_each(?2) j
  CROSS JOIN users u ON u.organization = ?1 AND`;
const DOCUMENT = 'CROSS JOIN documents d ON d.n = u.n';

/** Reads by key: each is one indexed statement. */
export function createUserLookups({ sql }: Database, names: Interning): UserLookups {
  const byId = sql(`${SELECT} AND u.id = ?2`);
  const byIds = sql(`${FROM_LIST} u.id = j.value ${DOCUMENT} ORDER BY u.id`);
  const byScimId = sql(`${SELECT} AND u.scim_id = ?2`);
  const byEmail = sql(`${SELECT} AND u.email = ?2`);
  const byEmails = sql(`${FROM_LIST} u.email = j.value ${DOCUMENT} ORDER BY u.id`);
  const byNumbers = sql(`SELECT d.document FROM json_each(?2) j CROSS JOIN documents d ON d.n IN
    (SELECT t.n FROM user_tags t WHERE t.organization = ?1 AND t.tag = j.value ORDER BY t.n LIMIT 2)`);
  const byUserName = sql(`${SELECT} AND u.user_name = ?2`);
  const byFormerUserName = sql(
    `${SELECT} AND u.former_user_name = ?2 ORDER BY ${CHANGE_TIMES.lastModified.exact} DESC, u.id DESC LIMIT 1`,
  );
  const bySourceKeys = sql(`SELECT d.document FROM json_each(?4) j
    CROSS JOIN source_keys k ON k.organization = ?1 AND k.source = ?2 AND k.external_id = j.value AND k.connection = ?3
    ${DOCUMENT.replace('u.n', 'k.n')} ORDER BY k.external_id`);
  const living = sql(`SELECT u.scim_id AS id FROM json_each(?2) j
    CROSS JOIN users u ON u.organization = ?1 AND u.scim_id = j.value WHERE u.scope IN (${UNOWNED}, ?3)`);
  const former = sql(`SELECT f.scim_id AS id FROM json_each(?2) j
    CROSS JOIN former_scim_ids f ON f.organization = ?1 AND f.scim_id = j.value`);

  return {
    get: async (organization, id) => readUser(byId.get(names.find(organization), id)),
    getMany: async (organization, ids) => readUsers(byIds.all(names.find(organization), distinct(ids))),
    findByScimId: async (organization, scimId) => readUser(byScimId.get(names.find(organization), scimId)),
    findByEmail: async (organization, email) => readUser(byEmail.get(names.find(organization), fold(email))),
    findByEmails: async (organization, emails) =>
      readUsers(byEmails.all(names.find(organization), distinct(emails.map(fold)))),
    async findByEmployeeNumbers(organization, numbers) {
      const tags = distinct(numbers.map((number) => tagOf('employeeNumber', number)));
      return readUsers(byNumbers.all(names.find(organization), tags));
    },
    async findByUserName(organization, userName) {
      const key = [names.find(organization), fold(userName)] as const;
      return readUser(byUserName.get(...key) ?? byFormerUserName.get(...key));
    },
    async findBySourceKeys(organization, source, connectionId, externalIds) {
      const connection = connectionId === null ? NO_CONNECTION : names.find(connectionId);
      const rows = bySourceKeys.all(names.find(organization), source, connection, distinct(externalIds));
      return readUsers(rows);
    },
    async knownScimIds(organizationId, connectionId, ids) {
      const organization = names.find(organizationId);
      const idsOf = (rows: readonly Row[]) => new Set(rows.map(({ id }) => id as string));
      return {
        living: idsOf(living.all(organization, distinct(ids), names.find(connectionId))),
        former: idsOf(former.all(organization, distinct(ids))),
      };
    },
  };
}

/** The values as one JSON list, each once. */
export function distinct(values: readonly string[]): string {
  return JSON.stringify([...new Set(values)]);
}
