import { createHash } from 'node:crypto';
import type { Integration } from '../src/core/integration.ts';
import { nextDue } from '../src/core/schedule.ts';
import { optionsOf } from '../src/core/sync-options.ts';
import type { Clock } from '../src/ports/clock.ts';

/**
 * Says when an integration's next run is due by its schedule, shifted by a jitter of its own, so that no two organizations knock at
 * the same minute; null while it is paused.
 *
 * Runs come as often as changes are asked for; which of them lists everybody is decided when it starts. A directory that cannot tell
 * changes is listed every time.
 */
export function nextDueBy(clock: Clock): (integration: Integration) => string | null {
  return (integration) => {
    const { schedule } = optionsOf(integration);
    const { fullEveryMinutes, deltaEveryMinutes } = schedule;
    const every = integration.source === 'google' ? fullEveryMinutes : Math.min(deltaEveryMinutes, fullEveryMinutes);
    const due = nextDue(schedule, every, jitterOf(integration.id), clock.now());
    return due === null ? null : new Date(due).toISOString();
  };
}

/** A number, the same for ever for one integration. */
const jitterOf = (id: string): number => createHash('sha256').update(id).digest().readUInt32BE(0);
