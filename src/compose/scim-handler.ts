import type { RequestHandler } from 'express';
import type { ProcessSettings } from '../../config/settings.ts';
import { createScimRouter } from '../../scim/http/create-scim-router.ts';
import { authenticateScim } from '../services/authenticate-scim.ts';
import type { Dependencies, WriteDependencies } from '../services/dependencies.ts';
import { createGroupMembership } from '../services/group-membership.ts';
import { createProvisionResource } from '../services/provision-resource.ts';
import { createProvisionUser } from '../services/provision-user.ts';
import { createRateLimiter } from '../services/rate-limiter.ts';

/** SCIM on the services of the process. */
export function scimHandler(
  deps: Dependencies & WriteDependencies,
  publicUrl: () => string,
  { scimScanLimit: scanLimit, scimRatePerSecond: perSecond, scimBurst: burst }: ProcessSettings,
): RequestHandler {
  const { logger, clock, secrets } = deps;
  return createScimRouter({
    users: createProvisionUser(deps),
    resources: createProvisionResource(deps),
    membership: createGroupMembership(deps),
    authenticate: (token: string, userAgent: string | null) => authenticateScim(deps, token, userAgent),
    limit: createRateLimiter({ perSecond, burst }, clock),
    configuration: deps.stores.configurations.recent,
    publicUrl,
    logger,
    clock,
    secrets,
    scanLimit,
  });
}
