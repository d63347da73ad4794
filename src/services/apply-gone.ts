import { goneRecord, leftRecord } from '../core/directory-record.ts';
import type { Run, StagedChange } from '../core/run.ts';
import { recordOf, type SourceRecord, withRecord } from '../core/user.ts';
import type { WriteDependencies } from './dependencies.ts';
import { recordChange } from './record-change.ts';

/**
 * Records that the directory confirmed a person's absence, or that they are out of the scope; they leave unless another live directory
 * reports them active. Tells whether anything changed; refuses the last admin with `last_admin`.
 */
export async function applyGone(
  deps: WriteDependencies,
  run: Run,
  userId: string,
  { externalId, harms, why = 'out of scope' }: Pick<StagedChange, 'externalId' | 'harms' | 'why'>,
): Promise<boolean> {
  const recordAfter = (former: SourceRecord) =>
    harms.includes('out_of_scope') ? leftRecord(former, why) : goneRecord(former);
  const result = await recordChange(deps, {
    organizationId: run.organizationId,
    by: { kind: 'run', id: run.id },
    fence: { runId: run.id, epoch: run.epoch },
    onTaken: 'hold',
    find: () => deps.stores.users.get(run.organizationId, userId),
    draft: (user) => {
      const former = recordOf(user, run.source);
      return former?.externalId === externalId ? { user: withRecord(user, recordAfter(former)) } : null;
    },
  });
  return result.changed;
}
