import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';

/**
 * A person as the bare routes know them: the same JSON text in the same row as Rollcall's, with the values of its one record
 * changed by hand.
 */
export interface BarePerson {
  id: string;
  organizationId: string;
  scim: { id: string; connectionId: string };
  status: string;
  version: number;
  updatedAt: string;
  records: [{ externalId: string; enabled: boolean; attributes: Values }];
}

// biome-ignore lint/suspicious/noExplicitAny: a bare route believes what it is sent
export type Values = any;

export interface BareStore {
  /** The people of one organization. */
  of(organizationId: string): BarePeople;
}

export interface BarePeople {
  byScimId(id: string): BarePerson | undefined;
  byUserName(userName: string): BarePerson | undefined;
  page(cursor: string, limit: number): readonly BarePerson[];
  pageAt(offset: number, limit: number): readonly BarePerson[];
  insert(body: Values): BarePerson;
  /** Reads, changes and writes in one transaction. */
  update(scimId: string, change: (person: BarePerson) => void): BarePerson | undefined;
}

const PRAGMAS = `PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384;
  PRAGMA temp_store = MEMORY;`;
const FROM = 'FROM users u JOIN documents d ON d.n = u.n WHERE u.organization = ?';

/** Prepared statements on a copy of Rollcall's database: the same rows and indexes read and written, and nothing else done. */
export function openBareStore(path: string): BareStore {
  const database = new DatabaseSync(path, { timeout: 5_000 });
  database.exec(PRAGMAS);
  const keys = keysOf(database);
  const sql = (text: string) => database.prepare(text);
  const one = sql(`SELECT u.n, u.active, d.document ${FROM} AND u.scim_id = ?`);
  const named = sql(`SELECT d.document ${FROM} AND u.user_name = ?`);
  const after = sql(`SELECT d.document ${FROM} AND u.id > ? ORDER BY u.id LIMIT ?`);
  const at = sql(`SELECT d.document FROM
    (SELECT n FROM users WHERE organization = ? ORDER BY id LIMIT ? OFFSET ?) page JOIN documents d ON d.n = page.n`);
  const setActive = sql('UPDATE users SET status = ?, active = ? WHERE n = ?');
  const setDocument = sql('UPDATE documents SET version = ?, updated = ?, document = ? WHERE n = ?');
  const addEvent = sql('INSERT INTO outbox (organization, id, event) VALUES (?, ?, ?)');
  const count = sql(`INSERT INTO counters (organization, name, value) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET value = value + excluded.value`);
  const add = createInsert(database);
  const template: BarePerson = JSON.parse(String(sql('SELECT document FROM documents LIMIT 1').get()?.document));
  const [begin, commit] = [sql('BEGIN IMMEDIATE'), sql('COMMIT')];
  const read = (row: Values): BarePerson => JSON.parse(row.document);

  function announce(organization: number, person: BarePerson, changes: Values): void {
    const event = { id: `${person.id}:${person.version}`, userId: person.id, at: person.updatedAt, changes };
    addEvent.run(organization, event.id, JSON.stringify(event));
  }

  function moveActive(organization: number, n: number, person: BarePerson, active: boolean): void {
    const [gone, come] = active ? ['deactivated', 'active'] : ['active', 'deactivated'];
    person.status = come;
    setActive.run(come, Number(active), n);
    count.run(organization, `status:${gone}`, -1);
    count.run(organization, `status:${come}`, 1);
  }

  const peopleOf = (keysOfOne: Keys): BarePeople => {
    const { organization, scope } = keysOfOne;
    return {
      byScimId(id) {
        const row = one.get(organization, id);
        return row && read(row);
      },
      byUserName(userName) {
        const row = named.get(organization, userName.toLowerCase());
        return row && read(row);
      },
      page: (cursor, limit) => after.all(organization, cursor, limit).map(read),
      pageAt: (offset, limit) => at.all(organization, limit, offset).map(read),
      insert(body) {
        const person = newPerson(template, body);
        begin.run();
        add(keysOfOne, person, body);
        count.run(organization, 'status:active', 1);
        count.run(organization, `scope:${scope}`, 1);
        announce(organization, person, body);
        commit.run();
        return person;
      },
      update(scimId, change) {
        begin.run();
        const row: Values = one.get(organization, scimId);
        const person = read(row);
        change(person);
        const active = person.records[0].enabled;
        if (Number(active) !== row.active) moveActive(organization, row.n, person, active);
        person.version += 1;
        person.updatedAt = new Date().toISOString();
        setDocument.run(person.version, person.updatedAt, JSON.stringify(person), row.n);
        announce(organization, person, person.records[0].attributes.title);
        commit.run();
        return person;
      },
    };
  };
  const all = new Map([...keys].map(([organizationId, keysOfOne]) => [organizationId, peopleOf(keysOfOne)]));
  return {
    of(organizationId) {
      const people = all.get(organizationId);
      if (!people) throw new Error(`there is no organization ${organizationId}`);
      return people;
    },
  };
}

