import type { GroupMapping } from '../core/group-mapping.ts';
import type { Json } from '../core/json.ts';
import type { Actor } from '../core/user.ts';
import { timestamp } from '../ports/clock.ts';
import type { WriteDependencies } from './dependencies.ts';

/** Tells the feed that a mapping was made, changed or taken away: whoever is in its group may have other access from now on. */
export async function tellMapping(
  { stores, clock, onEvents }: WriteDependencies,
  before: GroupMapping | null,
  after: GroupMapping | null,
  by: Actor,
): Promise<void> {
  const mapping = after ?? before;
  if (!mapping) return;
  const { organizationId, id, createdAt, version } = mapping;
  const facts = [before, after].map((one) => ({
    mapping: one?.id ?? null,
    group: (one?.group ?? null) as unknown as Json,
    level: one?.level ?? null,
    roles: (one?.roles ?? null) as unknown as Json,
  }));
  const [from, to] = facts as [(typeof facts)[0], (typeof facts)[0]];
  await stores.events.add({
    id: `${organizationId}:mapping:${id}:${createdAt}:${version}${after ? '' : ':removed'}`,
    organizationId,
    userId: '',
    type: 'group_mapping.changed',
    at: timestamp(clock),
    by,
    changes: {
      mapping: [from.mapping, to.mapping],
      group: [from.group, to.group],
      level: [from.level, to.level],
      roles: [from.roles, to.roles],
    },
    effects: [],
  });
  onEvents();
}
