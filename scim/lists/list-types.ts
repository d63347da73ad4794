import type { PageStart } from '../../src/ports/user-store.ts';
import { invalidCursor } from '../messages/scim-error.ts';
import type { Resource } from '../schema/write-resource.ts';
import type { ListedPage, ListQuery } from './list-query.ts';

/** Lists the resources of one type. */
export type ListType = (query: ListQuery) => Promise<ListedPage>;

/**
 * One list of the resources of several types, one type after the other: sorted or not, those of a type stand together. A key says in
 * which type the page ended, and where.
 */
export function listTypes(types: readonly ListType[]): ListType {
  const [only] = types;
  return only && types.length === 1 ? only : (query) => listAll(types, query);
}

async function listAll(types: readonly ListType[], query: ListQuery): Promise<ListedPage> {
  const resources: Resource[] = [];
  const start = startOf(query.from, types.length);
  let total = 0;
  let next: string | null = null;
  for (const [index, list] of types.entries()) {
    const left = query.limit - resources.length;
    const limit = index < start.type ? 0 : left;
    const page = await list({ ...query, from: startIn(index, start, total), limit });
    if (index > start.type && left === 0 && next === null && page.total > 0 && query.limit > 0)
      next = keyText(index, null);
    if (page.next !== null) next = keyText(index, page.next);
    resources.push(...page.resources);
    total += page.total;
  }
  return { resources, total, next };
}

interface Start {
  readonly type: number;
  readonly from: PageStart;
}

function startIn(index: number, { type, from }: Start, passed: number): PageStart {
  if ('offset' in from) return { offset: Math.max(0, from.offset - passed) };
  return index === type ? from : { after: null };
}

function startOf(from: PageStart, types: number): Start {
  if ('offset' in from || from.after === null) return { type: 0, from };
  const [, index = '', after = ''] = KEY.exec(from.after) ?? [];
  const type = Number(index);
  if (index === '' || type >= types) throw invalidCursor();
  return { type, from: { after: after === '' ? null : after } };
}

/** The number of the type, and the key within it; none at its start. */
const KEY = /^(\d{1,4}) (.*)$/s;

function keyText(type: number, after: string | null): string {
  return `${type} ${after ?? ''}`;
}
