import { type CatalogEntry, type CatalogKind, FIRST_ROLES, isThere } from '../core/catalog.ts';
import { AppError, notFound } from '../core/errors.ts';
import { timestamp } from '../ports/clock.ts';
import type { Stores } from '../ports/stores.ts';
import type { Page } from '../ports/user-store.ts';
import type { Dependencies } from './dependencies.ts';
import { wasFirst } from './lost-races.ts';
import { readOrganization } from './organizations.ts';

/** Which entry, and the version the caller read; null when they do not care. */
export interface CatalogPlace {
  readonly organizationId: string;
  readonly kind: CatalogKind;
  readonly id: string;
}

type CatalogDependencies = { readonly stores: Pick<Stores, 'catalog' | 'organizations'> };

/** Roles an organization can have, those it started with counted too. */
const MOST_ROLES = 200;
const MOST_TRIES = 50;
/** What is noted on an entry taken away. */
const REMOVED = { removed: true } as const;
const GONE = { gone: true } as const;

/** Throws `not_found`. */
export async function readEntry(deps: CatalogDependencies, place: CatalogPlace): Promise<CatalogEntry> {
  const { createdAt } = await readOrganization(deps, place.organizationId);
  const entry = await storedOrFirst(deps, place, createdAt);
  if (!isThere(entry)) throw notFound(place.kind);
  return entry;
}

/** Entries of a kind in the order of their ids, and how many there are. */
export async function listEntries(
  deps: CatalogDependencies,
  organizationId: string,
  kind: CatalogPlace['kind'],
  cursor: string | null,
  limit: number,
): Promise<Page<CatalogEntry> & { readonly total: number }> {
  const { createdAt } = await readOrganization(deps, organizationId);
  if (kind === 'role') return pageOfRoles(await livingRoles(deps, organizationId, createdAt), cursor, limit);
  const { catalog } = deps.stores;
  const page = await catalog.list(organizationId, kind, cursor, limit);
  return { ...page, total: await catalog.count(organizationId, kind) };
}

/**
 * Names an entry, new or known; the same name again writes nothing.
 *
 * Throws `precondition_failed`, `resource_name_taken` for a pool, `invalid` for too many roles.
 */
export async function putEntry(
  deps: CatalogDependencies & Pick<Dependencies, 'clock'>,
  place: CatalogPlace,
  name: string,
  ifMatch: number | null,
): Promise<CatalogEntry> {
  const { createdAt } = await readOrganization(deps, place.organizationId);
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const former = await storedOrFirst(deps, place, createdAt);
    const living = isThere(former) ? former : null;
    if (ifMatch !== null && ifMatch !== (living?.version ?? 0))
      throw new AppError('precondition_failed', `the ${place.kind} was changed since you read it`);
    if (living?.name === name) return living;
    if (!living && place.kind === 'role') await refuseMoreRoles(deps, place, createdAt);
    const at = timestamp(deps.clock);
    const version = (former?.version ?? 0) + 1;
    const entry: CatalogEntry = { ...place, name, version, createdAt: living?.createdAt ?? at, updatedAt: at };
    if (await wasFirst(deps.stores.catalog.save(entry))) return entry;
  }
  throw changingTooOften();
}

/** Takes an entry away: grants that name it have no effect from now on, and are kept. Throws `not_found`. */
export async function removeEntry(
  deps: CatalogDependencies & Pick<Dependencies, 'clock'>,
  place: CatalogPlace,
): Promise<void> {
  const taken = place.kind === 'role' && FIRST_ROLES.has(place.id) ? REMOVED : GONE;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const entry = await readEntry(deps, place);
    const away = { ...entry, ...taken, version: entry.version + 1, updatedAt: timestamp(deps.clock) };
    if (await wasFirst(deps.stores.catalog.save(away))) return;
  }
  throw changingTooOften();
}

/** As stored; of a first role nobody has touched, as it came (version 0). */
async function storedOrFirst(
  { stores }: CatalogDependencies,
  { organizationId, kind, id }: CatalogPlace,
  at: string,
): Promise<CatalogEntry | null> {
  const stored = await stores.catalog.get(organizationId, kind, id);
  return stored ?? (kind === 'role' ? firstRole(organizationId, id, at) : null);
}

function firstRole(organizationId: string, id: string, at: string): CatalogEntry | null {
  const name = FIRST_ROLES.get(id);
  return name === undefined
    ? null
    : { organizationId, kind: 'role', id, name, version: 0, createdAt: at, updatedAt: at };
}

/** All of them: there are never many. */
async function livingRoles(
  { stores }: CatalogDependencies,
  organizationId: string,
  createdAt: string,
): Promise<readonly CatalogEntry[]> {
  const { items } = await stores.catalog.list(organizationId, 'role', null, 2 * MOST_ROLES);
  const stored = new Set(items.map(({ id }) => id));
  const first = [...FIRST_ROLES.keys()].filter((id) => !stored.has(id));
  const untouched = first.flatMap((id) => firstRole(organizationId, id, createdAt) ?? []);
  return [...items.filter(isThere), ...untouched].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function pageOfRoles(roles: readonly CatalogEntry[], cursor: string | null, limit: number) {
  const rest = roles.filter(({ id }) => cursor === null || id > cursor);
  const items = rest.slice(0, limit);
  return { items, next: rest.length > limit ? (items.at(-1)?.id ?? null) : null, total: roles.length };
}

async function refuseMoreRoles(deps: CatalogDependencies, { organizationId }: CatalogPlace, at: string): Promise<void> {
  if ((await livingRoles(deps, organizationId, at)).length >= MOST_ROLES)
    throw new AppError('invalid', `an organization has at most ${MOST_ROLES} roles`, { attribute: 'id' });
}

const changingTooOften = () => new AppError('stale', 'this is being changed too often just now; try again');
