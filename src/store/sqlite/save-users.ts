import { stale } from '../../core/errors.ts';
import type { Fence, SaveOutcome, UserChange } from '../../ports/user-store.ts';
import { type ClaimRefusal, settleClaims } from '../claims.ts';
import { REFUSALS, SAVED, STALE } from '../outcomes.ts';
import type { Counters, Tally } from './counters.ts';
import type { Database } from './database.ts';
import { createCheckFence } from './fence.ts';
import type { Interning } from './interning.ts';
import { isUniqueViolation } from './sqlite-errors.ts';
import { type ClaimingChange, claiming, createFindHolders } from './user-claims.ts';
import { createUserRows } from './user-rows.ts';

export interface SaveUsers {
  save(change: UserChange, fence: Fence | undefined): void;
  saveMany(changes: readonly UserChange[], fence: Fence | undefined): readonly SaveOutcome[];
}

/** The two ways to write people; both compare-and-swap, both all or nothing per person. */
export function createSaveUsers(database: Database, names: Interning, counters: Counters): SaveUsers {
  const rows = createUserRows(database, names);
  const findHolders = createFindHolders(database);
  const checkFence = createCheckFence(database);

  /** Who stands in the way of a single change; null when nobody does. */
  function findRefusal({ user, events }: UserChange): ClaimRefusal<unknown> | null {
    const row = claiming(rows.prepare({ user, events }, rows.find(user.organizationId, user.id)));
    return settleClaims([row], findHolders([row])).refused[0] ?? null;
  }

  /** Writes what can be written, in rounds: what one round releases may let through in the next what it refused. */
  function writeRounds(wave: readonly WaveRow[], outcomes: SaveOutcome[], tally: Tally): void {
    for (let pending = wave; pending.length > 0; ) {
      const { accepted, refused } = settleClaims(pending, findHolders(pending));
      for (const { change } of accepted) rows.release(change);
      for (const { change, index } of accepted) {
        rows.write(change, tally);
        outcomes[index] = SAVED;
      }
      for (const { row, code, userId } of refused) outcomes[row.index] = { saved: false, code, userId };
      pending = accepted.length > 0 ? inOrder(refused.map(({ row }) => row)) : [];
    }
  }

  /** The changes that are based on the stored version, ready to claim. */
  function prepareWave(changes: readonly UserChange[], { organization, indexes }: Wave): readonly WaveRow[] {
    const ids = indexes.flatMap((index) => changes[index]?.user.id ?? []);
    const stored = rows.findMany(organization, ids);
    return indexes.flatMap((index) => {
      const change = changes[index] as UserChange;
      const known = stored.get(change.user.id) ?? null;
      const fits = (known?.version ?? 0) === change.user.version - 1;
      return fits ? [{ ...claiming(rows.prepare(change, known)), index }] : [];
    });
  }

  return {
    save(change, fence) {
      const { organizationId, id, version } = change.user;
      try {
        database.transaction(() => {
          checkFence(fence);
          const stored = rows.find(organizationId, id);
          if ((stored?.version ?? 0) !== version - 1) throw stale('this person');
          const tally: Tally = new Map();
          rows.write(rows.prepare(change, stored), tally);
          counters.addAll(tally);
        });
      } catch (error) {
        const refusal = isUniqueViolation(error) ? findRefusal(change) : null;
        throw refusal ? REFUSALS[refusal.code](refusal.userId) : error;
      }
    },
    saveMany: (changes, fence) =>
      database.transaction(() => {
        checkFence(fence);
        const outcomes: SaveOutcome[] = changes.map(() => STALE);
        const tally: Tally = new Map();
        for (const wave of wavesOf(changes)) writeRounds(prepareWave(changes, wave), outcomes, tally);
        counters.addAll(tally);
        return outcomes;
      }),
  };
}

/** Of two rows that claim the same the earlier one goes first, in every round. */
function inOrder(rows: readonly WaveRow[]): readonly WaveRow[] {
  return rows.toSorted((left, right) => left.index - right.index);
}

/** Positions of changes of one organization, each about another person. */
interface Wave {
  readonly organization: string;
  readonly indexes: readonly number[];
}

interface WaveRow extends ClaimingChange {
  readonly index: number;
}

/** A person's later changes come in later waves. */
function wavesOf(changes: readonly UserChange[]): readonly Wave[] {
  const times = new Map<string, number>();
  const keyed = changes.map(({ user: { organizationId: organization, id } }, index) => {
    const person = `${organization}\n${id}`;
    const time = times.get(person) ?? 0;
    times.set(person, time + 1);
    return { organization, index, wave: `${time}\n${organization}` };
  });
  return [...Map.groupBy(keyed, ({ wave }) => wave).values()].map((members) => ({
    organization: members[0]?.organization ?? '',
    indexes: members.map(({ index }) => index),
  }));
}
