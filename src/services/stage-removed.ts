import type { Run, StagedChange } from '../core/run.ts';
import { recordOf } from '../core/user.ts';
import type { DirectoryPage } from '../ports/directory.ts';
import type { Dependencies } from './dependencies.ts';

/**
 * What a page of changes takes away: the people it says have left, as far as they are known and not gone already.
 *
 * A full listing needs no such word: whoever left is not in it, and is asked about at its end.
 */
export async function stageRemoved(
  { stores }: Pick<Dependencies, 'stores'>,
  { organizationId, source, kind }: Run,
  { removed = [] }: DirectoryPage,
): Promise<readonly StagedChange[]> {
  if (kind === 'full' || removed.length === 0) return [];
  const users = await stores.users.findBySourceKeys(organizationId, source, null, removed);
  return users.flatMap((user) => {
    const { externalId = null, directory } = recordOf(user, source) ?? {};
    if (externalId === null || !directory?.present) return [];
    return { externalId, userId: user.id, harms: directory.activity === 'inactive' ? [] : ['gone'], person: null };
  });
}
