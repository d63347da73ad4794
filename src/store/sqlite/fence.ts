import { AppError } from '../../core/errors.ts';
import type { Fence } from '../../ports/user-store.ts';
import type { Database } from './database.ts';

/** Throws `superseded` when the fence is older than the run's epoch. Belongs inside the transaction it guards. */
export function createCheckFence({ sql }: Database): (fence: Fence | undefined) => void {
  const epochOf = sql('SELECT epoch FROM runs WHERE id = ?');
  return (fence) => {
    if (fence && epochOf.get(fence.runId)?.epoch !== fence.epoch)
      throw new AppError('superseded', 'this run was taken over by another worker');
  };
}
