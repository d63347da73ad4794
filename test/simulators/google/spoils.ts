import { type Reply, WEB_PAGE, type Wire } from '../shared/reply.ts';
import { waitHeader } from '../shared/retry-after.ts';
import type { Call, Fault } from './fault-rule.ts';
import type { GoogleUser } from './people.ts';
import { apiError, tokenError, UNAUTHENTICATED } from './reply.ts';

type Page = { readonly users?: readonly unknown[]; readonly nextPageToken?: string } & object;
export type Spoil<Kind> = (reply: Reply, fault: Extract<Fault, { readonly kind: Kind }>, call: Call) => Reply;

const onWire = (reply: Reply, wire: Wire): Reply => ({ ...reply, wire });

/** What each kind of fault does to an answer. */
export const SPOILS: { readonly [Kind in Fault['kind']]: Spoil<Kind> } = {
  error: (_reply, fault, call) => {
    const { status, reason = REASONS[status] ?? 'backendError', message = reason, domain } = fault;
    return {
      ...apiError(status, reason, message, domain ?? DOMAINS[reason] ?? 'global'),
      headers: waitHeader(fault, call.now),
    };
  },
  'web-page': (_reply, fault, call) => ({
    status: fault.status ?? 200,
    body: WEB_PAGE,
    headers: { 'content-type': 'text/html; charset=utf-8', ...waitHeader(fault, call.now) },
  }),
  'token-error': (_reply, { status, error, description }) => tokenError(status, error, description),
  body: (_reply, { status = 200, body, headers = {} }) => ({ status, body, headers }),
  'truncated-json': (reply) => {
    const text = JSON.stringify(reply.body);
    return { ...reply, body: text.slice(0, Math.floor(text.length * 0.6)) };
  },
  'empty-page': (reply) => ({ ...reply, body: { kind: 'admin#directory#users', etag: '"empty"' } }),
  'no-users': (reply) => editPage(reply, ({ users: _users, ...page }) => page),
  'revoked-token': () => UNAUTHENTICATED,
  'expired-page-token': () => apiError(400, 'invalid', 'Invalid Input: pageToken'),
  'reset-before': onWire,
  'reset-midway': onWire,
  'short-body': onWire,
  'slow-first-byte': onWire,
  'slow-drip': onWire,
  'edit-record': (reply, { at, fields = {}, remove = [] }) =>
    editUsers(reply, (users) => users.map((user, index) => (index === at ? edited(user, fields, remove) : user))),
  'repeat-record': (reply, { at, fields = {} }) =>
    editUsers(reply, (users) => users.toSpliced(at + 1, 0, edited(users[at], fields, []))),
  'repeat-from-page-before': (reply, _fault, { lastRecord }) =>
    editUsers(reply, (users) => (lastRecord === undefined ? users : [lastRecord, ...users])),
  'omit-records': (reply, { ids = [], every = 0 }) =>
    editUsers(reply, (users) =>
      users.filter(
        (user, index) => !ids.includes(String((user as GoogleUser).id)) && !(every > 0 && index % every === 0),
      ),
    ),
  loop: (reply, { to }, { parameters, pageTokenAt, secondPageToken }) =>
    editPage(reply, (page) => ({
      ...page,
      nextPageToken: (to === 'self' ? parameters.get('pageToken') : secondPageToken) ?? pageTokenAt(0),
    })),
  'other-customer': (reply, { customerId }) =>
    editUsers(reply, (users) => users.map((user) => edited(user, { customerId }, []))),
};

const REASONS: { readonly [status: number]: string } = {
  403: 'userRateLimitExceeded',
  404: 'notFound',
  429: 'rateLimitExceeded',
};

/** These come from the quota, not from permissions. */
const DOMAINS: { readonly [reason: string]: string } = {
  userRateLimitExceeded: 'usageLimits',
  rateLimitExceeded: 'usageLimits',
  quotaExceeded: 'usageLimits',
  dailyLimitExceeded: 'usageLimits',
  accessNotConfigured: 'usageLimits',
};

function editPage(reply: Reply, edit: (page: Page) => object): Reply {
  return reply.status === 200 ? { ...reply, body: edit(reply.body as Page) } : reply;
}

function editUsers(reply: Reply, edit: (users: readonly unknown[]) => readonly unknown[]): Reply {
  return editPage(reply, (page) => ({ ...page, users: edit(page.users ?? []) }));
}

function edited(user: unknown, fields: object, remove: readonly string[]): object {
  const entries = Object.entries({ ...(user as object), ...fields });
  return Object.fromEntries(entries.filter(([name]) => !remove.includes(name)));
}
