import type { Database } from './database.ts';
import type { Statement } from './statements.ts';
import {
  column,
  formerScimIds,
  type KeyRow,
  keyRows,
  otherEmails,
  tagsIn,
  type UserColumn,
  type UserColumns,
} from './user-columns.ts';

/** The tables that hold any number of rows per person: source keys, email values, former SCIM ids and tags. */
export interface UserLists {
  /** Deletes the source keys that are not in `after`. */
  removeKeys(organization: number, before: UserColumns, after: UserColumns): void;
  /** Makes the rows of person `n` those of `after`, touching only what differs from `before`. */
  replace(organization: number, n: number, before: UserColumns | null, after: UserColumns): void;
}

export function createUserLists({ sql }: Database): UserLists {
  const insertKey = sql(`INSERT INTO source_keys
    (organization, source, connection, external_id, activity, present, hash, granted, n)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const updateKey = sql(`UPDATE source_keys SET activity = ?, present = ?, hash = ?, granted = ?
    WHERE organization = ? AND source = ? AND connection = ? AND external_id = ?`);
  const deleteKey = sql(
    'DELETE FROM source_keys WHERE organization = ? AND source = ? AND connection = ? AND external_id = ?',
  );
  const insertEmail = sql('INSERT INTO user_emails (organization, email, n) VALUES (?, ?, ?)');
  const deleteEmail = sql('DELETE FROM user_emails WHERE organization = ? AND email = ? AND n = ?');
  const insertFormer = sql('INSERT INTO former_scim_ids (organization, scim_id, n) VALUES (?, ?, ?)');
  const deleteFormer = sql('DELETE FROM former_scim_ids WHERE organization = ? AND scim_id = ? AND n = ?');
  const insertTag = sql('INSERT INTO user_tags (organization, tag, n) VALUES (?, ?, ?)');
  const deleteTag = sql('DELETE FROM user_tags WHERE organization = ? AND tag = ? AND n = ?');

  function removeKeys(organization: number, before: UserColumns, after: UserColumns): void {
    if (same(before, after, 'source_keys')) return;
    const kept = keyRows(after);
    for (const key of keyRows(before))
      if (!kept.some((other) => isSameKey(key, other))) deleteKey.run(organization, ...identity(key));
  }

  function putKeys(organization: number, n: number, before: UserColumns | null, after: UserColumns): void {
    const known = before ? keyRows(before) : [];
    for (const key of keyRows(after)) {
      const [, , , ...state] = key;
      if (known.some((other) => isSameKey(key, other))) updateKey.run(...state, organization, ...identity(key));
      else insertKey.run(organization, ...key, n);
    }
  }

  /** Makes a table's rows those of `after`; its statements take organization, value and person. */
  function replaceTexts({ read, insert, remove }: Texts, { organization, n, before, after }: Replacement): void {
    const known = before ? read(before) : [];
    const wanted = read(after);
    for (const text of known) if (!wanted.includes(text)) remove.run(organization, text, n);
    for (const text of wanted) if (!known.includes(text)) insert.run(organization, text, n);
  }

  const emails: Texts = { read: otherEmails, insert: insertEmail, remove: deleteEmail };
  const former: Texts = { read: formerScimIds, insert: insertFormer, remove: deleteFormer };
  const tags: Texts = { read: tagsIn, insert: insertTag, remove: deleteTag };

  return {
    removeKeys,
    replace(organization, n, before, after) {
      if (before) removeKeys(organization, before, after);
      if (!before || !same(before, after, 'source_keys')) putKeys(organization, n, before, after);
      const replacement = { organization, n, before, after };
      if (!before || !same(before, after, 'emails') || !same(before, after, 'email')) replaceTexts(emails, replacement);
      if (!before || !same(before, after, 'former_scim_ids')) replaceTexts(former, replacement);
      if (!before || !same(before, after, 'tags')) replaceTexts(tags, replacement);
    },
  };
}

interface Texts {
  readonly read: (columns: UserColumns) => readonly string[];
  readonly insert: Statement;
  readonly remove: Statement;
}

interface Replacement {
  readonly organization: number;
  readonly n: number;
  readonly before: UserColumns | null;
  readonly after: UserColumns;
}

function same(before: UserColumns, after: UserColumns, name: UserColumn): boolean {
  return column(before, name) === column(after, name);
}

function identity([source, connection, externalId]: KeyRow): readonly [string, number, string] {
  return [source, connection, externalId];
}

function isSameKey(left: KeyRow, right: KeyRow): boolean {
  return left[0] === right[0] && left[1] === right[1] && left[2] === right[2];
}
