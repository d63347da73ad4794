import type { Conflict } from '../../src/core/conflict.ts';
import { fold } from '../../src/core/fold.ts';
import type { ConflictStore } from '../../src/ports/stores.ts';
import type { Tables } from './tables.ts';

/** Conflicts in memory, oldest first. */
export function createMemoryConflicts({ conflicts }: Pick<Tables, 'conflicts'>): ConflictStore {
  const of = (organization: string): readonly Conflict[] =>
    conflicts.filter(({ organizationId }) => organizationId === organization);
  const isLiving = ({ state }: Conflict): boolean => state === 'open' || state === 'accepted';

  function change(conflict: Conflict, state: Conflict['state'], updatedAt: string): void {
    conflicts[conflicts.indexOf(conflict)] = { ...conflict, state, updatedAt };
  }

  return {
    async open(conflict) {
      const standing = of(conflict.organizationId).find(
        (known) =>
          known.key === conflict.key &&
          (isLiving(known) || (known.state === 'dismissed' && known.message === conflict.message)),
      );
      if (!standing) conflicts.push(conflict);
      return standing ?? conflict;
    },
    get: async (organization, id) => of(organization).find((conflict) => conflict.id === id) ?? null,
    async findByKey(organization, key) {
      const known = of(organization).filter((conflict) => conflict.key === key);
      return known.find(isLiving) ?? known.at(-1) ?? null;
    },
    async list(organization, state, cursor, limit) {
      const rest = of(organization)
        .filter((conflict) => (state === null || conflict.state === state) && (cursor === null || conflict.id < cursor))
        .sort((a, b) => (a.id < b.id ? 1 : -1));
      const items = rest.slice(0, limit);
      return { items, next: rest.length > limit ? (items.at(-1)?.id ?? null) : null };
    },
    count: async (organization, state) =>
      of(organization).filter((conflict) => state === null || conflict.state === state).length,
    async move(organization, id, from, to, at) {
      const conflict = of(organization).find((known) => known.id === id && known.state === from);
      if (!conflict) return false;
      const rival = of(organization).some((known) => known.key === conflict.key && known.id !== id && isLiving(known));
      if (rival && (to === 'open' || to === 'accepted')) return false;
      change(conflict, to, at);
      return true;
    },
    async waitingFor(organization, emails) {
      const keys = emails.map(fold);
      return of(organization)
        .filter(
          ({ state, kind, email }) =>
            state === 'open' && kind === 'email_taken' && email !== null && keys.includes(fold(email)),
        )
        .sort((a, b) => (a.id < b.id ? -1 : 1));
    },
    waiting: async (afterId, limit) =>
      conflicts
        .filter(
          ({ id, state, kind, email, userId }) =>
            state === 'open' && kind === 'email_taken' && email !== null && userId !== null && id > (afterId ?? ''),
        )
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .slice(0, limit),
    openOf: async (organization, userId, kind) =>
      of(organization)
        .filter((known) => known.userId === userId && known.state === 'open' && known.kind === kind)
        .sort((a, b) => (a.id < b.id ? -1 : 1)),
    async resolveOf(organization, userId, kinds, at) {
      for (const conflict of of(organization))
        if (conflict.userId === userId && conflict.state === 'open' && kinds.includes(conflict.kind))
          change(conflict, 'resolved', at);
    },
  };
}
