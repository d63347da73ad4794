import type { Faults } from '../shared/faults.ts';
import type { Reply } from '../shared/reply.ts';
import type { Throttle } from '../shared/throttle.ts';
import { answerBatch } from './batch.ts';
import type { RequestLine } from './control.ts';
import type { Call, FaultRule, Operation } from './fault-rule.ts';
import type { GroupsApi } from './groups-api.ts';
import { apiError, NOT_FOUND, UNAUTHENTICATED } from './reply.ts';
import { type Target, targetOf } from './target.ts';
import { ROLES, type TokenApi } from './token-api.ts';
import type { Ask, UsersApi } from './users-api.ts';

export interface GatewayParts {
  readonly users: UsersApi;
  readonly groups: GroupsApi;
  readonly tokens: TokenApi;
  readonly faults: Faults<FaultRule, Call>;
  readonly throttle: Throttle;
  /** Grows with the calls. */
  readonly requests: RequestLine[];
  readonly now: () => number;
}

/** One call to the login or to Graph. */
export interface Incoming {
  readonly method: string | undefined;
  readonly url: string | undefined;
  /** Where the caller found the simulator. */
  readonly origin: string;
  readonly authorization: string | undefined;
  readonly body: string;
  /** The how-manieth call it is. */
  readonly arrival: number;
}

/**
 * Answers calls as Graph does: quota, token, permission, request; then the faults have their way. The calls of a batch are
 * answered one by one in the same way, each with its own quota.
 */
export function createGateway(parts: GatewayParts): (incoming: Incoming, latestArrival: () => number) => Reply {
  const { users, groups, tokens, faults, throttle, requests, now } = parts;
  let lastRecord: unknown;
  let secondPageLink: string | null = null;

  const plain: { readonly [name in Exclude<Operation, 'token' | 'batch'>]: (ask: Ask) => Reply } = {
    'users.list': users.list,
    'users.delta': users.delta,
    'users.get': users.get,
    'deleted.get': users.getDeleted,
    'deleted.list': users.listDeleted,
    'groups.list': groups.list,
    'groups.get': groups.get,
    'members.list': groups.members,
    organization: users.organization,
  };

  function answer(target: Target, incoming: Incoming, latestArrival: () => number): Reply {
    const { operation, parameters, key } = target;
    if (operation === 'token') return tokens.exchange(key ?? '', new URLSearchParams(incoming.body));
    const roles = tokens.rolesOf(incoming.authorization);
    if (!roles) return UNAUTHENTICATED;
    const needed = NEEDED[operation] ?? ROLES.users;
    if (operation !== 'batch' && !roles.includes(needed))
      return apiError(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');
    if (operation !== 'batch') return plain[operation]({ parameters, key, origin: incoming.origin, roles });
    return answerBatch(incoming.body, (url) =>
      reply({ ...incoming, method: 'GET', url: `/v1.0${url}` }, latestArrival),
    );
  }

  function callOf(target: Target, { origin, url }: Incoming): Call {
    const page = target.operation.startsWith('users.') ? users.pageOf(target.parameters) : 1;
    return { ...target, page, url: `${origin}${url}`, lastRecord, secondPageLink, now: now() };
  }

  function remember({ operation, key, page }: Call, { status, body }: Reply): void {
    const named = operation === 'token' ? null : key;
    requests.push({ at: new Date(now()).toISOString(), operation, page, key: named, status });
    if (requests.length > LONGEST_LOG) requests.shift();
    if (!LISTINGS.has(operation) || typeof body !== 'object' || body === null) return;
    const { value, '@odata.nextLink': next }: { value?: unknown; '@odata.nextLink'?: string } = body;
    if (Array.isArray(value)) lastRecord = value.at(-1);
    if (page === 1) secondPageLink = next ?? null;
  }

  function reply(incoming: Incoming, latestArrival: () => number): Reply {
    const target = targetOf(incoming.method, incoming.url);
    if (!target) return NOT_FOUND;
    const call = callOf(target, incoming);
    const answered = throttle.refuse(incoming.arrival) ?? faults.spoil(answer(target, incoming, latestArrival), call);
    throttle.noteReply(answered, latestArrival());
    remember(call, answered);
    return answered;
  }

  return reply;
}

const NEEDED: { readonly [name in Operation]?: string } = {
  organization: ROLES.organization,
  'groups.list': ROLES.groups,
  'groups.get': ROLES.groups,
  'members.list': ROLES.groups,
};
const LONGEST_LOG = 20_000;
const LISTINGS: ReadonlySet<Operation> = new Set(['users.list', 'users.delta']);
