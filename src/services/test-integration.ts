import { groupsOf } from '../core/scope.ts';
import { optionsOf } from '../core/sync-options.ts';
import type { DirectoryName } from '../core/user.ts';
import type { Directory, DirectoryCheck } from '../ports/directory.ts';
import type { Dependencies } from './dependencies.ts';
import { openDirectory } from './open-directory.ts';
import { readTarget } from './start-run.ts';

/** Groups tried while somebody waits; a scope may name a thousand. */
const MOST_GROUPS = 20;

/**
 * Says in words what works and what does not between Rollcall and the directory, and which groups of the scope cannot be read: a
 * run would fail over each of them. Throws `not_configured`.
 */
export async function testIntegration(
  deps: Dependencies,
  organizationId: string,
  source: DirectoryName,
): Promise<readonly DirectoryCheck[]> {
  const { integration } = await readTarget(deps, organizationId, source);
  const directory = openDirectory(deps, integration);
  const checks = await directory.test();
  const groups = groupsOf(optionsOf(integration).scope);
  const failed = checks.find(({ ok }) => !ok);
  if (groups.length === 0) return checks;
  return [...checks, ...(failed ? [notChecked(failed)] : await testGroups(directory, groups))];
}

async function testGroups(directory: Directory, groups: readonly string[]): Promise<readonly DirectoryCheck[]> {
  const checks = await Promise.all(groups.slice(0, MOST_GROUPS).map((group) => directory.testGroup(group)));
  const left = groups.length - checks.length;
  return left > 0 ? [...checks, { name: 'group', ok: true, message: `${left} more groups were not tried.` }] : checks;
}

const notChecked = ({ name }: DirectoryCheck): DirectoryCheck => ({
  name: 'group',
  ok: false,
  message: `The groups of the scope were not tried: "${name}" comes first.`,
});
