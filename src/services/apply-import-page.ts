import type { FileRow, Import, ImportMapping, Outcome, RowOutcome } from '../core/import.ts';
import { actingIn, isCarriedOut, WRITING } from '../core/import.ts';
import { judgeRow, keyOfRow, type PeopleFacts, peopleOf } from '../core/judge-row.ts';
import { newUser } from '../core/new-user.ts';
import type { Organization } from '../core/organization.ts';
import { type Judging, judgingOf } from '../core/said-in-row.ts';
import { PLAIN_TERMS, settle } from '../core/settle.ts';
import type { Actor, User } from '../core/user.ts';
import { timestamp } from '../ports/clock.ts';
import { applyRowToAdmin } from './apply-row-to-admin.ts';
import type { Dependencies, WriteDependencies } from './dependencies.ts';
import { draftOfRow, isAsReviewed } from './draft-of-row.ts';
import { type ChangedPerson, leaveGonePools } from './gone-pools.ts';
import { readRows } from './import-parts.ts';
import { personIdOf, readCreated, wasWritten } from './import-traces.ts';
import { isAdmin } from './organization-admins.ts';
import { readOrganization } from './organizations.ts';
import { afterSave, resettle } from './record-change.ts';
import { readRowFacts } from './row-facts.ts';
import { type SettledPerson, saveTogether } from './save-together.ts';
import { type Pending, withPartners } from './swap-partners.ts';
import { takeBack } from './take-back.ts';
import { createTurns } from './turns.ts';

type Needs = Dependencies & WriteDependencies;

interface Prepared extends Pending, SettledPerson {}
interface Written extends Pending, ChangedPerson {}

interface Work {
  readonly deps: Needs;
  readonly entry: Import;
  readonly mapping: ImportMapping;
  readonly by: Actor;
  readonly outcomes: Map<number, RowOutcome>;
  /** Somebody cancelled: what was written is told, and nothing more is. */
  readonly isStopped: boolean;
  readonly at: string;
  readonly turn: () => Promise<void>;
}

/** Rows written in one transaction: fewer cost more each, and of more the others wait for their turn. */
export const ROWS_AT_ONCE = 10;
/** Rounds after which a row that keeps losing races is left as it is. */
const MOST_ROUNDS = 5;
const NOBODY: ReadonlyMap<number, User> = new Map();

/**
 * Carries out a page of a reviewed import: whoever still is as the review saw them is written, everybody else is told.
 *
 * Done again, after a crash or by another process, it writes nothing twice and tells the same. Of a cancelled one it tells what was
 * written before. null: another process has been through with the page meanwhile.
 */
export async function applyImportPage(deps: Needs, entry: Import, page: number): Promise<readonly RowOutcome[] | null> {
  const { mapping } = entry;
  if (mapping === null) return [];
  const turn = createTurns('hurried');
  const rows = await readRows(deps, entry, 'file', page);
  await turn();
  const judged = await readRows(deps, entry, 'review', page);
  await turn();
  const pending = judged.flatMap((reviewed, index) => {
    const row = rows[index];
    return row && WRITING.has(reviewed.verdict) ? [{ row, reviewed }] : [];
  });
  const by = actingIn(entry);
  const outcomes: Work['outcomes'] = new Map();
  for (let from = 0; from < pending.length; from += ROWS_AT_ONCE) {
    const now = await deps.stores.imports.get(entry.organizationId, entry.id);
    if (!now || !isCarriedOut(now) || now.carriedOut !== page) return null;
    const isStopped = now.state === 'cancelling';
    const at = timestamp(deps.clock);
    const work: Work = { deps, entry, mapping, by, outcomes, isStopped, at, turn };
    await applySlice(work, await withPartners(deps, entry, page, pending.slice(from, from + ROWS_AT_ONCE)));
    await turn();
  }
  return pending.flatMap(({ row }) => outcomes.get(row.line) ?? []);
}

async function applySlice(work: Work, slice: readonly Pending[]): Promise<void> {
  let rows = slice;
  for (let round = 0; rows.length > 0 && round < MOST_ROUNDS; round++) rows = await applyRound(work, rows, round > 0);
  for (const { row, reviewed } of rows) tell(work, row, 'changed', reviewed.userId, 'changed too often by others');
}

