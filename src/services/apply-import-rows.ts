import type { Outcome } from '../core/import.ts';
import { judgeRow, keyOfRow, type PeopleFacts, peopleOf } from '../core/judge-row.ts';
import type { Settings } from '../core/organization.ts';
import { type Judging, judgingOf } from '../core/said-in-row.ts';
import { PLAIN_TERMS, type Settled, settle } from '../core/settle.ts';
import type { User } from '../core/user.ts';
import { applyRowToAdmin } from './apply-row-to-admin.ts';
import { draftOfRow, isAsReviewed } from './draft-of-row.ts';
import { personIdOf, readCreated, wasWritten } from './import-traces.ts';
import { blank, tell, type Work } from './import-work.ts';
import { lookAgainAtRows } from './look-again-at-rows.ts';
import { isAdmin } from './organization-admins.ts';
import { readOrganization } from './organizations.ts';
import { afterSave } from './record-change.ts';
import { readRowFacts } from './row-facts.ts';
import { type SettledPerson, saveTogether } from './save-together.ts';
import { mayFree, type Pending } from './swap-partners.ts';

interface Prepared extends Pending, SettledPerson {}

const NOBODY: ReadonlyMap<number, User> = new Map();

/** One round over rows that are written at once; returns those that lost a race. */
export async function applyImportRows(
  work: Work,
  rows: readonly Pending[],
  isAgain: boolean,
): Promise<readonly Pending[]> {
  const { deps, entry, by } = work;
  const { settings } = await readOrganization(deps, entry.organizationId);
  const files = rows.map(({ row }) => row);
  const found = await readRowFacts(deps, entry.organizationId, files, work.mapping);
  const moving = rows.flatMap(({ reviewed }) => (mayFree(reviewed) ? (reviewed.userId ?? []) : []));
  const facts = { ...found, leaving: new Set(moving) };
  const judging = judgingOf(work.mapping, settings);
  const made = isAgain || isSuperseded(work, settings) ? await readCreated(deps, entry, files) : NOBODY;
  const prepared: Prepared[] = [];
  for (const pending of rows) {
    const [known] = peopleOf(keyOfRow(pending.row, work.mapping), judging, facts);
    const found = known ?? made.get(pending.row.line) ?? null;
    const next = await prepare(work, judging, facts, pending, found);
    if (next) prepared.push(next);
  }
  if (prepared.length === 0) return [];
  await work.turn();
  await work.unfinished.finish();
  const saved = await saveTogether(deps, settings, prepared, { by });
  const written = saved.flatMap(([{ settled, ...item }, outcome]) =>
    outcome.saved ? [{ ...item, after: settled.user }] : [],
  );
  for (const { row, reviewed, before, after } of written) {
    await afterSave(deps, before, after);
    tell(work, row, reviewed.verdict as Outcome, after.id);
  }
  await lookAgainAtRows(work)(written);
  return saved.flatMap(([{ row, reviewed }, outcome]) => (outcome.saved ? [] : [{ row, reviewed }]));
}

/** What a row writes; null when it was told what became of it. */
async function prepare(
  work: Work,
  judging: Judging,
  facts: PeopleFacts,
  pending: Pending,
  found: User | null,
): Promise<Prepared | null> {
  const { deps, entry } = work;
  const { row, reviewed } = pending;
  const { settings } = judging;
  if (found && (await wasWritten(deps, entry, reviewed, found))) return tellWritten(work, settings, pending, found);
  if (work.isStopped) return null;
  if (isSuperseded(work, settings))
    return tell(work, row, 'superseded', reviewed.userId, 'SCIM was switched on after the review');
  const fresh = judgeRow(row, judging, facts);
  if (fresh.verdict === 'unchanged') return tell(work, row, 'unchanged', fresh.userId);
  if (!isAsReviewed(fresh, reviewed))
    return tell(work, row, 'changed', fresh.userId, fresh.reasons.join('; ') || 'changed since the review');
  const before = found ?? blank(work, row);
  const settled = settleRow(work, settings, pending, before);
  if (!settled.changed) return tell(work, row, 'unchanged', before.id);
  if (isAdmin(before) && !isAdmin(settled.user)) {
    await work.unfinished.finish();
    const outcome = await applyRowToAdmin(deps, entry, facts, pending, before.id);
    return tell(work, row, outcome, before.id);
  }
  return { row, reviewed, before, settled };
}

const isSuperseded = ({ entry }: Work, { scim }: Settings): boolean => scim.enabled && !entry.scimEnabled;

function settleRow({ mapping, at, by }: Work, settings: Settings, { row, reviewed }: Pending, before: User): Settled {
  const { user, restated } = draftOfRow(mapping, before, row, reviewed, settings);
  return settle(before, user, settings, { ...PLAIN_TERMS, restated, at, by });
}

/** Tells of somebody whom this import has written before; whoever did that may have died before they looked at them again. */
async function tellWritten(work: Work, settings: Settings, pending: Pending, found: User): Promise<null> {
  const { row, reviewed } = pending;
  tell(work, row, reviewed.verdict as Outcome, found.id);
  const written = { row, reviewed, ...sidesOf(work, settings, pending, found) };
  // Written with rows before it, it says nothing of those around it.
  if (!mayFree(reviewed)) work.unfinished.found(work.slice, written);
  else if (found.settingsVersion !== settings.version) await lookAgainAtRows(work)([written]);
  return null;
}

/** Before and after what a row has made of somebody; under which settings a newcomer was made is not known any more. */
function sidesOf(work: Work, settings: Settings, pending: Pending, found: User) {
  if (found.id !== personIdOf(work.deps, work.entry, pending.row))
    return { before: { ...found, access: { ...found.access, pools: [] } }, after: found };
  const before = blank(work, pending.row);
  return { before, after: { ...settleRow(work, settings, pending, before).user, settingsVersion: 0 } };
}
