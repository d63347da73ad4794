import { check, listOf } from './checks.ts';
import type { Json } from './client.ts';
import { type Desk, query } from './desk.ts';

const MOST_PAGES = 10_000;

/** Reads a collection page by page, as an import does; complains about what is there twice and about pages that never end. */
export async function everyPage(
  desk: Desk,
  path: string,
  count: number,
  more: { readonly [name: string]: string } = {},
): Promise<readonly Json[]> {
  const seen = new Map<string, Json>();
  for (let page = 0, startIndex = 1; ; page++) {
    const answer = await desk.get(`${path}?${query({ startIndex, count, ...more })}`);
    const resources = listOf(answer);
    for (const resource of resources) {
      check(answer, !seen.has(resource.id), `${resource.id} was on a page before: it would be imported twice`);
      seen.set(resource.id, resource);
    }
    startIndex += resources.length;
    if (startIndex > answer.body.totalResults) return [...seen.values()];
    check(answer, resources.length > 0, 'more was promised than is on this page: the import would be incomplete');
    check(answer, page < MOST_PAGES, 'the pages come to no end');
  }
}
