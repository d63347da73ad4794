import type { Outcome } from '../core/import.ts';
import { leaveGonePools } from './gone-pools.ts';
import { tell, type Work, type Written } from './import-work.ts';
import { readOrganization } from './organizations.ts';
import { resettle } from './record-change.ts';
import { takeBack } from './take-back.ts';

/**
 * Looks again at people who were written, for what moved while they were: pools that went are left, newcomers do not become active
 * under SCIM, and everybody else is resolved with the settings of now. Done again, it changes nothing.
 */
export const lookAgainAtRows =
  (work: Pick<Work, 'deps' | 'by' | 'outcomes'>) =>
  async (written: readonly Written[]): Promise<void> => {
    const [first] = written;
    if (!first) return;
    const { deps, by } = work;
    const { organizationId } = first.after;
    await leaveGonePools(deps, organizationId, by, written);
    const { settings } = await readOrganization(deps, organizationId);
    for (const { row, reviewed, before, after } of written) {
      if (after.settingsVersion === settings.version) continue;
      const isBrought = before.version === 0 && after.status === 'active';
      if (!isBrought || !settings.scim.enabled) {
        await resettle(deps, organizationId, after.id);
        continue;
      }
      await takeBack(deps, { before, after });
      tell(work, row, reviewed.verdict as Outcome, after.id, 'SCIM was switched on meanwhile: not activated');
    }
  };
