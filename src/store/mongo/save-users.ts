import { AppError, stale } from '../../core/errors.ts';
import { type Clock, timestamp } from '../../ports/clock.ts';
import type { Fence, SaveOutcome, UserChange } from '../../ports/user-store.ts';
import { type ClaimRefusal, settleClaims } from '../claims.ts';
import { REFUSALS, SAVED, STALE } from '../outcomes.ts';
import { park, unpark } from './parking.ts';
import { type ClaimingChange, claiming, findHolders } from './user-claims.ts';
import { type PreparedChange, prepare, readStored, type Written, writeRows } from './user-rows.ts';
import { type UserCollection, userKey } from './user-schema.ts';
import { writeOrder } from './write-order.ts';

export interface SaveUsers {
  save(change: UserChange, fence: Fence | undefined): Promise<void>;
  saveMany(changes: readonly UserChange[], fence: Fence | undefined): Promise<readonly SaveOutcome[]>;
}

/** What a fenced save is about to write: keys of people, and the versions it expects there (0: nobody). */
export type CheckFence = (
  fence: Fence | undefined,
  people: readonly { readonly id: string; readonly version: number }[],
) => Promise<void>;

/** How often a write may be refused for a claim that nobody holds any more when one looks. */
const TRIES = 5;

/** The two ways to write people; both compare-and-swap, both all or nothing per person. */
export function createSaveUsers(users: UserCollection, clock: Clock, checkFence: CheckFence): SaveUsers {
  /** Who stands in the way of a change that was refused; null when nobody does any more. */
  async function findRefusal(row: ClaimingChange): Promise<ClaimRefusal<unknown> | null> {
    const fresh = { ...row, before: [] };
    const holders = await findHolders(users, row.change.user.organizationId, [fresh]);
    return settleClaims([fresh], holders).refused[0] ?? null;
  }

  /** Writes accepted changes so that none meets a claim that another one releases. */
  async function writeInOrder(rows: readonly WaveRow[]): Promise<ReadonlyMap<PreparedChange, Written>> {
    const written = new Map<PreparedChange, Written>();
    const parked: PreparedChange[] = [];
    for (const { kind, rows: some } of writeOrder(rows)) {
      const changes = some.map(({ change }) => change);
      if (kind === 'write') for (const [change, what] of await writeRows(users, changes)) written.set(change, what);
      else for (const change of changes) await park(users, change, timestamp(clock));
      if (kind === 'park') parked.push(...changes);
    }
    for (const change of parked) if (written.get(change) !== 'saved') await unpark(users, change.key);
    return written;
  }

  /** Writes what can be written, in rounds: what one round releases may let through in the next what it refused. */
  async function writeRounds(
    wave: readonly WaveRow[],
    outcomes: SaveOutcome[],
    fence: Fence | undefined,
  ): Promise<void> {
    const organization = wave[0]?.change.user.organizationId ?? '';
    for (let pending = wave, tries = 0; pending.length > 0; ) {
      const { accepted, refused } = settleClaims(pending, await findHolders(users, organization, pending));
      const written = await writeInOrder(accepted);
      for (const { index, change } of accepted) outcomes[index] = outcomeOf(written.get(change), fence);
      for (const { row, code, userId } of refused) outcomes[row.index] = { saved: false, code, userId };
      // Rivals were faster: they hold the claim by now, and the next round names them.
      const outrun = accepted.filter(({ change }) => written.get(change) === 'taken');
      if (outrun.length > 0 && ++tries === TRIES) throw contended();
      pending = accepted.length > 0 ? inOrder([...refused.map(({ row }) => row), ...outrun]) : [];
    }
  }

  /** The changes that are based on the stored version, ready to claim. */
  async function prepareWave(changes: readonly UserChange[], indexes: readonly number[]): Promise<readonly WaveRow[]> {
    const wanted = indexes.map((index) => changes[index] as UserChange);
    const stored = await readStored(
      users,
      wanted.map(({ user }) => userKey(user.organizationId, user.id)),
    );
    return indexes.flatMap((index) => {
      const change = changes[index] as UserChange;
      const known = stored.get(userKey(change.user.organizationId, change.user.id)) ?? null;
      const fits = (known?.version ?? 0) === change.user.version - 1;
      return fits ? [{ ...claiming(prepare(change, known)), index }] : [];
    });
  }

  return {
    async save(change, fence) {
      const row = claiming(prepare(change, null));
      for (let tries = 0; tries < TRIES; tries++) {
        await checkFence(fence, [intentOf(change)]);
        const written = (await writeRows(users, [row.change])).get(row.change);
        if (written === 'saved') return;
        if (written === 'fenced' && fence) throw superseded();
        if (written !== 'taken') throw stale('this person');
        const refusal = await findRefusal(row);
        if (refusal) throw REFUSALS[refusal.code](refusal.userId);
      }
      throw contended();
    },
    async saveMany(changes, fence) {
      await checkFence(fence, changes.map(intentOf));
      const outcomes: SaveOutcome[] = changes.map(() => STALE);
      for (const indexes of wavesOf(changes)) await writeRounds(await prepareWave(changes, indexes), outcomes, fence);
      return outcomes;
    },
  };
}

function intentOf({ user }: UserChange) {
  return { id: userKey(user.organizationId, user.id), version: user.version - 1 };
}

function outcomeOf(written: Written | undefined, fence: Fence | undefined): SaveOutcome {
  if (written === 'fenced' && fence) throw superseded();
  return written === 'saved' ? SAVED : STALE;
}

const superseded = () => new AppError('superseded', 'this run was taken over by another worker');

const contended = () => new AppError('unavailable', 'too many others want the same address or key just now');

/** Of two rows that claim the same the earlier one goes first, in every round. */
function inOrder(rows: readonly WaveRow[]): readonly WaveRow[] {
  return rows.toSorted((left, right) => left.index - right.index);
}

interface WaveRow extends ClaimingChange {
  readonly index: number;
}

/** Positions of changes of one organization, each about another person; a person's later changes come in later waves. */
function wavesOf(changes: readonly UserChange[]): readonly (readonly number[])[] {
  const times = new Map<string, number>();
  const keyed = changes.map(({ user: { organizationId: organization, id } }, index) => {
    const person = userKey(organization, id);
    const time = times.get(person) ?? 0;
    times.set(person, time + 1);
    return { index, wave: `${time}\n${organization}` };
  });
  return [...Map.groupBy(keyed, ({ wave }) => wave).values()].map((members) => members.map(({ index }) => index));
}
