import type { EventType, UserEvent } from '../core/event.ts';
import type { Actor, DirectoryName } from '../core/user.ts';
import { timestamp } from '../ports/clock.ts';
import type { SyncDependencies } from './sync-step.ts';

export interface SyncAlert {
  readonly type: Extract<EventType, `alert.${string}`>;
  /** Names it within its integration: said again, it is said once. */
  readonly id: string;
  readonly changes: UserEvent['changes'];
  /** For the log. */
  readonly message: string;
  readonly by?: Actor;
}

interface Place {
  readonly organizationId: string;
  readonly integrationId: string;
  readonly source: DirectoryName;
}

/** Tells the feed and the log what an admin should know of an integration. */
export async function raiseSyncAlert(
  { stores, clock, logger, onEvents }: Pick<SyncDependencies, 'stores' | 'clock' | 'logger' | 'onEvents'>,
  { organizationId, integrationId, source }: Place,
  { type, id, changes, message, by = { kind: 'system', id: null } }: SyncAlert,
): Promise<void> {
  logger.warn({ organizationId, source, alert: type, ...changes }, message);
  await stores.events.add({
    id: `${integrationId}:${id}`,
    organizationId,
    // It is about nobody.
    userId: '',
    type,
    at: timestamp(clock),
    by,
    changes: { source: [null, source], ...changes },
    effects: [],
  });
  onEvents();
}
