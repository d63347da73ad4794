import { EMAIL } from './assertions.ts';
import { SOURCE_TITLES } from './change-summary.ts';
import { COLUMNS, type ColumnName, cellOf, withCell } from './csv-columns.ts';
import { sameAddress } from './email-claim.ts';
import { fold } from './fold.ts';
import type { FileRow, ImportMapping, JudgedRow, Verdict } from './import.ts';
import type { Settings } from './organization.ts';
import { liveAsserter } from './resolve.ts';
import type { User } from './user.ts';

/** People a page of rows may mean. */
export interface PeopleFacts {
  readonly byId: ReadonlyMap<string, User>;
  /** By folded address. */
  readonly byEmail: ReadonlyMap<string, User>;
}

interface Cells {
  readonly values: ReadonlyMap<ColumnName | 'id', string>;
  readonly mistake: string | null;
}

const ADDRESS = /^[^\s@]+@[^\s@]+$/;
const LONGEST = 500;
const LONGEST_NAME = 200;
const LONGEST_ADDRESS = 320;
/** Columns that are never blanked. */
const NEVER_CLEARED: ReadonlySet<string> = new Set(['email', 'name', 'givenName', 'familyName']);

/** What names the person of a row, folded; '' when the cell is blank. */
export function keyOfRow(row: FileRow, mapping: ImportMapping): string {
  const value = (row.cells[mapping.columns.indexOf(mapping.key)] ?? '').trim();
  return mapping.key === 'email' ? fold(value) : value;
}

/**
 * Decides what is to become of a row. Pure.
 *
 * A value that is the effective one already is no edit; what a live source owns is passed over and named.
 */
export function judgeRow(row: FileRow, mapping: ImportMapping, facts: PeopleFacts, settings: Settings): JudgedRow {
  const { values, mistake } = cellsOf(row, mapping);
  if (mistake !== null) return judged(row, 'invalid', null, [mistake]);
  const key = keyOfRow(row, mapping);
  const user = (mapping.key === 'id' ? facts.byId.get(key) : facts.byEmail.get(key)) ?? null;
  if (user === null) return judgeNew(row, mapping, values, settings);
  if (mapping.mode === 'create') return judged(row, 'email_taken', user.id, [TAKEN]);
  if (user.kind === 'agency') return judged(row, 'agency_user', user.id, ['agency users are not changed by an import']);
  return judgeKnown(row, mapping, values, user, facts, settings);
}

const TAKEN = 'this email is already used by another user';

function judgeNew(row: FileRow, { key, mode }: ImportMapping, values: Cells['values'], { scim }: Settings): JudgedRow {
  if (mode === 'update' || key === 'id') return judged(row, 'invalid', null, [`nobody has this ${key}`]);
  const named = ['name', 'givenName', 'familyName'].some((name) => values.get(name as ColumnName));
  if (!named) return judged(row, 'invalid', null, ['a new user needs a name']);
  if (scim.enabled) return judged(row, 'held', null, ['SCIM is on: it alone adds users']);
  const changes = [...values].flatMap(([name, to]) => (name === 'id' || to === '' ? [] : [[name, ['', to]] as const]));
  return { ...judged(row, 'create', null, []), changes: Object.fromEntries(changes) };
}

function judgeKnown(
  row: FileRow,
  { key, blank }: ImportMapping,
  values: Cells['values'],
  user: User,
  facts: PeopleFacts,
  settings: Settings,
): JudgedRow {
  const changes: { [column: string]: readonly [string, string] } = {};
  const before: { [column: string]: string } = {};
  const reasons: string[] = [];
  for (const [name, to] of values) {
    if (name === 'id' || name === key) continue;
    const from = cellOf(user, name);
    before[name] = from;
    if (from === to || from.trim() === to || (to === '' && (blank === 'keep' || NEVER_CLEARED.has(name)))) continue;
    const owner = liveAsserter(user.records, settings, COLUMNS[name].attribute ?? EMAIL);
    if (owner === null) changes[name] = [from, to];
    else reasons.push(`${SOURCE_TITLES[owner]} decides ${name}`);
  }
  const holder = changes.email ? facts.byEmail.get(fold(changes.email[1])) : undefined;
  if (holder && holder.id !== user.id) return judged(row, 'email_taken', user.id, [TAKEN]);
  const verdict = verdictOf(Object.keys(changes).length > 0, reasons.length > 0);
  if (verdict === 'unchanged' || verdict === 'overridden') return judged(row, verdict, user.id, reasons);
  const hints = user.status === 'deactivated' ? ['the user is deactivated: only the profile changes'] : [];
  return { ...judged(row, verdict, user.id, [...reasons, ...hints]), seen: user.version, changes, before };
}

function verdictOf(changes: boolean, skips: boolean): Verdict {
  if (changes) return skips ? 'partial' : 'update';
  return skips ? 'overridden' : 'unchanged';
}

export function judged(
  { line }: FileRow,
  verdict: Verdict,
  userId: string | null,
  reasons: readonly string[],
): JudgedRow {
  return { line, verdict, userId, changes: {}, reasons };
}

function cellsOf(row: FileRow, { columns, key }: ImportMapping): Cells {
  const values = new Map<ColumnName | 'id', string>();
  if (row.problem !== undefined) return { values, mistake: row.problem };
  for (const [index, name] of columns.entries()) {
    if (name === null) continue;
    const value = (row.cells[index] ?? '').trim();
    const mistake = mistakeOf(name, value);
    if (mistake !== null) return { values, mistake };
    values.set(name, value);
  }
  return { values, mistake: values.get(key) ? null : `${key} is blank, and it names the user` };
}

function mistakeOf(name: ColumnName | 'id', value: string): string | null {
  const longest = name === 'email' ? LONGEST_ADDRESS : name === 'name' ? LONGEST_NAME : LONGEST;
  if (value.length > longest) return `${name} has more than ${longest} characters`;
  if (name === 'email' && value !== '' && !ADDRESS.test(value))
    return 'email must be an email address with exactly one @';
  return null;
}

/** The person's attributes as an admin says them now, by canonical name, and the address if it is another. */
export function editOf(user: User, changes: JudgedRow['changes']) {
  const attributes = { ...user.attributes };
  const said: { [attribute: string]: ReturnType<typeof withCell> } = {};
  for (const [name, pair] of Object.entries(changes) as [ColumnName, readonly [string, string]][]) {
    const { attribute } = COLUMNS[name];
    if (attribute === null) continue;
    const value = withCell(attributes[attribute], name, pair[1]);
    attributes[attribute] = value;
    said[attribute] = value;
  }
  const email = changes.email?.[1];
  return email === undefined || (email === user.email && sameAddress(email, user.email))
    ? { attributes: said }
    : { attributes: said, email };
}
