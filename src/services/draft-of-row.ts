import { editOfRow, withPoolsOfRow } from '../core/edit-of-row.ts';
import { fold } from '../core/fold.ts';
import type { FileRow, ImportMapping, JudgedRow } from '../core/import.ts';
import { sameJson } from '../core/json.ts';
import type { PeopleFacts } from '../core/judge-row.ts';
import type { Settings } from '../core/organization.ts';
import { employeeNumberOf } from '../core/person-attributes.ts';
import { type User, withRecord } from '../core/user.ts';
import { manualRecord } from './admin-change.ts';

/** Whether a row would do what the review said it would. */
export function isAsReviewed(fresh: JudgedRow, reviewed: JudgedRow): boolean {
  return (
    fresh.verdict === reviewed.verdict &&
    fresh.userId === reviewed.userId &&
    sameJson(fresh.changes as never, reviewed.changes as never)
  );
}

/** The person as a row says them by an admin's word, and what of it is said again on purpose. */
export function draftOfRow(
  mapping: ImportMapping,
  before: User,
  row: FileRow,
  { changes }: JudgedRow,
  settings: Settings,
): { readonly user: User; readonly restated: readonly string[] } {
  const { attributes, ...address } = editOfRow(before, changes, settings);
  const former = manualRecord(before);
  const isNew = before.version === 0;
  const email = isNew ? { email: (row.cells[mapping.columns.indexOf('email')] ?? '').trim() } : address;
  const enabled = isNew && mapping.activateNew ? true : former.enabled;
  const record = { ...former, attributes: { ...former.attributes, ...attributes }, ...email, enabled };
  const restated = [...Object.keys(attributes), ...('email' in address ? ['email'] : [])];
  return { user: withPoolsOfRow(withRecord(before, record), changes), restated };
}

/** The same facts, with a newer version of one person. */
export function factsWith(facts: PeopleFacts, { key }: ImportMapping, user: User): PeopleFacts {
  const put = (people: PeopleFacts['byId'], name: string | null) =>
    name === null ? people : new Map(people).set(name, user);
  const number = employeeNumberOf(user.attributes);
  return {
    ...facts,
    byId: put(facts.byId, user.id),
    byEmail: put(facts.byEmail, user.email === null ? null : fold(user.email)),
    byNumber: key === 'employeeNumber' && number !== null ? new Map([[number, [user]]]) : facts.byNumber,
  };
}
