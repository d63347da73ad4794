import { ScimError } from '../messages/scim-error.ts';
import type { ServedType } from '../schema/served-schemas.ts';
import type { ScimRoute } from './routes.ts';

export interface FoundRoute {
  readonly route: ScimRoute;
  /** The `:id` of the path, decoded; '' without one. */
  readonly id: string;
  /** The configured type whose endpoint the path is of. */
  readonly type?: ServedType;
}

type Methods = ReadonlyMap<string, ScimRoute>;

/** Finds a route by method and path segments, which are still percent-encoded, without empty ones; throws 404 and 405. */
export type FindRoute = (method: string, segments: readonly string[]) => FoundRoute;

/** Finds the routes every organization has, and those of the types that one has configured, which are given by folded endpoint. */
export function createFindRoute(routes: readonly ScimRoute[], customRoutes: readonly ScimRoute[]) {
  const find = compileRoutes(routes);
  const findCustom = compileRoutes(customRoutes);
  return (method: string, segments: readonly string[], custom: ReadonlyMap<string, ServedType>): FoundRoute => {
    const [first = '', ...rest] = segments;
    const type = custom.size === 0 ? undefined : custom.get(`/${decode(first)}`.toLowerCase());
    return type ? { ...findCustom(method, rest), type } : find(method, segments);
  };
}

/**
 * Compiles routes for look-up by method and path segments. Names of resources are folded, ids are not.
 *
 * `find` throws 404 for a path nobody serves, and 405 with `Allow` for a method a path does not take. HEAD is a GET without the body.
 */
function compileRoutes(routes: readonly ScimRoute[]): FindRoute {
  const fixed = new Map<string, Map<string, ScimRoute>>();
  const named = new Map<string, Map<string, ScimRoute>>();
  for (const route of routes) {
    const folded = route.path.toLowerCase();
    const [table, key] = folded.endsWith('/:id') ? [named, folded.slice(0, -'/:id'.length)] : [fixed, folded];
    table.set(key, (table.get(key) ?? new Map<string, ScimRoute>()).set(route.method, route));
  }

  return function find(method: string, segments: readonly string[]): FoundRoute {
    const names = segments.map(decode);
    const id = names.at(-1) ?? '';
    const exact = fixed.get(`/${names.join('/')}`.toLowerCase());
    if (exact) return { route: choose(exact, method), id: '' };
    const folder = names.slice(0, -1).map((name) => `/${name}`);
    const byId = id === '' ? undefined : named.get(folder.join('').toLowerCase());
    if (!byId) throw new ScimError(404, 'there is no such endpoint');
    return { route: choose(byId, method), id };
  };
}

function choose(methods: Methods, method: string): ScimRoute {
  const route = methods.get(method === 'HEAD' ? 'GET' : method);
  if (route) return route;
  const allow = [...methods.keys()].join(', ');
  throw new ScimError(405, `this endpoint takes ${allow}`, undefined, { Allow: allow });
}

/** A path segment as it was meant. Throws 404 for broken percent-encoding: nothing has such a name. */
export function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (error instanceof URIError) throw new ScimError(404, 'there is no such endpoint');
    throw error;
  }
}
