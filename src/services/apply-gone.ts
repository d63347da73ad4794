import { goneRecord } from '../core/directory-record.ts';
import type { Run } from '../core/run.ts';
import { recordOf, withRecord } from '../core/user.ts';
import type { WriteDependencies } from './dependencies.ts';
import { recordChange } from './record-change.ts';

/**
 * Records that the directory confirmed a person's absence; they leave unless another live directory reports them active.
 * Tells whether anything changed; refuses the last admin with `last_admin`.
 */
export async function applyGone(
  deps: WriteDependencies,
  run: Run,
  userId: string,
  externalId: string,
): Promise<boolean> {
  const result = await recordChange(deps, {
    organizationId: run.organizationId,
    by: { kind: 'run', id: run.id },
    fence: { runId: run.id, epoch: run.epoch },
    onTaken: 'hold',
    find: () => deps.stores.users.get(run.organizationId, userId),
    draft: (user) => {
      const former = recordOf(user, run.source);
      return former?.externalId === externalId ? { user: withRecord(user, goneRecord(former)) } : null;
    },
  });
  return result.changed;
}
