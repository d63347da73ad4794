import { AppError } from '../core/errors.ts';
import { type Import, type ImportMapping, type ImportState, isUnfinished } from '../core/import.ts';
import { later, timestamp } from '../ports/clock.ts';
import type { Dependencies } from './dependencies.ts';
import { KEPT_HOURS, readImport } from './import-parts.ts';
import { enqueueImport } from './import-step.ts';
import { orLost, untilWon } from './lost-races.ts';
import { readOrganization } from './organizations.ts';
import { rememberMapping } from './remember-mapping.ts';
import { isSameDigest } from './same-digest.ts';

type Needs = Pick<Dependencies, 'stores' | 'clock' | 'identifiers' | 'queue' | 'hash'>;

const OPEN: readonly ImportState[] = ['mapping', 'reviewing', 'reviewed'];
const EMPTY = { counts: {}, pagesOf: {}, digest: null } as const;

/** Chooses what the columns are, and has every row judged. Throws `import_state` until its rows are read and once it is carried out, and `import_expired`. */
export async function mapImport(deps: Needs, org: string, id: string, mapping: ImportMapping): Promise<Import> {
  const next = await decide(deps, org, id, (entry) => {
    refuseExpired(deps, entry);
    refuseUnless(entry, OPEN);
    return { ...entry, ...EMPTY, state: 'reviewing', mapping, review: entry.version + 1 };
  });
  await rememberMapping(deps, next, mapping);
  await enqueueImport(deps, next);
  return next;
}

/**
 * Has a reviewed import carried out. Asked again it answers the same.
 *
 * Throws `import_changed` for another digest and once the settings are others, `import_expired`, `import_state` before the review.
 */
export async function commitImport(deps: Needs, org: string, id: string, digest: string): Promise<Import> {
  const next = await decide(deps, org, id, async (entry) => {
    refuseExpired(deps, entry);
    if (entry.digest === null) refuseUnless(entry, ['reviewed']);
    if (!isSameDigest(digest, entry.digest ?? ''))
      throw new AppError('import_changed', 'this is not the digest of the review; look at it again');
    if (entry.state === 'committing' || entry.state === 'done') return entry;
    refuseUnless(entry, ['reviewed']);
    const { settings } = await readOrganization(deps, org);
    if (settings.version !== entry.settingsVersion)
      throw new AppError('import_changed', 'the settings changed since the review; choose the mapping again');
    const expiresAt = later(deps.clock, KEPT_HOURS);
    return { ...entry, state: 'committing', expiresAt, idsFrom: deps.identifiers.next() };
  });
  if (isUnfinished(next)) await enqueueImport(deps, next);
  return next;
}

/**
 * Stops an import: rows that were not carried out never are, and those that were stay. Asked again it answers the same.
 *
 * One that is being carried out is `cancelling` until what was written is counted. Throws `import_state` once it is over.
 */
export async function cancelImport(deps: Needs, org: string, id: string): Promise<Import> {
  const next = await decide(deps, org, id, (entry) => {
    if (entry.state === 'cancelled' || entry.state === 'cancelling') return entry;
    refuseUnless(entry, ['parsing', ...OPEN, 'committing']);
    return { ...entry, state: entry.state === 'committing' ? 'cancelling' : 'cancelled' };
  });
  if (isUnfinished(next)) await enqueueImport(deps, next);
  return next;
}

type Decision = (entry: Import) => Import | Promise<Import>;

/** Changes an import as it is by now, whatever a page that was under way has made of it meanwhile; the same back: nothing to do. */
function decide({ stores }: Needs, org: string, id: string, change: Decision): Promise<Import> {
  return untilWon<Import>(undefined, () =>
    orLost(id, async () => {
      const entry = await readImport({ stores }, org, id);
      const changed = await change(entry);
      if (changed === entry) return entry;
      const next: Import = { ...changed, version: entry.version + 1 };
      await stores.imports.save(next);
      return next;
    }),
  );
}

function refuseUnless({ state }: Import, states: readonly ImportState[]): void {
  if (!states.includes(state)) throw new AppError('import_state', `the import is ${state}`, { state });
}

function refuseExpired({ clock }: Needs, { state, expiresAt }: Import): void {
  const isOver =
    state === 'failed' || state === 'done' || state === 'committing' || state === 'cancelling' || state === 'cancelled';
  if (isOver || (state !== 'expired' && expiresAt !== null && expiresAt > timestamp(clock))) return;
  throw new AppError('import_expired', 'the import has expired; send the file again');
}
