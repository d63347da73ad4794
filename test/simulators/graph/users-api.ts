import { ok, type Reply } from '../shared/reply.ts';
import type { LinkPlace, LinkTokens } from './link-token.ts';
import { type GraphUser, idOf } from './people.ts';
import { knownProperties, refusedQuery, selected, whole } from './query.ts';
import { apiError, NOT_FOUND, SYNC_STATE_LOST } from './reply.ts';
import type { World } from './world.ts';

/** Page sizes Graph allows for a listing, and gives when not asked. */
const PAGE = { most: 999, usual: 100 };

/** One call: what it asks, and where the simulator can be found. */
export interface Ask {
  readonly parameters: URLSearchParams;
  readonly key: string | null;
  readonly origin: string;
  /** The application permissions that the caller's token carries. */
  readonly roles: readonly string[];
}

/** The read-only part of Graph that Rollcall may call. */
export interface UsersApi {
  list(ask: Ask): Reply;
  delta(ask: Ask): Reply;
  get(ask: Ask): Reply;
  getDeleted(ask: Ask): Reply;
  listDeleted(ask: Ask): Reply;
  organization(ask: Ask): Reply;
  /** Which page of its listing a call asks for, from 1. */
  pageOf(parameters: URLSearchParams): number;
}

export interface UsersApiOptions {
  readonly world: World;
  readonly tokens: LinkTokens;
  /** People on a page of a delta: the server's choice. */
  readonly deltaPage: number;
}

