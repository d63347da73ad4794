import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DirectoryPerson } from '../core/directory-person.ts';
import { sameAddress } from '../core/email-claim.ts';
import type { Settings } from '../core/organization.ts';
import type { Run } from '../core/run.ts';
import type { MappingRule, SyncOptions } from '../core/sync-options.ts';
import type { Actor } from '../core/user.ts';
import { timestamp } from '../ports/clock.ts';
import { settleConflicts } from './conflicts.ts';
import type { WriteDependencies } from './dependencies.ts';
import { doubtInterviews } from './doubt-interviews.ts';
import { readOrganization } from './organizations.ts';
import type { PageOutcome, Prepared, Row, Staging, Work } from './page-work.ts';
import { prepare, readFacts } from './prepare-row.ts';
import { resettle, retryWaiting } from './record-change.ts';
import { fail } from './report-row.ts';
import { saveTogether } from './save-together.ts';
import { skipUnchanged } from './skip-unchanged.ts';

/** Rounds after which rows that keep losing races are left to the next run. */
const MOST_ROUNDS = 10;

/**
 * Applies a page of directory people: hash compare, one read of who differs, one bulk write of what differs, sorted by id.
 *
 * What `stage` names (harmful are: inactive, blanked name or address, changed address) is returned instead of written. A row that
 * loses a race is prepared again on newer facts. A repeated page changes nothing. Throws `superseded` when the run lost its lease.
 */
export async function applyPage(
  deps: WriteDependencies,
  run: Run,
  people: readonly DirectoryPerson[],
  stage: Staging,
  mapping: readonly MappingRule[] = [],
): Promise<PageOutcome> {
  const outcome: PageOutcome = { created: 0, updated: 0, unchanged: 0, failed: 0, held: 0, staged: [], reasons: [] };
  const by: Actor = { kind: 'run', id: run.id };
  const work: Work = { deps, run, by, fence: { runId: run.id, epoch: run.epoch }, stage, mapping, outcome };
  let rows: readonly Row[] = people.map((person) => ({ person, taken: false }));
  for (let round = 0; rows.length > 0 && round < MOST_ROUNDS; round++) {
    if (round > 0) await nextTurn();
    rows = await applyRows(work, rows);
  }
  for (const { person } of rows) fail(work, person.externalId, null, 'busy', 'changed too often by others; next run');
  return outcome;
}

/** What a run keeps for its end. */
export function stagingOf({ dry = false }: Run, { removals }: SyncOptions): Staging {
  return dry || removals.hold === 'everything' ? 'everything' : 'harmful';
}

/** One round; returns the rows that must be prepared again. */
async function applyRows(work: Work, rows: readonly Row[]): Promise<readonly Row[]> {
  const { deps, run } = work;
  const organization = await readOrganization(deps, run.organizationId);
  const news = await skipUnchanged(work, organization, rows);
  const facts = await readFacts(work, news);
  const prepared: Prepared[] = [];
  for (const row of news) {
    const next = await prepare(work, organization, facts, row);
    if (next) prepared.push(next);
  }
  const again = await saveAll(work, organization.settings, prepared);
  const now = await readOrganization(deps, run.organizationId);
  if (now.settings.version !== organization.settings.version && deps.seededBug !== 'no_recheck')
    for (const { settled } of prepared) await resettle(deps, run.organizationId, settled.user.id);
  return again;
}

async function saveAll(work: Work, settings: Settings, prepared: readonly Prepared[]): Promise<readonly Row[]> {
  const { deps, by, fence, outcome } = work;
  const again: Row[] = [];
  const released: string[] = [];
  for (const [item, result] of await saveTogether(deps, settings, prepared, { by }, fence)) {
    if (!result.saved) {
      again.push({ person: item.row.person, taken: item.row.taken || isTaken(item, result.code) });
      continue;
    }
    if (item.created) outcome.created++;
    else outcome.updated++;
    await afterSave(work, item);
    const { before, settled } = item;
    if (before.email !== null && !sameAddress(before.email, settled.user.email)) released.push(before.email);
  }
  if (released.length > 0) await retryWaiting(deps, work.run.organizationId, released);
  return again;
}

/** Whoever has the address of a newcomer is found by it in the next round; who has it for a userName is not. */
function isTaken({ created }: Prepared, code: string): boolean {
  return code === 'user_name_taken' || (code === 'email_taken' && !created);
}

async function afterSave({ deps }: Work, { before, settled, spent }: Prepared): Promise<void> {
  const { organizationId, id } = settled.user;
  await doubtInterviews(deps, before, settled.user);
  if (await settleConflicts(deps, before, settled.user)) await resettle(deps, organizationId, id);
  if (spent)
    await deps.stores.conflicts.move(spent.organizationId, spent.id, 'accepted', 'resolved', timestamp(deps.clock));
}
