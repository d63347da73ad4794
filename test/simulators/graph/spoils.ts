import { type Reply, WEB_PAGE, type Wire } from '../shared/reply.ts';
import { waitHeader } from '../shared/retry-after.ts';
import type { Call, Fault } from './fault-rule.ts';
import { apiError, SYNC_STATE_LOST, tokenError, UNAUTHENTICATED } from './reply.ts';

const NEXT = '@odata.nextLink';
const DELTA = '@odata.deltaLink';
type Page = { readonly value?: readonly unknown[]; readonly [member: string]: unknown };
type Spoil<Kind> = (reply: Reply, fault: Extract<Fault, { readonly kind: Kind }>, call: Call) => Reply;

const onWire = (reply: Reply, wire: Wire): Reply => ({ ...reply, wire });

/** What each kind of fault does to an answer. */
export const SPOILS: { readonly [Kind in Fault['kind']]: Spoil<Kind> } = {
  error: (_reply, fault, call) => {
    const { status, code = CODES[status] ?? 'generalException', message = code } = fault;
    return { ...apiError(status, code, message), headers: waitHeader(fault, call.now) };
  },
  'web-page': (_reply, fault, call) => ({
    status: fault.status ?? 200,
    body: WEB_PAGE,
    headers: { 'content-type': 'text/html; charset=utf-8', ...waitHeader(fault, call.now) },
  }),
  'token-error': (_reply, { status, error, number, description }) => tokenError(status, error, number, description),
  body: (_reply, { status = 200, body, headers = {} }) => ({ status, body, headers }),
  'truncated-json': (reply) => {
    const text = JSON.stringify(reply.body);
    return { ...reply, body: text.slice(0, Math.floor(text.length * 0.6)) };
  },
  'empty-page': (reply) => editPage(reply, ({ [NEXT]: _next, ...page }) => ({ ...page, value: [] })),
  'no-value': (reply) => editPage(reply, ({ value: _value, ...page }) => page),
  'no-context': (reply) => editPage(reply, ({ '@odata.context': _context, ...page }) => page),
  'revoked-token': () => UNAUTHENTICATED,
  'lost-sync-state': (_reply, { as }, { url }) => LOST[as](url),
  'no-delta': () => apiError(400, 'Request_UnsupportedQuery', 'Delta query is not supported for this tenant.'),
  'reset-before': onWire,
  'reset-midway': onWire,
  'short-body': onWire,
  'slow-first-byte': onWire,
  'slow-drip': onWire,
  'edit-record': (reply, { at, fields = {}, remove = [] }) =>
    editRecords(reply, (records) =>
      records.map((record, index) => (index === at ? edited(record, fields, remove) : record)),
    ),
  'repeat-record': (reply, { at, fields = {} }) =>
    editRecords(reply, (records) => records.toSpliced(at + 1, 0, edited(records[at], fields, []))),
  'repeat-from-page-before': (reply, _fault, { lastRecord }) =>
    editRecords(reply, (records) => (lastRecord === undefined ? records : [lastRecord, ...records])),
  'also-removed': (reply, { at, reason, first }) =>
    editRecords(reply, (records) =>
      records.toSpliced(first ? at : at + 1, 0, { id: idOf(records[at]), '@removed': { reason } }),
    ),
  'omit-records': (reply, { ids = [], every = 0 }) =>
    editRecords(reply, (records) =>
      records.filter((record, index) => !ids.includes(idOf(record)) && !(every > 0 && index % every === 0)),
    ),
  'drop-fields': (reply, { fields }) =>
    editRecords(reply, (records) => records.map((record) => edited(record, {}, fields))),
  loop: (reply, { to }, { url, secondPageLink }) =>
    editPage(reply, ({ [DELTA]: _delta, ...page }) => ({ ...page, [NEXT]: to === 'self' ? url : secondPageLink })),
  'foreign-link': (reply, { link }) => editPage(reply, ({ [DELTA]: _delta, ...page }) => ({ ...page, [NEXT]: link })),
  'both-links': (reply, _fault, { url }) => editPage(reply, (page) => ({ [NEXT]: url, [DELTA]: url, ...page })),
  'no-links': (reply) => editPage(reply, ({ [NEXT]: _next, [DELTA]: _delta, ...page }) => page),
  'other-tenant': (reply, { tenantId }) =>
    editRecords(reply, (records) => records.map((record) => edited(record, { id: tenantId }, []))),
};

const CODES: { readonly [status: number]: string } = {
  403: 'Authorization_RequestDenied',
  404: 'Request_ResourceNotFound',
  429: 'TooManyRequests',
  500: 'InternalServerError',
  503: 'serviceNotAvailable',
  504: 'timeout',
};

const LOST: { readonly [as in Extract<Fault, { readonly kind: 'lost-sync-state' }>['as']]: (url: string) => Reply } = {
  syncStateNotFound: () => SYNC_STATE_LOST,
  resyncRequired: () => apiError(400, 'resyncRequired', 'Resync required.'),
  'gone-with-location': (url) => ({
    ...apiError(410, 'Gone', 'The delta token no longer counts.'),
    headers: { location: `${url.split('?')[0]}?$deltatoken=` },
  }),
};

const idOf = (record: unknown): string => String((record as { readonly id?: unknown } | undefined)?.id);

function editPage(reply: Reply, edit: (page: Page) => object): Reply {
  return reply.status === 200 ? { ...reply, body: edit(reply.body as Page) } : reply;
}

function editRecords(reply: Reply, edit: (records: readonly unknown[]) => readonly unknown[]): Reply {
  return editPage(reply, (page) => {
    // A look-up answers with one record, not a list.
    if (page.value === undefined) return (edit([page])[0] ?? {}) as object;
    return { ...page, value: edit(page.value) };
  });
}

function edited(record: unknown, fields: object, remove: readonly string[]): object {
  const entries = Object.entries({ ...(record as object), ...fields });
  return Object.fromEntries(entries.filter(([name]) => !remove.includes(name)));
}
