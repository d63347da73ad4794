import { type GraphUser, indexOfId, indexOfName, personAt, type Tenant } from './people.ts';

/** A soft deletion can be undone this long. */
const DELETED_KEPT_MS = 30 * 86_400_000;

/** Where somebody is: in the directory, in its bin, or nowhere any more. */
export type Place = 'directory' | 'bin' | 'nowhere';

/** Fields that differ from how a person was born; a removed field is absent from the answer. */
interface Change {
  readonly fields: { readonly [name: string]: unknown };
  readonly removed: ReadonlySet<string>;
}

/** The people of the tenant as they are now, and the order in which they changed. Memory grows with the changes only. */
export interface World {
  readonly tenant: Tenant;
  /** Positions in use, deleted ones included. */
  size(): number;
  place(index: number): Place;
  /** The person at a position, wherever they are but nowhere; null otherwise. */
  at(index: number): GraphUser | null;
  /** As `at`, without the properties that were never set: a delta leaves these out. */
  everSetAt(index: number): GraphUser | null;
  /** The position of an id or principal name; null when nobody ever had it. */
  find(key: string): number | null;
  add(fields?: { readonly [name: string]: unknown }): number;
  change(index: number, fields: { readonly [name: string]: unknown }, remove?: readonly string[]): void;
  /** Into the bin, or, with `forGood`, out of it. */
  delete(index: number, forGood: boolean): void;
  restore(index: number): void;
  /** Grows with every change. */
  sequence(): number;
  /** Positions that changed after a sequence number, each once, in the order of their latest change. */
  changedAfter(sequence: number): readonly { readonly index: number; readonly sequence: number }[];
  reset(): void;
}

export function createWorld(tenant: Tenant, people: number, now: () => number): World {
  let count = people;
  let sequence = 0;
  const changes = new Map<number, Change>();
  const deletions = new Map<number, { readonly at: number; readonly forGood: boolean }>();
  const changed = new Map<number, number>();
  /** Principal names somebody took later, folded → position. */
  const taken = new Map<string, number>();

  function note(index: number): void {
    sequence += 1;
    // Put at the end again: the map is in the order of the latest changes.
    changed.delete(index);
    changed.set(index, sequence);
  }

  function place(index: number): Place {
    if (!Number.isInteger(index) || index < 0 || index >= count) return 'nowhere';
    const deletion = deletions.get(index);
    if (!deletion) return 'directory';
    return deletion.forGood || now() - deletion.at > DELETED_KEPT_MS ? 'nowhere' : 'bin';
  }

  function at(index: number): GraphUser | null {
    if (place(index) === 'nowhere') return null;
    const change = changes.get(index);
    const born = personAt(tenant, index);
    if (!change) return born;
    const merged = Object.entries({ ...born, ...change.fields }).filter(([name]) => !change.removed.has(name));
    return Object.fromEntries(merged) as GraphUser;
  }

  return {
    tenant,
    size: () => count,
    place,
    at,
    everSetAt(index) {
      const set = changes.get(index)?.fields ?? {};
      const entries = Object.entries(at(index) ?? {}).filter(
        ([name, value]) => value !== null || Object.hasOwn(set, name),
      );
      return entries.length === 0 ? null : (Object.fromEntries(entries) as GraphUser);
    },
    find(key) {
      const index = indexOfId(tenant, key) ?? taken.get(key.toLowerCase()) ?? indexOfName(key);
      if (index === null || index >= count) return null;
      const user = at(index);
      const known = [user?.id, user?.userPrincipalName].map((name) => String(name).toLowerCase());
      return known.includes(key.toLowerCase()) || indexOfId(tenant, key) !== null ? index : null;
    },
    add(fields = {}) {
      const index = count;
      count += 1;
      if (Object.keys(fields).length > 0) this.change(index, fields);
      else note(index);
      return index;
    },
    change(index, fields, remove = []) {
      const before = changes.get(index);
      const removed = new Set([...(before?.removed ?? []), ...remove].filter((name) => !Object.hasOwn(fields, name)));
      changes.set(index, { fields: { ...before?.fields, ...fields }, removed });
      if (typeof fields.userPrincipalName === 'string') taken.set(fields.userPrincipalName.toLowerCase(), index);
      note(index);
    },
    delete(index, forGood) {
      deletions.set(index, { at: now(), forGood });
      note(index);
    },
    restore(index) {
      deletions.delete(index);
      note(index);
    },
    sequence: () => sequence,
    changedAfter: (after) =>
      [...changed]
        .map(([index, changedAt]) => ({ index, sequence: changedAt }))
        .filter((entry) => entry.sequence > after),
    reset() {
      count = people;
      for (const kept of [changes, deletions, changed, taken]) kept.clear();
    },
  };
}
