import type { Grant, Scope } from './user.ts';

/** What an organization names for its access: the host's words for what grants point at, and interviewer pools. */
export type CatalogKind = 'role' | 'job' | 'department' | 'location' | 'pool';

/** One thing with a name. Written by compare-and-swap on `version`. */
export interface CatalogEntry {
  readonly organizationId: string;
  readonly kind: CatalogKind;
  /** The host's own id; of a pool, ours. */
  readonly id: string;
  readonly name: string;
  /** A role every organization starts with, taken away. */
  readonly removed?: true;
  /** Taken away: nothing of it counts but its version, which goes on should it come back. */
  readonly gone?: true;
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Whether there is one; of the first roles nobody has touched, nothing is stored. */
export const isThere = (entry: CatalogEntry | null): entry is CatalogEntry =>
  entry !== null && !entry.removed && !entry.gone;

/** Kinds within which no two entries have one name, folded. */
export const UNIQUELY_NAMED: readonly CatalogKind[] = ['pool'];

/** The roles every organization starts with; one is theirs until it is named otherwise or taken away. */
export const FIRST_ROLES: ReadonlyMap<string, string> = new Map([
  ['recruiter', 'Recruiter'],
  ['coordinator', 'Coordinator'],
  ['hiring-manager', 'Hiring manager'],
  ['interviewer', 'Interviewer'],
  ['reporter', 'Reporter'],
]);

/** What stands for the whole of the organization in a scope; whoever grants something may name its own id instead. */
export const WHOLE_ORGANIZATION = '*';

/** The same grants, with the whole of the organization under the one name it is kept by. */
export function inOneName<Some extends Grant>(organizationId: string, grants: readonly Some[]): readonly Some[] {
  return grants.map((grant) => {
    const { kind, id } = grant.scope;
    const isOwnId = kind === 'organization' && id === organizationId;
    return isOwnId ? { ...grant, scope: { kind, id: WHOLE_ORGANIZATION } } : grant;
  });
}

/** The ids grants name, by the kind of entry that must exist for them. */
export function namedBy(grants: readonly Grant[]): ReadonlyMap<CatalogKind, ReadonlySet<string>> {
  const named = new Map<CatalogKind, Set<string>>();
  const note = (kind: CatalogKind, id: string) => named.set(kind, (named.get(kind) ?? new Set()).add(id));
  for (const { role, scope } of grants) {
    note('role', role);
    if (scope.kind !== 'organization') note(scope.kind, scope.id);
  }
  return named;
}

/** Which entries there are, of those that were asked about. */
export interface KnownEntries {
  has(kind: CatalogKind, id: string): boolean;
}

export function isKnownScope(known: KnownEntries, organizationId: string, { kind, id }: Scope): boolean {
  return kind === 'organization' ? id === WHOLE_ORGANIZATION || id === organizationId : known.has(kind, id);
}

/** Why a grant has no effect whoever holds it; null when nothing is missing. */
export function missingOf(
  known: KnownEntries,
  organizationId: string,
  { role, scope }: Grant,
): 'role_removed' | 'scope_removed' | null {
  if (!known.has('role', role)) return 'role_removed';
  return isKnownScope(known, organizationId, scope) ? null : 'scope_removed';
}

/** Two grants of one key are one grant. */
export function grantKey({ role, scope }: Grant): string {
  return JSON.stringify([role, scope.kind, scope.id]);
}

/** The grants that are not among the others. */
export function withoutGrants<Some extends Grant>(grants: readonly Some[], others: readonly Grant[]): readonly Some[] {
  const known = new Set(others.map(grantKey));
  return grants.filter((grant) => !known.has(grantKey(grant)));
}

/** Whether they are the same grants, in whatever order. */
export function sameGrants(some: readonly Grant[], others: readonly Grant[]): boolean {
  return some.length === others.length && withoutGrants(some, others).length === 0;
}

/** Each grant once. */
export function distinctGrants(grants: readonly Grant[]): readonly Grant[] {
  return [...new Map(grants.map((grant) => [grantKey(grant), grant])).values()];
}
