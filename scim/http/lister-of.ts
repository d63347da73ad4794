import type { ScimResources } from '../resources.ts';
import type { ScimUsers } from '../users.ts';
import { askedForResource } from './resource-handlers.ts';
import type { ListerOf } from './search-handlers.ts';
import { askedFor } from './user-handlers.ts';

/** How each type is listed: people by their own ways, everything else by those of all resources. */
export function listerOf(users: ScimUsers, resources: ScimResources): ListerOf {
  return (request, query, type, schema) => {
    if (type === request.schemas.user) {
      const asked = { ...askedFor(request, query), schema };
      return (page) => users.list(asked, page);
    }
    const asked = askedForResource(request, query, { ...type, schema });
    return (page) => resources.list(asked, page);
  };
}
