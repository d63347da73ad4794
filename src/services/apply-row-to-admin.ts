import { actingIn, type Import, type Outcome } from '../core/import.ts';
import { judgeRow, type PeopleFacts } from '../core/judge-row.ts';
import { judgingOf } from '../core/said-in-row.ts';
import type { Dependencies, WriteDependencies } from './dependencies.ts';
import { draftOfRow, factsWith, isAsReviewed } from './draft-of-row.ts';
import { recordChange } from './record-change.ts';
import type { Pending } from './swap-partners.ts';

/**
 * Carries out a row about an admin who would not be one any more: the single way, which guards the organization's last one, and tells
 * what became of it.
 */
export async function applyRowToAdmin(
  deps: Dependencies & WriteDependencies,
  entry: Import,
  facts: PeopleFacts,
  { row, reviewed }: Pending,
  userId: string,
): Promise<Outcome> {
  const { organizationId, mapping } = entry;
  if (mapping === null) return 'changed';
  const { changed } = await recordChange(deps, {
    organizationId,
    by: actingIn(entry),
    onTaken: 'hold',
    find: () => deps.stores.users.get(organizationId, userId),
    draft: (user, { settings }) => {
      const fresh = judgeRow(row, judgingOf(mapping, settings), factsWith(facts, mapping, user));
      return isAsReviewed(fresh, reviewed) ? draftOfRow(mapping, user, row, reviewed, settings) : null;
    },
  });
  return changed ? (reviewed.verdict as Outcome) : 'changed';
}
