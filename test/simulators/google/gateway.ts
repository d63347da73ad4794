import type { Faults } from '../shared/faults.ts';
import type { Reply } from '../shared/reply.ts';
import type { Throttle } from '../shared/throttle.ts';
import type { RequestLine } from './control.ts';
import type { DirectoryApi } from './directory-api.ts';
import type { Call, FaultRule, Operation } from './fault-rule.ts';
import type { GroupsApi } from './groups-api.ts';
import { apiError, UNAUTHENTICATED } from './reply.ts';
import { type Target, targetOf } from './target.ts';
import { SCOPES, type TokenApi } from './token-api.ts';
import type { World } from './world.ts';

export interface GatewayParts {
  readonly world: World;
  readonly directory: DirectoryApi;
  readonly groups: GroupsApi;
  readonly tokens: TokenApi;
  readonly faults: Faults<FaultRule, Call>;
  readonly throttle: Throttle;
  /** Grows with the calls. */
  readonly requests: RequestLine[];
  readonly now: () => number;
}

/** One call to Google. */
export interface Incoming {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly authorization: string | undefined;
  readonly body: string;
  /** The how-manieth call it is. */
  readonly arrival: number;
}

/**
 * Answers calls as Google does, in Google's order: quota, token, scope, role, request; then the faults have their way.
 */
export function createGateway(parts: GatewayParts): (incoming: Incoming, latestArrival: () => number) => Reply {
  const { world, directory, groups, tokens, faults, throttle, requests, now } = parts;
  let lastRecord: unknown;
  let secondPageToken: string | null = null;

  function answer({ operation, parameters, key }: Target, { authorization, body }: Incoming): Reply {
    if (operation === 'token') return tokens.exchange(new URLSearchParams(body));
    const grant = tokens.grantOf(authorization);
    if (!grant) return UNAUTHENTICATED;
    if (!grant.scopes.includes(SCOPE_OF[operation]))
      return apiError(403, 'insufficientPermissions', 'Request had insufficient authentication scopes.');
    const isAdmin = grant.subject !== null && world.find(grant.subject)?.user.isAdmin === true;
    if (!isAdmin) return apiError(403, 'forbidden', 'Not Authorized to access this resource/api');
    if (operation === 'users.list') return directory.listUsers(parameters);
    if (operation === 'users.get') return directory.getUser(key ?? '', parameters);
    if (operation === 'groups.get') return groups.get(key ?? '', parameters);
    if (operation === 'members.list') return groups.listMembers(key ?? '', parameters);
    return directory.getCustomer(key ?? '', parameters);
  }

  function callOf(target: Target): Call {
    const { parameters } = target;
    const position =
      target.operation === 'users.list' && parameters.has('pageToken') ? directory.positionOf(parameters) : 0;
    const page = Math.floor(position / Number(parameters.get('maxResults') ?? 100)) + 1;
    const pageTokenAt = (at: number) => directory.pageToken(parameters, at);
    return { ...target, page, pageTokenAt, lastRecord, secondPageToken, now: now() };
  }

  function remember(call: Call, reply: Reply): void {
    const { operation, key, page } = call;
    requests.push({ at: new Date(now()).toISOString(), operation, page, key, status: reply.status });
    if (requests.length > LONGEST_LOG) requests.shift();
    if (operation !== 'users.list' || typeof reply.body !== 'object' || reply.body === null) return;
    const { users, nextPageToken }: { users?: unknown; nextPageToken?: string } = reply.body;
    if (Array.isArray(users)) lastRecord = users.at(-1);
    if (page === 1) secondPageToken = nextPageToken ?? null;
  }

  return (incoming, latestArrival) => {
    const target = targetOf(incoming.method, incoming.url);
    if (!target) return apiError(404, 'notFound', 'Not Found');
    const call = callOf(target);
    const reply = throttle.refuse(incoming.arrival) ?? faults.spoil(answer(target, incoming), call);
    throttle.noteReply(reply, latestArrival());
    remember(call, reply);
    return reply;
  };
}

const LONGEST_LOG = 20_000;

const SCOPE_OF: { readonly [name in Exclude<Operation, 'token'>]: string } = {
  'users.list': SCOPES.users,
  'users.get': SCOPES.users,
  'groups.get': SCOPES.groups,
  'members.list': SCOPES.members,
  'customers.get': SCOPES.customer,
};
