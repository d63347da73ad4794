import { AppError } from '../core/errors.ts';
import { ARCHIVE_KINDS, type ArchiveKind, type ArchiveStore, type Move } from '../ports/archive.ts';
import { type Clock, timestamp } from '../ports/clock.ts';
import { compareArchives, type MovedKind } from './compare-archives.ts';

export interface MoveProgress {
  readonly step: 'copied' | 'compared';
  readonly kind: ArchiveKind;
  readonly done: number;
  readonly total: number;
}

export interface MoveDependencies {
  readonly from: ArchiveStore;
  readonly to: ArchiveStore;
  /** What the source is called; the target knows by it whether a move that was broken off is this one. Holds no credentials. */
  readonly source: string;
  readonly clock: Clock;
  /** SHA-256, hex. */
  readonly hash: (text: string) => string;
  readonly onProgress: (progress: MoveProgress) => void;
}

export interface MoveOutcome {
  /** An earlier call was broken off and this one went on from there. */
  readonly resumed: boolean;
  /** When an earlier call had already ended the move, so that nothing was done now; else null. */
  readonly finishedEarlierAt: string | null;
  readonly kinds: readonly MovedKind[];
}

/**
 * Copies everything a store holds into an empty one, and compares the two at the end.
 *
 * Broken off at any moment and called again it goes on and ends the same; until then the target is marked as unfinished. Needs memory
 * for one batch. The source is only read. Throws `unavailable` when a process works on the source, and `invalid`, with nothing
 * written, when the target holds anything but this very move; `stale` when the two differ at the end.
 */
export async function migrateStore(deps: MoveDependencies): Promise<MoveOutcome> {
  const { from, to, clock } = deps;
  await refuseSource(from);
  const known = await to.move();
  if (known?.finishedAt && known.source === deps.source)
    return { resumed: false, finishedEarlierAt: known.finishedAt, kinds: [] };
  const move = known && !known.finishedAt ? sameMove(known, deps.source) : await beginMove(deps);
  const copied = await copyAll(deps, move);
  const kinds = await compareArchives(deps);
  await to.setMove({ ...copied, finishedAt: timestamp(clock) });
  return { resumed: known !== null, finishedEarlierAt: null, kinds };
}

async function refuseSource(from: ArchiveStore): Promise<void> {
  const move = await from.move();
  if (move && !move.finishedAt)
    throw new AppError('invalid', `the source is itself the unfinished copy of ${move.source}; finish that move first`);
  const leases = await from.countLeases();
  if (leases === 0) return;
  const sentence = `the source is in use: a process is working on ${leases} of its runs; stop every Rollcall process, wait a minute and try again`;
  throw new AppError('unavailable', sentence, { leases });
}

function sameMove(known: Move, source: string): Move {
  if (known.source === source) return known;
  throw new AppError(
    'invalid',
    `the target is the unfinished copy of another store, ${known.source}; nothing was changed`,
  );
}

async function beginMove({ to, source, clock }: MoveDependencies): Promise<Move> {
  for (const kind of ARCHIVE_KINDS)
    if ((await to.shelf(kind).count()) > 0)
      throw new AppError('invalid', `the target is not empty: it holds ${kind}; nothing was changed`, { kind });
  const move: Move = { source, startedAt: timestamp(clock), finishedAt: null, done: [], cursor: null };
  await to.setMove(move);
  return move;
}

async function copyAll(deps: MoveDependencies, begun: Move): Promise<Move> {
  let move = begun;
  for (const kind of ARCHIVE_KINDS) if (!move.done.includes(kind)) move = await copyKind(deps, move, kind);
  return move;
}

/** Entries at a time; a run may have a thousand reasons. */
const batchOf = (kind: ArchiveKind): number => (kind === 'runs' ? 20 : 200);

async function copyKind<Kind extends ArchiveKind>(deps: MoveDependencies, begun: Move, kind: Kind): Promise<Move> {
  const { from, to, onProgress } = deps;
  const [source, target] = [from.shelf(kind), to.shelf(kind)];
  const total = await source.count();
  let done = begun.cursor === null ? 0 : await target.count();
  for (let move = begun; ; ) {
    const { items, next } = await source.read(move.cursor, batchOf(kind));
    if (items.length > 0) await target.write(items);
    done += items.length;
    onProgress({ step: 'copied', kind, done: Math.min(done, total), total });
    move = next === null ? { ...move, done: [...move.done, kind], cursor: null } : { ...move, cursor: next };
    await to.setMove(move);
    if (next === null) return move;
  }
}
