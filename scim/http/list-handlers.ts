import type { CursorPlace, Cursors } from '../lists/cursors.ts';
import type { ListType } from '../lists/list-types.ts';
import { cursorResponse, listResponse } from '../messages/list-response.ts';
import type { ScimAnswer, ScimRequest } from './exchange.ts';
import { type Query, readPaging, readSort } from './query.ts';

export interface ListSettings {
  readonly cursors: Cursors;
  /** Resources at most to be looked at one by one for one list. */
  readonly scanLimit: number;
}

/**
 * Answers a list, however it was asked for: as the query of a GET, or as a SearchRequest. A cursor goes on with the list of the same
 * endpoint, filter and order only; which attributes are shown may change from page to page.
 */
export async function answerList(
  { cursors, scanLimit }: ListSettings,
  { principal }: ScimRequest,
  query: Query,
  endpoint: string,
  list: ListType,
): Promise<ScimAnswer> {
  const paging = readPaging(query);
  const { count } = paging;
  const filter = query.get('filter');
  const page = { filter, sort: readSort(query), limit: count, scanLimit };
  if ('startIndex' in paging) {
    const { startIndex } = paging;
    const { resources, total } = await list({ ...page, from: { offset: startIndex - 1 } });
    return { status: 200, body: listResponse(resources, total, startIndex) };
  }
  const { organizationId, connectionId } = principal;
  const place: CursorPlace = { organizationId, connectionId, list: [endpoint, ...namesIn(query)] };
  const after = paging.cursor === '' ? null : cursors.open(place, paging.cursor, count);
  const { resources, total, next } = await list({ ...page, from: { after } });
  const nextCursor = next === null ? undefined : cursors.seal(place, next, count);
  return { status: 200, body: cursorResponse(resources, total, nextCursor) };
}

/** What makes a list another list. */
const namesIn = (query: Query): readonly string[] =>
  ['filter', 'sortby', 'sortorder'].map((name) => query.get(name) ?? '');