export function createUsersApi({ world, tokens, deltaPage }: UsersApiOptions): UsersApi {
  const { tenant } = world;
  const known = knownProperties();

  /** Positions from `start`, without those who are not in the directory: such a page may be empty. */
  function living(start: number, size: number, show: (index: number) => GraphUser | null): readonly GraphUser[] {
    const end = Math.min(start + size, world.size());
    const indexes = Array.from({ length: Math.max(0, end - start) }, (_, step) => start + step);
    return indexes.filter((index) => world.place(index) === 'directory').flatMap((index) => show(index) ?? []);
  }

  function pageWith(ask: Ask, place: LinkPlace, value: readonly object[], link: object): Reply {
    const columns = place.select === null ? '' : `(${place.select})`;
    return ok({ '@odata.context': `${ask.origin}/v1.0/$metadata#users${columns}`, ...link, value });
  }

  const nextLink = ({ origin }: Ask, place: LinkPlace) => ({
    '@odata.nextLink': `${origin}/v1.0/users${place.for === 'delta' ? '/delta' : ''}?$skiptoken=${tokens.issue(place)}`,
  });

  const deltaLink = ({ origin }: Ask, { select }: LinkPlace, since: number) => ({
    '@odata.deltaLink': `${origin}/v1.0/users/delta?$deltatoken=${tokens.issue({ ...startOf('delta', select), since })}`,
  });

  const startOf = (kind: LinkPlace['for'], select: string | null, size = deltaPage): LinkPlace => ({
    for: kind,
    select,
    position: 0,
    since: null,
    startedAt: world.sequence(),
    page: 1,
    size,
  });

  /** Everybody, as the first round of a delta shows them. */
  function firstRound(ask: Ask, place: LinkPlace): Reply {
    const people = living(place.position, place.size, (index) => world.everSetAt(index));
    const value = people.map((user) => selected(user, place.select));
    const position = place.position + place.size;
    const more = position < world.size();
    const next = { ...place, position, page: place.page + 1 };
    return pageWith(ask, place, value, more ? nextLink(ask, next) : deltaLink(ask, place, place.startedAt));
  }

  /** Who changed since, each once in the order of the latest change. */
  function laterRound(ask: Ask, place: LinkPlace, since: number): Reply {
    const changed = world.changedAfter(Math.max(since, place.position));
    const batch = changed.slice(0, place.size);
    const value = batch.map(({ index }) => {
      const user = world.everSetAt(index);
      if (user && world.place(index) === 'directory') return selected(user, place.select);
      const reason = user ? 'changed' : 'deleted';
      return { id: idOf(tenant, index), '@removed': { reason } };
    });
    const position = batch.at(-1)?.sequence ?? Math.max(since, place.position);
    const next = { ...place, since, position, page: place.page + 1 };
    return pageWith(
      ask,
      place,
      value,
      changed.length > batch.length ? nextLink(ask, next) : deltaLink(ask, place, position),
    );
  }

  /** People by their mailbox or sign-in name: all that is answered of filters. */
  function byAddress(ask: Ask, filter: string): Reply {
    const wanted = /^mail eq '((?:[^']|'')*)' or userPrincipalName eq '((?:[^']|'')*)'$/.exec(filter);
    if (!wanted) return apiError(400, 'Request_UnsupportedQuery', 'The filter is not supported here.');
    const [mail, name] = wanted.slice(1).map((text) => text.replaceAll("''", "'").toLowerCase());
    const select = ask.parameters.get('$select');
    const value = living(0, world.size(), (index) => world.at(index))
      .filter((user) => folded(user.mail) === mail || folded(user.userPrincipalName) === name)
      .map((user) => whole(user, select));
    return pageWith(ask, startOf('list', select), value, {});
  }

  return {
    pageOf(parameters) {
      const place = tokens.read(parameters.get('$skiptoken') ?? '');
      return typeof place === 'object' ? place.page : 1;
    },
    list(ask) {
      const refusal = refusedQuery(ask.parameters, ['$select', '$top', '$skiptoken', '$filter'], known);
      if (refusal) return refusal;
      const filter = ask.parameters.get('$filter');
      if (filter !== null) return byAddress(ask, filter);
      const token = ask.parameters.get('$skiptoken');
      const size = Number(ask.parameters.get('$top') ?? PAGE.usual);
      if (!Number.isInteger(size) || size < 1 || size > PAGE.most)
        return apiError(400, 'Request_BadRequest', `Invalid page size specified: '${size}'.`);
      const place = token === null ? startOf('list', ask.parameters.get('$select'), size) : tokens.read(token);
      if (typeof place === 'string' || place.for !== 'list')
        return apiError(400, 'Directory_ExpiredPageToken', 'The specified page token value has expired.');
      const value = living(place.position, place.size, (index) => world.at(index)).map((user) =>
        whole(user, place.select),
      );
      const position = place.position + place.size;
      const next = { ...place, position, page: place.page + 1 };
      return pageWith(ask, place, value, position < world.size() ? nextLink(ask, next) : {});
    },
    delta(ask) {
      const { parameters } = ask;
      const refusal = refusedQuery(parameters, ['$select', '$skiptoken', '$deltatoken'], known);
      if (refusal) return refusal;
      const select = parameters.get('$select');
      const token = parameters.get('$skiptoken') ?? parameters.get('$deltatoken');
      if (token === 'latest') {
        const place = startOf('delta', select);
        return pageWith(ask, place, [], deltaLink(ask, place, world.sequence()));
      }
      const place = token === null ? startOf('delta', select) : tokens.read(token);
      if (place === 'expired') return SYNC_STATE_LOST;
      if (place === 'bad' || place.for !== 'delta') return apiError(400, 'Request_BadRequest', 'Badly formed token.');
      return place.since === null ? firstRound(ask, place) : laterRound(ask, place, place.since);
    },
    get(ask) {
      const refusal = refusedQuery(ask.parameters, ['$select'], known);
      const index = world.find(ask.key ?? '');
      const user = index === null || world.place(index) !== 'directory' ? null : world.at(index);
      if (refusal || !user) return refusal ?? NOT_FOUND;
      const context = { '@odata.context': `${ask.origin}/v1.0/$metadata#users/$entity` };
      return ok({ ...context, ...whole(user, ask.parameters.get('$select')) });
    },
    getDeleted(ask) {
      const index = world.find(ask.key ?? '');
      const user = index === null || world.place(index) !== 'bin' ? null : world.at(index);
      if (!user) return NOT_FOUND;
      const context = { '@odata.context': `${ask.origin}/v1.0/$metadata#directoryObjects/$entity` };
      return ok({ ...context, ...whole(user, ask.parameters.get('$select')) });
    },
    listDeleted(ask) {
      const indexes = Array.from({ length: world.size() }, (_, index) => index).filter(
        (index) => world.place(index) === 'bin',
      );
      const value = indexes
        .flatMap((index) => world.at(index) ?? [])
        .map((user) => whole(user, ask.parameters.get('$select')));
      return ok({ '@odata.context': `${ask.origin}/v1.0/$metadata#users`, value });
    },
    organization({ origin }) {
      const [initial, primary] = tenant.domains;
      const verifiedDomains = [
        { name: initial, isInitial: true, isDefault: false },
        { name: primary, isInitial: false, isDefault: true },
      ];
      const value = [{ id: tenant.tenantId, displayName: 'Simulated Tenant', verifiedDomains }];
      return ok({ '@odata.context': `${origin}/v1.0/$metadata#organization`, value });
    },
  };
}

const folded = (text: unknown): string => String(text ?? '').toLowerCase();
