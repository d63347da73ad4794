import type { JsonObject } from '../../src/core/json.ts';
import { checkScope } from './authenticate.ts';
import type { Asker, ScimAnswer, ScimHandler } from './exchange.ts';
import { readCondition, readerHas } from './preconditions.ts';
import { readQuery } from './query.ts';
import { createFindRoute, type FoundRoute } from './route-table.ts';
import { CUSTOM_ROUTES, type HandlerName, type ScimRoute } from './routes.ts';

/** What somebody known asks for, wherever it came from: a request of its own, or one operation of a bulk. */
export interface Operation extends Asker {
  readonly method: string;
  /** The path below the organization, still percent-encoded, without empty segments. */
  readonly segments: readonly string[];
  /** The text after the "?". */
  readonly query: string;
  /** Asked only by routes with a body, and not before the route and the scope are known to be right. */
  readonly body: () => JsonObject | Promise<JsonObject>;
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
}

export interface Performer {
  /** Throws 404 and 405. */
  find(operation: Pick<Operation, 'method' | 'segments' | 'schemas'>): FoundRoute;
  /** Order: scope (403), query, body, handler; each throws what it refuses. */
  perform(found: FoundRoute, operation: Operation): Promise<ScimAnswer>;
}

/** The one way in which anything is done over SCIM. */
export function createPerformer(
  routes: readonly ScimRoute[],
  handlers: Readonly<Record<HandlerName, ScimHandler>>,
): Performer {
  const find = createFindRoute(routes, CUSTOM_ROUTES);
  return {
    find: ({ method, segments, schemas }) => find(method, segments, schemas.custom),

    async perform({ route, id, type }, { principal, schemas, baseUrl, query, body, ifMatch, ifNoneMatch }) {
      if (route.scope !== null) checkScope(principal, route.scope);
      const parameters = readQuery(query);
      return handlers[route.handler]({
        principal,
        schemas,
        baseUrl,
        query: parameters,
        type,
        id,
        body: route.body ? await body() : {},
        ifMatch: readCondition(ifMatch, ifNoneMatch),
        hasTag: (tag) => readerHas(ifMatch, ifNoneMatch, tag),
      });
    },
  };
}
