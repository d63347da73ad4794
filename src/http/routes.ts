import type { Route } from './route.ts';
import { accessRoutes } from './routes/access.ts';
import { agencyRoutes } from './routes/agencies.ts';
import { apiKeyRoutes } from './routes/api-keys.ts';
import { bulkRoutes } from './routes/bulk.ts';
import { catalogRoutes } from './routes/catalog.ts';
import { conflictRoutes } from './routes/conflicts.ts';
import { eventRoutes } from './routes/events.ts';
import { explainRoutes } from './routes/explain.ts';
import { groupMappingRoutes } from './routes/group-mappings.ts';
import { groupRoutes } from './routes/groups.ts';
import { healthRoutes } from './routes/health.ts';
import { historyRoutes } from './routes/history.ts';
import { hostIdRoutes } from './routes/host-id.ts';
import { importRoutes } from './routes/imports.ts';
import { integrationRoutes } from './routes/integrations.ts';
import { interviewRoutes } from './routes/interviews.ts';
import { openApiRoutes } from './routes/openapi.ts';
import { organizationRoutes } from './routes/organizations.ts';
import { planRoutes } from './routes/plans.ts';
import { poolRoutes } from './routes/pools.ts';
import { resourceTypeRoutes } from './routes/resource-types.ts';
import { runRoutes } from './routes/runs.ts';
import { schemaRoutes } from './routes/schemas.ts';
import { scimClientRoutes } from './routes/scim-clients.ts';
import { scimConnectionRoutes } from './routes/scim-connections.ts';
import { scimTokenRoutes } from './routes/scim-tokens.ts';
import { settingsRoutes } from './routes/settings.ts';
import { signInRoutes } from './routes/sign-ins.ts';
import { syncOptionRoutes } from './routes/sync-options.ts';
import { syncUserRoutes } from './routes/sync-user.ts';
import { userAgencyRoutes } from './routes/user-agency.ts';
import { blockRoutes } from './routes/user-block.ts';
import { statusRoutes } from './routes/user-status.ts';
import { userRoutes } from './routes/users.ts';
import { userCsvRoutes } from './routes/users-csv.ts';

/** Every route there is: what is not here is not answered. */
export const ROUTES: readonly Route[] = [
  ...healthRoutes,
  ...openApiRoutes,
  ...organizationRoutes,
  ...apiKeyRoutes,
  ...settingsRoutes,
  ...scimConnectionRoutes,
  ...scimTokenRoutes,
  ...schemaRoutes,
  ...resourceTypeRoutes,
  ...scimClientRoutes,
  ...integrationRoutes,
  ...syncOptionRoutes,
  ...runRoutes,
  ...planRoutes,
  ...agencyRoutes,
  ...userRoutes,
  ...userCsvRoutes,
  ...userAgencyRoutes,
  ...importRoutes,
  ...statusRoutes,
  ...historyRoutes,
  ...hostIdRoutes,
  ...blockRoutes,
  ...syncUserRoutes,
  ...accessRoutes,
  ...bulkRoutes,
  ...interviewRoutes,
  ...catalogRoutes,
  ...poolRoutes,
  ...groupMappingRoutes,
  ...groupRoutes,
  ...explainRoutes,
  ...conflictRoutes,
  ...signInRoutes,
  ...eventRoutes,
];
