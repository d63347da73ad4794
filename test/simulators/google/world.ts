import { type GoogleUser, indexesOfEmail, indexOfId, personAt, type Tenant } from './people.ts';

/** A recoverable deletion lasts this long. */
const DELETED_KEPT_MS = 20 * 86_400_000;

export interface Found {
  readonly index: number;
  readonly user: GoogleUser;
  readonly deleted: boolean;
}

/** Fields that differ from how a person was born; a removed field is absent from the answer. */
interface Change {
  readonly fields: { readonly [name: string]: unknown };
  readonly removed: ReadonlySet<string>;
  readonly revision: number;
}

/** The people of the tenant as they are now. Memory grows with the changes, not with the people. */
export interface World {
  readonly tenant: Tenant;
  /** Positions in use, deleted ones included. */
  size(): number;
  /** The person at a position; null when deleted. */
  at(index: number): GoogleUser | null;
  /** The deleted person at a position while still recoverable. */
  deletedAt(index: number): GoogleUser | null;
  /** By id, address or alias. */
  find(key: string): Found | null;
  add(fields?: { readonly [name: string]: unknown }): number;
  change(index: number, fields: { readonly [name: string]: unknown }, remove?: readonly string[]): void;
  delete(index: number): void;
  restore(index: number): void;
  reset(): void;
}

export function createWorld(tenant: Tenant, people: number, now: () => number): World {
  let count = people;
  const changes = new Map<number, Change>();
  const deletions = new Map<number, number>();
  /** Addresses somebody took later, folded → position. */
  const taken = new Map<string, number>();

  function current(index: number): GoogleUser {
    const born = personAt(tenant, index);
    const change = changes.get(index);
    if (!change) return born;
    const etag = `${born.etag?.split('/')[0]}/${change.revision}"`;
    const merged = Object.entries({ ...born, etag, ...change.fields });
    return Object.fromEntries(merged.filter(([name]) => !change.removed.has(name)));
  }

  function inUse(index: number): boolean {
    return Number.isInteger(index) && index >= 0 && index < count;
  }

  function change(index: number, fields: { readonly [name: string]: unknown }, remove: readonly string[] = []): void {
    const before = changes.get(index);
    const set = { ...before?.fields, ...fields };
    const removed = new Set([...(before?.removed ?? []), ...remove].filter((name) => !Object.hasOwn(fields, name)));
    changes.set(index, { fields: set, removed, revision: (before?.revision ?? 0) + 1 });
    if (typeof fields.primaryEmail === 'string') taken.set(fields.primaryEmail.toLowerCase(), index);
    if (Array.isArray(fields.aliases))
      for (const alias of fields.aliases) taken.set(String(alias).toLowerCase(), index);
  }

  function found(index: number): Found | null {
    if (!inUse(index)) return null;
    const deletedAt = deletions.get(index);
    if (deletedAt !== undefined && now() - deletedAt > DELETED_KEPT_MS) return null;
    return { index, user: current(index), deleted: deletedAt !== undefined };
  }

  function findByAddress(address: string): Found | null {
    const folded = address.toLowerCase();
    const candidates = [taken.get(folded) ?? -1, ...indexesOfEmail(folded)];
    for (const index of candidates) {
      const candidate = found(index);
      if (candidate && addressesOf(candidate.user).includes(folded)) return candidate;
    }
    return null;
  }

  return {
    tenant,
    size: () => count,
    at: (index) => (inUse(index) && !deletions.has(index) ? current(index) : null),
    deletedAt(index) {
      const user = deletions.has(index) ? found(index)?.user : undefined;
      return user ? { ...user, deletionTime: new Date(deletions.get(index) ?? 0).toISOString() } : null;
    },
    find: (key) => (key.includes('@') ? findByAddress(key) : found(indexOfId(tenant, key) ?? -1)),
    add(fields = {}) {
      const index = count;
      count += 1;
      if (Object.keys(fields).length > 0) change(index, fields);
      return index;
    },
    change,
    delete: (index) => deletions.set(index, now()),
    restore: (index) => deletions.delete(index),
    reset() {
      count = people;
      for (const kept of [changes, deletions, taken]) kept.clear();
    },
  };
}

function addressesOf(user: GoogleUser): readonly string[] {
  return [user.primaryEmail, ...(user.aliases ?? [])].map((address) => String(address).toLowerCase());
}
