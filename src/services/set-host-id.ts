import { AppError, isAppError } from '../core/errors.ts';
import type { User } from '../core/user.ts';
import { type AdminTarget, briefly, changeByAdmin, holderOf } from './admin-change.ts';
import type { WriteDependencies } from './dependencies.ts';

/**
 * Notes the host application's own id of a person; null takes it off. Throws `host_id_taken` with the other user in its details when
 * it is somebody else's.
 */
export async function setHostId(deps: WriteDependencies, target: AdminTarget, hostId: string | null): Promise<User> {
  try {
    return await changeByAdmin(deps, target, ({ hostId: former, ...user }) => {
      if ((former ?? null) === hostId) return null;
      return { user: hostId === null ? user : { ...user, hostId } };
    });
  } catch (error) {
    if (!isAppError(error, 'host_id_taken')) throw error;
    const holder = await holderOf(deps, target.organizationId, error);
    if (!holder) throw error;
    throw new AppError('host_id_taken', error.message, { user: briefly(holder) }, error);
  }
}
