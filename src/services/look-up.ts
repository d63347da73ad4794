import type { Integration } from '../core/integration.ts';
import { outOfScope, withoutGroups } from '../core/scope.ts';
import { optionsOf } from '../core/sync-options.ts';
import { recordOf, type User } from '../core/user.ts';
import type { LiveAnswer } from '../core/verdict-facts.ts';
import { DirectoryError, type FoundPerson } from '../ports/directory.ts';
import type { Dependencies } from './dependencies.ts';
import { openDirectory } from './open-directory.ts';

/**
 * Asks every connected directory for one person, all at once: each answers, or is told as unreachable, within about five seconds.
 * Nothing is written.
 */
export async function lookUpEverywhere(
  deps: Dependencies,
  organizationId: string,
  user: User | null,
  email: string | null,
): Promise<ReadonlyMap<string, LiveAnswer>> {
  const integrations = await deps.stores.integrations.list(organizationId);
  const answers = await Promise.all(
    integrations.map(async (integration) => [integration.source, await ask(deps, integration, user, email)] as const),
  );
  return new Map(answers.flatMap(([source, answer]) => (answer ? [[source, answer] as const] : [])));
}

async function ask(
  deps: Dependencies,
  integration: Integration,
  user: User | null,
  email: string | null,
): Promise<LiveAnswer | null> {
  const externalId = user ? (recordOf(user, integration.source)?.externalId ?? null) : null;
  const who = externalId !== null ? { externalId } : email !== null ? { email } : null;
  if (who === null) return null;
  try {
    const found = await openDirectory(deps, integration).lookUp(who);
    return found === 'gone' ? { found: false } : answerOf(integration, found);
  } catch (error) {
    if (!(error instanceof DirectoryError)) throw error;
    return { found: null, message: error.message };
  }
}

/** Of groups nothing is asked here: what the last run found out about them shows in its reasons. */
function answerOf(integration: Integration, { person, leftOut }: FoundPerson): LiveAnswer {
  const { scope } = optionsOf(integration);
  const message = outOfScope(withoutGroups(scope), person, []);
  const { activity, reasons, email } = person;
  return {
    found: true,
    activity,
    reasons,
    email,
    leftOut: leftOut ?? (message === null ? null : { code: 'out_of_scope', message }),
  };
}
