import { isDeepStrictEqual } from 'node:util';
import type { User } from '../../src/core/user.ts';
import type { Fence, UserChange, UserStore } from '../../src/ports/user-store.ts';

/** Who is told of every accepted save, with the person as the one before left them. */
export type Saved = (before: User | null, change: UserChange, fence: Fence | undefined) => void;

/** The same store, which tells of every save it accepts. */
export function watchUsers(users: UserStore, saved: Saved): UserStore {
  const latest = new Map<string, User>();
  /** Taken for saved because they are stored, though the save was refused: it may be that another one said the very same. */
  const found = new Set<User>();

  function accept(change: UserChange, fence: Fence | undefined): void {
    const before = latest.get(change.user.id) ?? null;
    if (before && found.delete(before) && isDeepStrictEqual(before, change.user)) return;
    latest.set(change.user.id, change.user);
    saved(before, change, fence);
  }

  const isNews = ({ user }: UserChange) => user.version > (latest.get(user.id)?.version ?? 0);

  /** Whoever takes a run over meets its people one by one: of a page that is then refused, some may have been written before. */
  async function acceptIfStored(change: UserChange): Promise<void> {
    const { user } = change;
    if (!isNews(change) || !isDeepStrictEqual(await users.get(user.organizationId, user.id), user)) return;
    // Whoever said the same may have been told meanwhile.
    if (!isNews(change)) return;
    accept(change, undefined);
    found.add(user);
  }

  return {
    ...users,
    async save(change, fence) {
      const user = await users.save(change, fence);
      accept(change, fence);
      return user;
    },
    async saveMany(changes, fence) {
      const outcomes = await users.saveMany(changes, fence).catch(async (error: unknown) => {
        for (const change of changes) await acceptIfStored(change);
        throw error;
      });
      for (const [index, change] of changes.entries()) if (outcomes[index]?.saved) accept(change, fence);
      return outcomes;
    },
  };
}
