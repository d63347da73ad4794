import type { Integration } from '../core/integration.ts';
import { timestamp } from '../ports/clock.ts';
import type { DirectoryCheck, GoogleCredentials } from '../ports/directory.ts';
import type { Dependencies } from './dependencies.ts';
import { openDirectory, sealPlace } from './open-directory.ts';
import { readOrganization } from './organizations.ts';
import { readTarget, startRun } from './start-run.ts';

/**
 * Connects Google Workspace, or replaces how it is connected. Credentials are sealed and never leave again.
 *
 * A run under way ends `superseded`. While *Sync Google Workspace users?* is on, a run starts at once.
 */
export async function putGoogleIntegration(
  deps: Dependencies,
  organizationId: string,
  { subject, ...credentials }: GoogleCredentials,
): Promise<Integration> {
  const { settings } = await readOrganization(deps, organizationId);
  const former = await deps.stores.integrations.get(organizationId, 'google');
  const at = timestamp(deps.clock);
  const id = former?.id ?? deps.identifiers.next();
  const base = {
    id,
    organizationId,
    source: 'google' as const,
    version: (former?.version ?? 0) + 1,
    subject,
    sealedCredentials: deps.secrets.seal(JSON.stringify(credentials), sealPlace({ organizationId, id })),
    account: credentials.clientEmail,
    tenant: null,
    nextDueAt: null,
    lastRunId: former?.lastRunId ?? null,
    createdAt: former?.createdAt ?? at,
    updatedAt: at,
  };
  const nextDueAt = settings.google.syncUsers ? deps.nextDue(base) : null;
  const integration: Integration = { ...base, nextDueAt };
  await deps.stores.integrations.put(integration);
  if (settings.google.syncUsers) await startRun(deps, organizationId, 'google', 'settings');
  return integration;
}

/** Says in words what works and what does not between Rollcall and the directory. Throws `not_configured`. */
export async function testGoogleIntegration(
  deps: Dependencies,
  organizationId: string,
): Promise<readonly DirectoryCheck[]> {
  const { integration } = await readTarget(deps, organizationId, 'google');
  return openDirectory(deps, integration).test();
}
