import { AppError, emailTaken, stale } from '../../src/core/errors.ts';
import { resolve } from '../../src/core/resolve.ts';
import type { User } from '../../src/core/user.ts';
import type { Fence, SaveOutcome, UserChange, UserStore } from '../../src/ports/user-store.ts';
import { type Code, type Entry, entryOf } from './entry.ts';
import { ALL_OFF, type Faults, type Tables } from './tables.ts';
import { createUserLookups } from './user-lookups.ts';

interface People {
  readonly entries: Map<string, Entry>;
  readonly holders: Map<string, string>;
}

const REFUSALS: Readonly<Record<Code, (userId: string) => AppError>> = {
  email_taken: (userId) => emailTaken(userId),
  user_name_taken: (userId) => new AppError('user_name_taken', 'this userName is already used', { userId }),
  source_key_taken: (userId) => new AppError('source_key_taken', 'this key belongs to another user', { userId }),
  host_id_taken: (userId) => new AppError('host_id_taken', 'this host id is already used', { userId }),
  value_taken: (userId) => new AppError('value_taken', 'this value is already used', { userId }),
};

/** People in memory: documents by id, and who holds each address, userName and key. */
export function createMemoryUsers({ runs, outbox, history: kept }: Tables, faults: Faults): UserStore {
  const organizations = new Map<string, People>();

  const peopleOf = (organization: string): People => {
    const known = organizations.get(organization) ?? { entries: new Map(), holders: new Map() };
    organizations.set(organization, known);
    return known;
  };
  const everybody = (organization: string): readonly Entry[] =>
    [...peopleOf(organization).entries.values()].sort((a, b) => (a.user.id < b.user.id ? -1 : 1));
  const holderOf = (organization: string, claim: string): User | null => {
    const { entries, holders } = peopleOf(organization);
    return entries.get(holders.get(claim) ?? '')?.user ?? null;
  };

  function checkFence(fence: Fence | undefined): void {
    if (fence && !faults.ignoreEpochs && runs.get(fence.runId)?.run.epoch !== fence.epoch)
      throw new AppError('superseded', 'this run was taken over by another worker');
  }

  function isStale({ user }: UserChange): boolean {
    const stored = peopleOf(user.organizationId).entries.get(user.id);
    return !faults.ignoreVersions && (stored?.user.version ?? 0) !== user.version - 1;
  }

  function write(changes: readonly UserChange[]): void {
    const entries = changes.map(({ user }) => entryOf(faults.ignoreRanks ? youngestWins(user) : user));
    for (const { user } of entries) release(peopleOf(user.organizationId), user.id);
    for (const entry of entries) {
      const { entries: stored, holders } = peopleOf(entry.user.organizationId);
      stored.set(entry.user.id, entry);
      for (const claim of entry.claims.keys()) holders.set(claim, entry.user.id);
    }
    for (const { events, history } of changes) {
      outbox.push(...events);
      if (history) kept.push(history);
    }
  }

  /** Who stands in the way of the first of these changes that cannot be written together with the others. */
  function findBlocked(changes: readonly UserChange[]): { index: number; code: Code; userId: string } | null {
    const leaving = new Set(changes.map(({ user }) => user.id));
    const claimed = new Map<string, string>();
    for (const [index, { user }] of changes.entries()) {
      const { holders } = peopleOf(user.organizationId);
      for (const [claim, code] of entryOf(user).claims) {
        const holder = claimed.get(claim) ?? holders.get(claim);
        if (holder !== undefined && holder !== user.id && (claimed.has(claim) || !leaving.has(holder)))
          return { index, code, userId: holder };
        claimed.set(claim, user.id);
      }
    }
    return null;
  }

  /** Writes what fits together, then tries again what did not, until nothing fits any more. */
  function saveTogether(changes: readonly (readonly [number, UserChange])[], outcomes: SaveOutcome[]): void {
    let together = [...changes];
    const refused: (readonly [number, UserChange])[] = [];
    for (;;) {
      const blocked = findBlocked(together.map(([, change]) => change));
      if (!blocked) break;
      const [row] = together.splice(blocked.index, 1);
      if (!row) break;
      outcomes[row[0]] = { saved: false, code: blocked.code, userId: blocked.userId };
      refused.push(row);
    }
    if (together.length === 0) together = refused.filter(([, change]) => findBlocked([change]) === null).slice(0, 1);
    if (together.length === 0) return;
    write(together.map(([, change]) => change));
    for (const [index] of together) outcomes[index] = { saved: true };
    saveTogether(
      refused.filter((row) => !together.includes(row)).sort(([left], [right]) => left - right),
      outcomes,
    );
  }

  return {
    ...createUserLookups(everybody, holderOf, { runs }),
    get: async (organization, id) => peopleOf(organization).entries.get(id)?.user ?? null,
    async save(change, fence) {
      checkFence(fence);
      if (isStale(change)) throw stale('this person');
      const blocked = findBlocked([change]);
      if (blocked) throw REFUSALS[blocked.code](blocked.userId);
      write([change]);
      return change.user;
    },
    async saveMany(changes, fence) {
      checkFence(fence);
      const outcomes: SaveOutcome[] = [];
      for (const wave of wavesOf(changes)) {
        const fresh: (readonly [number, UserChange])[] = [];
        for (const row of wave) {
          if (isStale(row[1])) outcomes[row[0]] = { saved: false, code: 'stale', userId: null };
          else fresh.push(row);
        }
        saveTogether(fresh, outcomes);
      }
      return outcomes;
    },
  };
}

/** Groups of changes in each of which nobody and only one organization occurs, later changes of a person coming later. */
function wavesOf(changes: readonly UserChange[]): Iterable<readonly (readonly [number, UserChange])[]> {
  const times = new Map<string, number>();
  const rows = changes.map((change, index) => {
    const person = `${change.user.organizationId} ${change.user.id}`;
    times.set(person, (times.get(person) ?? 0) + 1);
    return { row: [index, change] as const, wave: `${times.get(person)} ${change.user.organizationId}` };
  });
  const waves = Map.groupBy(rows, ({ wave }) => wave);
  return [...waves.values()].map((wave) => wave.map(({ row }) => row));
}

function release({ entries, holders }: People, id: string): void {
  for (const claim of entries.get(id)?.claims.keys() ?? []) holders.delete(claim);
}

/** The fault of a resolver that knows no ranks: the youngest word wins whoever said it. */
function youngestWins(user: User): User {
  const { status, attributes } = resolve(user.records, ALL_OFF);
  return { ...user, status, attributes };
}
