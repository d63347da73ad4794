import type { Request, RequestHandler, Response } from 'express';
import type { ScimConfiguration } from '../../src/core/scim-configuration.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Secrets } from '../../src/ports/secrets.ts';
import type { GroupMembership } from '../../src/services/group-membership.ts';
import type { ProvisionResource } from '../../src/services/provision-resource.ts';
import type { ProvisionUser } from '../../src/services/provision-user.ts';
import type { RateLimiter } from '../../src/services/rate-limiter.ts';
import { createCursors } from '../lists/cursors.ts';
import { LIMITS } from '../messages/limits.ts';
import { ScimError } from '../messages/scim-error.ts';
import { createScimResources } from '../resources.ts';
import { createFindSchemas } from '../schema/find-schemas.ts';
import { createScimUsers } from '../users.ts';
import { sendAnswer } from './answer.ts';
import { authenticated } from './authenticate.ts';
import { bulkHandler } from './bulk-handler.ts';
import { customHandlers } from './custom-handlers.ts';
import { DISCOVERY_HANDLERS } from './discovery.ts';
import type { ScimAnswer, ScimHandler } from './exchange.ts';
import { groupHandlers } from './group-handlers.ts';
import { listerOf } from './lister-of.ts';
import { createPerformer, type Operation } from './perform.ts';
import type { Authenticate, ScimPrincipal } from './principal.ts';
import { checkRate } from './rate-limit.ts';
import { readBody } from './read-body.ts';
import { createRefuse } from './refuse.ts';
import { decode } from './route-table.ts';
import { type HandlerName, SCIM_ROUTES } from './routes.ts';
import { searchHandlers } from './search-handlers.ts';
import { userHandlers } from './user-handlers.ts';

/** Where the router is to be mounted. */
export const SCIM_MOUNT = '/scim/v2';

export interface ScimDependencies {
  readonly users: ProvisionUser;
  readonly resources: ProvisionResource;
  readonly membership: GroupMembership;
  readonly authenticate: Authenticate;
  /** Counts requests by connection; without one any number is taken. */
  readonly limit?: RateLimiter;
  /** The schemas and resource types of an organization; asked for every request. */
  readonly configuration: (organizationId: string) => Promise<ScimConfiguration>;
  /** The absolute URL this server is reached by, without a trailing slash: configured, or where it listens. */
  readonly publicUrl: (request: Request) => string;
  /** Told about every failure nobody expected; what was thrown never leaves the process. */
  readonly logger: Pick<Logger, 'error'>;
  readonly clock: Clock;
  /** Seals cursors. */
  readonly secrets: Pick<Secrets, 'seal' | 'open'>;
  /** Resources at most to be looked at one by one for one list; 20,000 unless told. */
  readonly scanLimit?: number;
}

/**
 * The SCIM 2.0 protocol as one Express handler, to be mounted at `/scim/v2`. It answers everything below itself, failures included,
 * always as `application/scim+json`.
 *
 * Order: token (401), rate (429), route (404, 405), scope (403), query, body, handler. Nothing of a request is read before its token is known.
 */
export function createScimRouter(deps: ScimDependencies): RequestHandler {
  const findSchemas = createFindSchemas(deps.configuration);
  const users = createScimUsers(deps.users, deps.membership);
  const resources = createScimResources(deps.resources);
  const lists = { cursors: createCursors(deps.secrets, deps.clock), scanLimit: deps.scanLimit ?? LIMITS.scanned };
  const handlers: Readonly<Record<HandlerName, ScimHandler>> = {
    ...DISCOVERY_HANDLERS,
    ...userHandlers(users),
    ...groupHandlers(resources),
    ...customHandlers(resources),
    ...searchHandlers(lists, listerOf(users, resources)),
    bulk: (request) => bulk(request),
    me: () => {
      throw new ScimError(501, 'the token stands for a SCIM connection and not for a person, so that nobody is "me"');
    },
  };
  const performer = createPerformer(SCIM_ROUTES, handlers);
  const refuse = createRefuse(deps.logger);
  const count = ({ connectionId }: ScimPrincipal, requests = 1) => {
    if (deps.limit) checkRate(deps.limit, connectionId, requests);
  };
  const bulk = bulkHandler({ ...performer, refuse }, count);

  const answer = async (request: Request, response: Response): Promise<ScimAnswer> => {
    const { headers } = request;
    const [path = '', query = ''] = splitOnce(request.url, '?');
    const [organization, ...names] = path.split('/').slice(1);
    const named = organization ? decode(organization) : undefined;
    const principal = await authenticated(deps.authenticate, headers.authorization, headers['user-agent'], named);
    count(principal);
    if (named === undefined) throw new ScimError(404, 'the path must name the organization');
    const operation: Operation = {
      principal,
      schemas: await findSchemas(principal.organizationId),
      baseUrl: `${deps.publicUrl(request)}${SCIM_MOUNT}/${encodeURIComponent(principal.organizationId)}`,
      method: request.method,
      segments: names.filter((name) => name !== ''),
      query,
      body: () => readBody(request, response),
      ifMatch: headers['if-match'],
      ifNoneMatch: headers['if-none-match'],
    };
    return performer.perform(performer.find(operation), operation);
  };

  return async function scim(request, response) {
    const { method, originalUrl } = request;
    const refusal = (error: unknown) => refuse(error, { method, path: splitOnce(originalUrl, '?')[0] ?? '' });
    sendAnswer(response, await answer(request, response).catch(refusal));
  };
}

function splitOnce(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