/** One round; returns the rows that lost a race. */
async function applyRound(work: Work, rows: readonly Pending[], isAgain: boolean): Promise<readonly Pending[]> {
  const { deps, entry, by } = work;
  const organization = await readOrganization(deps, entry.organizationId);
  const files = rows.map(({ row }) => row);
  const found = await readRowFacts(deps, entry.organizationId, files, work.mapping);
  const moving = rows.flatMap(({ reviewed }) => (reviewed.changes.email ? (reviewed.userId ?? []) : []));
  const facts = { ...found, leaving: new Set(moving) };
  const judging = judgingOf(work.mapping, organization.settings);
  const made = isAgain ? await readCreated(deps, entry, files) : NOBODY;
  const prepared: Prepared[] = [];
  for (const pending of rows) {
    const [known] = peopleOf(keyOfRow(pending.row, work.mapping), judging, facts);
    const found = known ?? made.get(pending.row.line) ?? null;
    const next = await prepare(work, judging, facts, pending, found);
    if (next) prepared.push(next);
  }
  if (prepared.length === 0) return [];
  await work.turn();
  const saved = await saveTogether(deps, organization.settings, prepared, { by });
  const written = saved.flatMap(([{ settled, ...item }, outcome]) =>
    outcome.saved ? [{ ...item, after: settled.user }] : [],
  );
  for (const item of written) await noteWritten(work, item);
  await leaveGonePools(deps, entry.organizationId, by, written);
  await recheck(work, organization, written);
  return saved.flatMap(([{ row, reviewed }, outcome]) => (outcome.saved ? [] : [{ row, reviewed }]));
}

/** Settings that moved while we wrote: newcomers do not become active under SCIM, everybody else is resolved again. */
async function recheck(work: Work, used: Organization, written: readonly Written[]): Promise<void> {
  const { deps } = work;
  const now = await readOrganization(deps, used.id);
  if (now.settings.version === used.settings.version) return;
  for (const { row, reviewed, before, after } of written) {
    const isBrought = before.version === 0 && after.status === 'active';
    if (!isBrought || !now.settings.scim.enabled) {
      await resettle(deps, used.id, after.id);
      continue;
    }
    await takeBack(deps, { before, after });
    tell(work, row, reviewed.verdict as Outcome, after.id, 'SCIM was switched on meanwhile: not activated');
  }
}

async function noteWritten(work: Work, { row, reviewed, before, after }: Written): Promise<void> {
  await afterSave(work.deps, before, after);
  tell(work, row, reviewed.verdict as Outcome, after.id);
}

/** What a row writes; null when it was told what became of it. */
async function prepare(
  work: Work,
  judging: Judging,
  facts: PeopleFacts,
  { row, reviewed }: Pending,
  found: User | null,
): Promise<Prepared | null> {
  const { deps, entry, by } = work;
  const { settings } = judging;
  if (found && (await wasWritten(deps, entry, reviewed, found)))
    return tell(work, row, reviewed.verdict as Outcome, found.id);
  if (work.isStopped) return null;
  if (settings.scim.enabled && !entry.scimEnabled)
    return tell(work, row, 'superseded', reviewed.userId, 'SCIM was switched on after the review');
  const fresh = judgeRow(row, judging, facts);
  if (fresh.verdict === 'unchanged') return tell(work, row, 'unchanged', fresh.userId);
  if (!isAsReviewed(fresh, reviewed))
    return tell(work, row, 'changed', fresh.userId, fresh.reasons.join('; ') || 'changed since the review');
  const before = found ?? blank(work, row);
  const { user, restated } = draftOfRow(work.mapping, before, row, reviewed, settings);
  const settled = settle(before, user, settings, { ...PLAIN_TERMS, restated, at: work.at, by });
  if (!settled.changed) return tell(work, row, 'unchanged', before.id);
  if (isAdmin(before) && !isAdmin(settled.user)) {
    const outcome = await applyRowToAdmin(deps, entry, facts, { row, reviewed }, before.id);
    return tell(work, row, outcome, before.id);
  }
  return { row, reviewed, before, settled };
}

function blank({ deps, entry, at }: Work, row: FileRow): User {
  const { organizationId } = entry;
  const id = personIdOf(deps, entry, row);
  return newUser({ id, organizationId, kind: 'employee', scimId: deps.identifiers.next(), at });
}

function tell({ outcomes }: Work, { line }: FileRow, outcome: Outcome, userId: string | null, reason?: string): null {
  outcomes.set(line, { line, outcome, userId, ...(reason === undefined ? {} : { reason }) });
  return null;
}
