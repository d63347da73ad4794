import { EMAIL } from './assertions.ts';
import { SOURCE_TITLES } from './change-summary.ts';
import { type ColumnName, cellOf, POOLS } from './csv-columns.ts';
import { fold } from './fold.ts';
import type { FileRow, ImportMapping, JudgedRow, Verdict } from './import.ts';
import { judgePools, type KnownPools, shownPools } from './judge-pools.ts';
import { liveAsserter } from './resolve.ts';
import { type Judging, mistakesIn, type Said, saidIn } from './said-in-row.ts';
import type { User } from './user.ts';

/** People a page of rows may mean, and the pools it names. */
export interface PeopleFacts {
  readonly byId: ReadonlyMap<string, User>;
  /** By folded address. */
  readonly byEmail: ReadonlyMap<string, User>;
  /** Two of them at most, whoever has it. */
  readonly byNumber: ReadonlyMap<string, readonly User[]>;
  readonly pools: KnownPools;
  /** The line of the file that asks for another address for somebody; null without one. Absent: the file is not asked. */
  readonly movedBy?: (user: User) => number | null;
  /** Whose addresses become free in the same write; absent: nobody's. */
  readonly leaving?: ReadonlySet<string>;
}

/** Columns that are never blanked. */
const NEVER_CLEARED: ReadonlySet<string> = new Set(['email', 'name', 'givenName', 'familyName']);
/** Statuses that somebody may expect an import to end. */
const GONE: ReadonlySet<string> = new Set(['deactivated', 'terminated']);
const NAMES: ReadonlySet<string> = new Set(['name', 'givenName', 'familyName']);
export const TAKEN = 'this email is already used by another user';

/** What names the person of a row, an address folded; '' when the cell is blank. */
export function keyOfRow(row: FileRow, { columns, key }: Pick<ImportMapping, 'columns' | 'key'>): string {
  const value = (row.cells[columns.indexOf(key)] ?? '').trim();
  return key === 'email' ? fold(value) : value;
}

/** Everybody whom the key of a row means; more than one only where a key is not unique. */
export function peopleOf(key: string, { mapping }: Judging, { byId, byEmail, byNumber }: PeopleFacts): readonly User[] {
  if (mapping.key === 'employeeNumber') return byNumber.get(key) ?? [];
  const user = (mapping.key === 'id' ? byId : byEmail).get(key);
  return user ? [user] : [];
}

/**
 * Decides what is to become of a row. Pure.
 *
 * A value that is the effective one already is no edit, whatever it looks like; what a live source owns is passed over and named.
 */
export function judgeRow(row: FileRow, judging: Judging, facts: PeopleFacts): JudgedRow {
  const { key, mode } = judging.mapping;
  if (row.problem !== undefined) return judged(row, 'invalid', null, [row.problem]);
  const named = keyOfRow(row, judging.mapping);
  if (named === '') return judged(row, 'invalid', null, [`${key} is blank, and it names the user`]);
  const [user, another] = peopleOf(named, judging, facts);
  if (another) return judged(row, 'ambiguous', null, [`more than one user has this ${key}`]);
  if (!user) return judgeNew(row, judging, facts);
  if (mode === 'create') return refuseKnown(row, key, user);
  if (user.kind === 'agency') return judged(row, 'agency_user', user.id, ['agency users are not changed by an import']);
  return judgeKnown(row, judging, user, facts);
}

function refuseKnown(row: FileRow, key: ImportMapping['key'], { id }: User): JudgedRow {
  return key === 'email'
    ? judged(row, 'email_taken', id, [TAKEN])
    : judged(row, 'invalid', id, [`a user with this ${key} is there already, and the mode is create`]);
}

/** Names the line that gives the holder another address, if there is one: that address may become free. */
function refuseTaken(row: FileRow, userId: string, holder: User, { movedBy }: PeopleFacts): JudgedRow {
  const line = movedBy?.(holder) ?? null;
  if (line === null) return judged(row, 'email_taken', userId, [TAKEN]);
  const reason = `line ${line} asks for another address for that user, and cannot be carried out together with this one`;
  return { ...judged(row, 'email_taken', userId, [TAKEN, reason]), holderId: holder.id };
}

