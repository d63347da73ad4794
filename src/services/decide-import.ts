import { AppError } from '../core/errors.ts';
import type { Import, ImportMapping, ImportState } from '../core/import.ts';
import { later, timestamp } from '../ports/clock.ts';
import type { Dependencies } from './dependencies.ts';
import { KEPT_HOURS, readImport } from './import-parts.ts';
import { enqueueImport } from './import-step.ts';
import { readOrganization } from './organizations.ts';
import { rememberMapping } from './remember-mapping.ts';
import { isSameDigest } from './same-digest.ts';

type Needs = Pick<Dependencies, 'stores' | 'clock' | 'queue' | 'hash'>;

const OPEN: readonly ImportState[] = ['mapping', 'reviewing', 'reviewed'];
const EMPTY = { counts: {}, pagesOf: {}, digest: null } as const;

/** Chooses what the columns are, and has every row judged. Throws `import_state` once it is carried out, and `import_expired`. */
export async function mapImport(deps: Needs, org: string, id: string, mapping: ImportMapping): Promise<Import> {
  const entry = await readImport(deps, org, id);
  refuseExpired(deps, entry);
  refuseUnless(entry, OPEN);
  const version = entry.version + 1;
  const next: Import = { ...entry, ...EMPTY, version, state: 'reviewing', mapping, review: version };
  await deps.stores.imports.save(next);
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
  const entry = await readImport(deps, org, id);
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
  const next: Import = { ...entry, version: entry.version + 1, state: 'committing', expiresAt };
  await deps.stores.imports.save(next);
  await enqueueImport(deps, next);
  return next;
}

/** Stops an import: rows that were not carried out never are, and those that were stay. Throws `import_state` once it is over. */
export async function cancelImport(deps: Needs, org: string, id: string): Promise<Import> {
  const entry = await readImport(deps, org, id);
  if (entry.state === 'cancelled') return entry;
  refuseUnless(entry, [...OPEN, 'committing']);
  const next: Import = { ...entry, version: entry.version + 1, state: 'cancelled' };
  await deps.stores.imports.save(next);
  return next;
}

function refuseUnless({ state }: Import, states: readonly ImportState[]): void {
  if (!states.includes(state)) throw new AppError('import_state', `the import is ${state}`, { state });
}

function refuseExpired({ clock }: Needs, { state, expiresAt }: Import): void {
  const isOver = state === 'done' || state === 'committing' || state === 'cancelled';
  if (isOver || (state !== 'expired' && expiresAt !== null && expiresAt > timestamp(clock))) return;
  throw new AppError('import_expired', 'the import has expired; send the file again');
}
