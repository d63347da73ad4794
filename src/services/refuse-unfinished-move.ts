import { AppError } from '../core/errors.ts';
import type { Stores } from '../ports/stores.ts';

/** Throws `unavailable` for a store that a move has filled in part only: starting on it would lose what is still to come. */
export async function refuseUnfinishedMove({ archive }: Pick<Stores, 'archive'>): Promise<void> {
  const move = await archive.move();
  if (!move || move.finishedAt !== null) return;
  const sentence = `this store is the unfinished copy of ${move.source}: run the same "rollcall migrate-store" again to finish it`;
  throw new AppError('unavailable', sentence);
}