function judgeNew(row: FileRow, judging: Judging, facts: PeopleFacts): JudgedRow {
  const { mapping, settings } = judging;
  const { key, mode, activateNew } = mapping;
  if (mode === 'update' || key === 'id') return judged(row, 'invalid', null, [`nobody has this ${key}`]);
  const said = saidIn(row, judging).filter(({ to }) => to !== '');
  const pools = judgePools(row.cells[judging.pools], newcomer(activateNew), facts.pools);
  const mistakes = [...said.flatMap(mistakesIn), ...pools.mistakes];
  if (!said.some(({ column }) => NAMES.has(column.name))) mistakes.push('a new user needs a name');
  const email = said.find(({ column }) => column.name === 'email')?.to;
  if (email === undefined) mistakes.push('a new user needs an email');
  if (mistakes.length > 0) return judged(row, 'invalid', null, mistakes);
  const holder = facts.byEmail.get(fold(email ?? ''));
  if (holder && !facts.leaving?.has(holder.id)) return refuseTaken(row, holder.id, holder, facts);
  if (settings.scim.enabled) return judged(row, 'held', null, ['SCIM is on: it alone adds users']);
  const changes = said.map(({ column, to }): Change => [column.name, ['', to]]);
  if (pools.change) changes.push([POOLS, pools.change]);
  return { ...judged(row, 'create', null, pools.refusals), changes: Object.fromEntries(changes) };
}

type Change = readonly [name: ColumnName, pair: readonly [from: string, to: string]];

const newcomer = (active: boolean) =>
  ({ status: active ? 'active' : 'unprovisioned', kind: 'employee', access: { pools: [] } }) as const;

function judgeKnown(row: FileRow, judging: Judging, user: User, facts: PeopleFacts): JudgedRow {
  const { settings } = judging;
  const changes: { [column: string]: readonly [from: string, to: string] } = {};
  const before: { [column: string]: string } = {};
  const [mistakes, reasons]: [string[], string[]] = [[], []];
  for (const said of saidIn(row, judging)) {
    const { column, to } = said;
    const { name, rule } = column;
    const from = cellOf(user, rule);
    before[name] = from;
    if (isNoEdit(said, from, judging.mapping)) continue;
    mistakes.push(...mistakesIn(said));
    const owner = liveAsserter(user.records, settings, rule.attribute ?? EMAIL);
    if (owner === null) changes[name] = [from, to];
    else reasons.push(`${SOURCE_TITLES[owner]} decides ${name}`);
  }
  if (judging.pools >= 0) before[POOLS] = shownPools(user);
  const pools = judgePools(row.cells[judging.pools], user, facts.pools);
  if (mistakes.length + pools.mistakes.length > 0)
    return judged(row, 'invalid', user.id, [...mistakes, ...pools.mistakes]);
  const holder = changes.email ? facts.byEmail.get(fold(changes.email[1])) : undefined;
  if (holder && holder.id !== user.id && !facts.leaving?.has(holder.id))
    return refuseTaken(row, user.id, holder, facts);
  if (pools.change) changes[POOLS] = pools.change;
  return concluded(row, user, { changes, before, skipped: reasons, refused: pools.refusals });
}

/** A value that is there already, and a blank where blanks are kept, say nothing. */
function isNoEdit({ column: { name }, to }: Said, from: string, { key, blank }: ImportMapping): boolean {
  if (name === key || from === to || from.trim() === to) return true;
  return to === '' && (blank === 'keep' || NEVER_CLEARED.has(name));
}

interface Findings extends Required<Pick<JudgedRow, 'changes' | 'before'>> {
  /** What live sources decide. */
  readonly skipped: readonly string[];
  /** What the person cannot have as they are. */
  readonly refused: readonly string[];
}

function concluded(row: FileRow, user: User, { changes, before, skipped, refused }: Findings): JudgedRow {
  const verdict = verdictOf(Object.keys(changes).length > 0, skipped.length > 0, refused.length > 0);
  const reasons = [...skipped, ...refused];
  if (verdict !== 'update' && verdict !== 'partial') return judged(row, verdict, user.id, reasons);
  const hints = GONE.has(user.status) ? [`the user is ${user.status}: only the profile changes`] : [];
  return { ...judged(row, verdict, user.id, [...reasons, ...hints]), seen: user.version, changes, before };
}

function verdictOf(changes: boolean, skips: boolean, refusals: boolean): Verdict {
  if (changes) return skips || refusals ? 'partial' : 'update';
  if (skips) return 'overridden';
  return refusals ? 'invalid' : 'unchanged';
}

export function judged(
  { line }: FileRow,
  verdict: Verdict,
  userId: string | null,
  reasons: readonly string[],
): JudgedRow {
  return { line, verdict, userId, changes: {}, reasons };
}
