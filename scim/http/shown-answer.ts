import type { ShownResource } from '../resources.ts';
import type { ScimAnswer } from './exchange.ts';

/** Shows one resource, with its entity tag. */
export function shownAnswer(
  status: number,
  { resource, tag }: Pick<ShownResource, 'resource' | 'tag'>,
  headers: Readonly<Record<string, string>> = {},
): ScimAnswer {
  return { status, body: resource, headers: { ...headers, ETag: tag } };
}
