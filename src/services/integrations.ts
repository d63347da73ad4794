import { fold } from '../core/fold.ts';
import type { Integration, MicrosoftPeople } from '../core/integration.ts';
import { timestamp } from '../ports/clock.ts';
import type { GoogleCredentials, MicrosoftCredentials } from '../ports/directory.ts';
import type { Dependencies } from './dependencies.ts';
import { forgetAllAbsences } from './due-absences.ts';
import { writeDue } from './due-times.ts';
import { orLost, untilWon } from './lost-races.ts';
import { sealPlace } from './open-directory.ts';
import { readOrganization } from './organizations.ts';
import { startRun } from './start-run.ts';

/** Connects Google Workspace, or replaces how it is connected; see `putIntegration`. */
export function putGoogleIntegration(
  deps: Dependencies,
  organizationId: string,
  { subject, ...credentials }: GoogleCredentials,
): Promise<Integration> {
  const shown = { source: 'google', account: credentials.clientEmail, subject, tenant: null } as const;
  return putIntegration(deps, organizationId, shown, credentials);
}

/** Connects Microsoft 365, or replaces how it is connected; see `putIntegration`. The tenant is known, and pinned at once. */
export function putMicrosoftIntegration(
  deps: Dependencies,
  organizationId: string,
  credentials: MicrosoftCredentials,
  people: MicrosoftPeople,
): Promise<Integration> {
  const { clientId: account, tenantId: tenant } = credentials;
  return putIntegration(
    deps,
    organizationId,
    { source: 'microsoft', account, subject: null, tenant, people },
    credentials,
  );
}

type Shown = Pick<Integration, 'source' | 'account' | 'subject' | 'tenant' | 'people'>;

/**
 * Connects a directory, or replaces how it is connected. Credentials are sealed and never leave again.
 *
 * A run under way ends `superseded`. While *Sync … users?* is on, a run starts at once. Absences that wait for their time, and
 * who is in which group, are forgotten when it is another directory: there they begin anew.
 */
async function putIntegration(
  deps: Dependencies,
  organizationId: string,
  shown: Shown,
  credentials: object,
): Promise<Integration> {
  const { source } = shown;
  const { former, integration } = await untilWon(undefined, () =>
    orLost(`${organizationId}/${source}`, () => connect(deps, organizationId, shown, credentials)),
  );
  if (former && !sameDirectory(former, integration)) {
    await forgetAllAbsences(deps, integration);
    await deps.stores.directoryGroups.forget(organizationId, source, null);
  }
  const { settings } = await readOrganization(deps, organizationId);
  const nextDueAt = await writeDue(deps, organizationId, source);
  if (settings[source].syncUsers) await startRun(deps, organizationId, source, 'settings');
  return { ...integration, nextDueAt };
}

/** What was chosen about the sync outlives new credentials. */
async function connect(
  deps: Dependencies,
  organizationId: string,
  shown: Shown,
  credentials: object,
): Promise<{ readonly former: Integration | null; readonly integration: Integration }> {
  await readOrganization(deps, organizationId);
  const former = await deps.stores.integrations.get(organizationId, shown.source);
  const at = timestamp(deps.clock);
  const id = former?.id ?? deps.identifiers.next();
  const integration: Integration = {
    ...shown,
    ...(former?.options ? { options: former.options } : {}),
    id,
    organizationId,
    version: (former?.version ?? 0) + 1,
    revision: (former?.revision ?? (former ? 1 : 0)) + 1,
    sealedCredentials: deps.secrets.seal(JSON.stringify(credentials), sealPlace({ organizationId, id })),
    nextDueAt: former?.nextDueAt ?? null,
    lastRunId: former?.lastRunId ?? null,
    createdAt: former?.createdAt ?? at,
    updatedAt: at,
  };
  await deps.stores.integrations[former ? 'save' : 'put'](integration);
  return { former, integration };
}

/** Whether both lead to one directory; of Google only the first page tells, and an administrator of the same domain speaks for it. */
function sameDirectory(left: Integration, right: Integration): boolean {
  const domainOf = ({ subject }: Integration) => fold(subject?.split('@').at(-1) ?? '');
  return right.tenant === null ? domainOf(left) === domainOf(right) : left.tenant === right.tenant;
}
