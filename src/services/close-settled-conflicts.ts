import type { Conflict } from '../core/conflict.ts';
import type { Run } from '../core/run.ts';
import { timestamp } from '../ports/clock.ts';
import type { WriteDependencies } from './dependencies.ts';

const PAGE = 200;

/**
 * Closes the conflicts of a directory that a finished run met no more: their cause is gone.
 *
 * Only those about a directory's own key; an address that is held closes with the person it belongs to. A run that could not keep
 * all its reasons closes nothing.
 */
export async function closeSettledConflicts({ stores, clock }: WriteDependencies, run: Run): Promise<void> {
  if (run.reasonsDropped > 0) return;
  const met = new Set(run.reasons.map(({ externalId, code }) => `${code}:${externalId}`));
  for (let cursor: string | null = null; ; ) {
    const page = await stores.conflicts.list(run.organizationId, 'open', cursor, PAGE);
    for (const conflict of page.items)
      if (isOfDirectoryKey(conflict, run) && !met.has(`${conflict.kind}:${conflict.externalId}`))
        await stores.conflicts.move(run.organizationId, conflict.id, 'open', 'resolved', timestamp(clock));
    cursor = page.next;
    if (cursor === null) return;
  }
}

function isOfDirectoryKey({ source, externalId }: Conflict, run: Run): boolean {
  return source === run.source && externalId !== null;
}