/** What rows name the organization and the connection by. */
interface Keys {
  readonly organization: number;
  readonly scope: number;
  readonly connection: number;
}

const KEYS = `SELECT i.text, u.organization, u.scope, k.connection
  FROM (SELECT organization, min(n) AS n FROM users GROUP BY organization) first
  JOIN users u ON u.n = first.n JOIN source_keys k ON k.n = u.n JOIN interned i ON i.n = u.organization`;

function keysOf(database: DatabaseSync): ReadonlyMap<string, Keys> {
  const rows: Values[] = database.prepare(KEYS).all();
  return new Map(rows.map(({ text, ...keys }) => [text, keys]));
}

/** Somebody like those who are there already, so that the text is as long as theirs. */
function newPerson(template: BarePerson, attributes: Values): BarePerson {
  const scim = { ...template.scim, id: randomUUID() };
  const [record] = template.records;
  const records: BarePerson['records'] = [{ ...record, externalId: attributes.externalId, attributes }];
  return { ...template, id: randomUUID(), scim, version: 1, updatedAt: new Date().toISOString(), records };
}

/** Every row and index entry that Rollcall writes for a newcomer. */
function createInsert(database: DatabaseSync): (keys: Keys, person: BarePerson, body: Values) => void {
  const addUser = database.prepare(`INSERT INTO users (organization, id, settings_version, kind, status, created,
    updated_day, scim_id, scope, user_name, external_id, email, display_name, family_name, given_name, active, emails,
    sources, source_keys, search) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const addDocument = database.prepare('INSERT INTO documents (version, updated, document, n) VALUES (?, ?, ?, ?)');
  const addKey = database.prepare(`INSERT INTO source_keys
    (organization, source, connection, external_id, activity, present, granted, n) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
  const addEmail = database.prepare('INSERT INTO user_emails (organization, email, n) VALUES (?, ?, ?)');
  return ({ organization, scope, connection }, person, body) => {
    const { id, scim, version, updatedAt } = person;
    const emails: string[] = body.emails.map(({ value }: Values) => value.toLowerCase());
    const [family, given] = [body.name.familyName.toLowerCase(), body.name.givenName.toLowerCase()];
    const display = body.displayName.toLowerCase();
    const { lastInsertRowid: n } = addUser.run(
      ...[organization, id, 2, 'employee', 'active', updatedAt, updatedAt.slice(0, 10), scim.id, scope],
      ...[body.userName.toLowerCase(), body.externalId, emails[0] ?? '', display, family, given, 1],
      ...[JSON.stringify(emails), '["scim"]', JSON.stringify([['scim', scim.connectionId, body.externalId]])],
      `${display}\n${given} ${family}\n${emails[0]}`,
    );
    addDocument.run(version, updatedAt, JSON.stringify(person), n);
    addKey.run(organization, 'scim', connection, body.externalId, 'unknown', 1, 0, n);
    for (const email of emails) addEmail.run(organization, email, n);
  };
}
